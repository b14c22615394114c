import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { event, subtitle, TRIGGER_PROPERTIES } from './description';
import {
	getConditions,
	getReadableFields,
	searchObjects,
	searchSegments,
	testKizenApi,
} from './editor';
import { poll } from './trigger';

export class KizenTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kizen Trigger',
		name: 'kizenTrigger',
		icon: { light: 'file:../../icons/kizen.svg', dark: 'file:../../icons/kizen.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: subtitle(event.name, event.options),
		description: 'Starts the workflow when a record is created or updated in Kizen',
		defaults: { name: 'Kizen Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kizenApi', required: true, testedBy: 'testKizenApi' }],
		properties: TRIGGER_PROPERTIES,
	};

	methods = {
		credentialTest: { testKizenApi },
		listSearch: { searchObjects, searchSegments },
		loadOptions: { getConditions, getReadableFields },
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
