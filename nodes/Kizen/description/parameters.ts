import type { INodeProperties } from 'n8n-workflow';

import { byListNameOrId } from './locator';
import { choice } from './read';

/** What operations share. A parameter keeps its name across operations, and so what was typed. */

export const object: INodeProperties = {
	displayName: 'Object',
	name: 'object',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'What kind of record: Contacts, Companies or one of your own',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose an object…',
			typeOptions: { searchListMethod: 'searchObjects', searchable: true },
		},
		{
			displayName: 'By Name',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. Contacts',
			hint: 'The name you see in Kizen, such as Contacts, or its API name',
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 1d3f7886-8542-4e5c-833e-4023e2d3a8e2',
		},
	],
};

/** What finds a record by name or email. Each operation describes what it does then. */
export function lookupValue(description: string): INodeProperties {
	return {
		displayName: 'Lookup Value',
		name: 'lookupValue',
		type: 'string',
		required: true,
		default: '',
		// The panel does not know whether the object is Contacts: its value may be an ID.
		placeholder: 'e.g. nathan@example.com (contacts), Acme Inc (others)',
		description,
	};
}

/** One record that is in Kizen already. */
export const record: INodeProperties = {
	displayName: 'Record',
	name: 'record',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'id', value: '' },
	description:
		'Its ID from an earlier node, a link copied from Kizen, or its name (contacts: name or email)',
	modes: [
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 1d3f7886-8542-4e5c-833e-4023e2d3a8e2',
		},
		{
			displayName: 'By Link',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. the address of the record in your browser',
		},
		{
			displayName: 'By Name or Email',
			name: 'name',
			type: 'string',
			placeholder: 'e.g. nathan@example.com',
			hint: "The record's name, or for contacts the email or full name, in upper or lower case",
		},
	],
};

/** A stage of a pipeline. */
export const stage: INodeProperties = {
	displayName: 'Stage',
	name: 'stage',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'A stage of the pipeline. Upper and lower case make no difference.',
	...byListNameOrId('searchStages', 'Negotiation'),
};

export const returnAllFields: INodeProperties = {
	displayName: 'Return All Fields',
	name: 'returnAllFields',
	type: 'boolean',
	default: false,
	description: 'Whether to return all fields of the record, not only those that were written',
};

export const specifyFields = choice({
	displayName: 'Specify Fields',
	name: 'specifyFields',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Map Fields',
			value: 'map',
			description: "Choose from the object's fields, or match your columns with them automatically",
		},
		{
			name: 'JSON',
			value: 'json',
			description: 'Paste the fields as JSON, or use an expression that returns them',
		},
	],
	default: 'map',
	description: 'How you enter the values',
});

export const fields: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	typeOptions: {
		loadOptionsDependsOn: ['object.value'],
		resourceMapper: {
			resourceMapperMethod: 'getFields',
			mode: 'map',
			valuesLabel: 'Values to Write',
			fieldWords: { singular: 'field', plural: 'fields' },
			// An object without fields is spoken of by the notice that comes with the fields.
			hideNoDataError: true,
			multiKeyMatch: false,
			supportAutoMap: true,
			allowEmptyValues: true,
			refreshStaleSchemaOnOpen: true,
			// Without `readOnly`, which our columns leave out, n8n takes a list for incomplete. So options
			// and labels are read again whenever the node is opened.
			refreshIncompleteSchemaOnOpen: true,
		},
	},
	displayOptions: { show: { specifyFields: ['map'] } },
};

export const jsonFields: INodeProperties = {
	displayName: 'Fields (JSON)',
	name: 'jsonFields',
	type: 'json',
	required: true,
	default: '{}',
	placeholder: 'e.g. { "Email Status": "Opted In", "amount": 12.5 }',
	description:
		'An object of labels or API names with their values, or Kizen\'s own list, such as [{ "name": "amount", "value": 12.5 }]. In the list, use "add_values" or "remove_values" to change fields with several values.',
	typeOptions: { rows: 5 },
	displayOptions: { show: { specifyFields: ['json'] } },
};

const RAW = {
	name: 'Raw',
	value: 'raw',
	description: "Kizen's full response, plus the action",
} as const;

export const output = choice({
	displayName: 'Output',
	name: 'output',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Easy to read: what happened, and the field values',
		},
		RAW,
	],
	default: 'simplified',
	description: 'What to return for each item',
});

export const readOutput = choice({
	displayName: 'Output',
	name: 'output',
	type: 'options',
	noDataExpression: true,
	options: [
		RAW,
		{
			name: 'Selected Fields',
			value: 'selected',
			description: 'Only the fields you choose. Good for AI agents, which work better with less.',
		},
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Easy to read: the record and all its field values',
		},
	],
	default: 'simplified',
	description: 'What to return for each record that is found',
});

export const selectedFields: INodeProperties = {
	displayName: 'Field Names or IDs',
	name: 'selectedFields',
	type: 'multiOptions',
	required: true,
	default: [],
	typeOptions: { loadOptionsMethod: 'getReadableFields', loadOptionsDependsOn: ['object.value'] },
	description:
		'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	hint: 'In an expression, use labels or API names: a list, or text separated by commas',
	displayOptions: { show: { output: ['selected'] } },
};

export const splitByAction: INodeProperties = {
	displayName: 'Separate Output per Action',
	name: 'splitByAction',
	type: 'boolean',
	noDataExpression: true,
	default: false,
	description:
		'Whether to give the node one output per result, such as Created, Conflict and Failed',
	// A tool gives everything to its agent.
	displayOptions: { hide: { '@tool': [true] } },
};

/** What is written. */
export const WRITTEN_FIELDS: INodeProperties[] = [specifyFields, fields, jsonFields];

/** What is returned of a record that is read. */
export const READ_OUTPUT: INodeProperties[] = [readOutput, selectedFields];
