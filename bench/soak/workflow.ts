import { maxRecordsPerRun } from '../../nodes/Kizen/description/trigger';
import type { TriggerEvent } from '../../nodes/Kizen/trigger/cursor';
import type { SavedCredential, Workflow } from '../../sandbox/n8n/rest';
import { kizenTrigger, node, workflow } from '../../sandbox/n8n/workflows';
import { OBJECT } from './writer';

/** A workflow that brings what starts it to an address. */
export function bringing(event: TriggerEvent, credential: SavedCredential, url: string): Workflow {
	const trigger = kizenTrigger(credential, {
		event,
		object: { __rl: true, mode: 'name', value: OBJECT },
		output: 'selected',
		selectedFields: ['next_step'],
		options: { [maxRecordsPerRun.name]: 500 },
	});
	const bring = node(
		'Bring',
		'n8n-nodes-base.httpRequest',
		4.2,
		{
			method: 'POST',
			url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify($input.all().map((item) => item.json)) }}',
			options: {},
		},
		{ executeOnce: true },
	);
	return workflow(`Soak: ${event}`, [trigger, bring], { 'Kizen Trigger': ['Bring'] });
}
