import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { subtitle } from './description/properties';
import { event, TRIGGER_PROPERTIES } from './description/trigger';
import { getComparableFields, getConditions, getReadableFields } from './editor/listFields';
import { searchSegments } from './editor/searchNamed';
import { searchObjects } from './editor/searchObjects';
import { testKizenApi } from './editor/testKizenApi';
import { poll } from './trigger/poll';

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
		loadOptions: { getComparableFields, getConditions, getReadableFields },
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
