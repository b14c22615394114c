import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { outputs, properties, subtitle } from './description';
import {
	getConditions,
	getFields,
	getReadableFields,
	searchObjects,
	searchSegments,
	searchStages,
	testKizenApi,
} from './editor';
import { OPERATIONS } from './operations';
import { run } from './run';

export class KizenRecords implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kizen Records',
		name: 'kizenRecords',
		icon: { light: 'file:../../icons/kizen.svg', dark: 'file:../../icons/kizen.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle: subtitle('operation', OPERATIONS),
		description: 'Read and write CRM records in Kizen and see what happened to each',
		defaults: { name: 'Kizen Records' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputs(OPERATIONS),
		credentials: [{ name: 'kizenApi', required: true, testedBy: 'testKizenApi' }],
		parameterPane: 'wide',
		properties: properties(OPERATIONS),
	};

	methods = {
		credentialTest: { testKizenApi },
		listSearch: { searchObjects, searchSegments, searchStages },
		loadOptions: { getConditions, getReadableFields },
		resourceMapping: { getFields },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await run(this);
	}
}
