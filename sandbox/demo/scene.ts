import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedKizen } from '../kizen';
import { exampleWorkflow } from '../n8n/example';
import { step } from '../n8n/progress';
import type { Execution, SavedWorkflow } from '../n8n/rest';
import { startN8n, type N8n } from '../n8n/server';
import { outcomesOf, WRITE, type Outcome, type Row } from './outcomes';
import { publishTrigger, sentByTrigger, type SentByExecution } from './trigger';

const FORM_PATH = '/form/contacts-for-kizen';

/**
 * A real n8n with the example workflow in it, and one that starts when a contact changes in the
 * embedded Kizen that the example writes to.
 */
export interface Scene {
	n8n: N8n;
	workflow: SavedWorkflow;
	/** The workflow that starts with Kizen Trigger. */
	triggered: SavedWorkflow;
	/** The address of the workflow's form. */
	form: string;
	/** Hands the form a CSV file of this folder, as a browser does. Gives the run that follows. */
	upload(file: string): Promise<Run>;
	/** Waits until Kizen Trigger has sent so many items, or has had the polls to. */
	sent(items: number): Promise<SentByExecution>;
	/** Ends n8n and leaves nothing of it. */
	end(): Promise<void>;
}

export interface Run {
	id: string;
	outcomes: Outcome[];
}

export async function setScene(kizen: EmbeddedKizen): Promise<Scene> {
	const n8n = await startN8n({ name: 'demo' });
	const credential = await n8n.rest.createCredential({
		name: 'Embedded Kizen',
		type: 'kizenApi',
		data: kizen.credential,
	});
	const workflow = await n8n.rest.createWorkflow(
		exampleWorkflow('csv-to-contacts.json', credential),
	);
	await n8n.rest.activate(workflow);
	const triggered = await publishTrigger(n8n, credential);
	const form = `${n8n.url}${FORM_PATH}`;
	return {
		n8n,
		workflow,
		triggered,
		form,
		async upload(file) {
			return await step(`Sending ${file} to the workflow "${workflow.name}"`, async () => {
				await send(form, file);
				const run = finishedWell(await n8n.rest.firstExecution(workflow.id));
				const rows = run.outputs('Read Rows').flat();
				const written = run.outputs(WRITE).flat();
				return {
					id: run.id,
					outcomes: outcomesOf(
						rows.map(({ json }) => json as Row),
						written,
					),
				};
			});
		},
		sent: async (items) => await sentByTrigger(n8n, triggered, { kizen, items }),
		end: n8n.stop,
	};
}

async function send(form: string, file: string): Promise<void> {
	const content = new File([readFileSync(join(__dirname, file))], file, { type: 'text/csv' });
	const body = new FormData();
	body.append('field-0', content);
	const response = await fetch(form, { method: 'POST', body });
	if (!response.ok) {
		throw new Error(`The form answered ${response.status}: ${await response.text()}`);
	}
}

function finishedWell(execution: Execution): Execution {
	if (execution.status === 'success') return execution;
	const { message = 'no reason given', description } = execution.error ?? {};
	throw new Error(`The workflow stopped: ${[message, description].filter(Boolean).join(' ')}`);
}
