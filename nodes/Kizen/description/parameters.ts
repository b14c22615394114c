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
	description: 'The kind of record, such as Contacts, Companies or a pipeline of yours',
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
			hint: "As Kizen's screens show it, or the API name from the object's settings, such as client_client",
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 1d3f7886-8542-4e5c-833e-4023e2d3a8e2',
		},
	],
};

/** What finds a record by name or email. The operations compare differently, and so describe it differently. */
export function lookupValue(description: string): INodeProperties {
	return {
		displayName: 'Lookup Value',
		name: 'lookupValue',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. nathan@example.com',
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
	description: 'The record, by its ID from an earlier node, a link copied from Kizen, or its name',
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
	description: 'The stage of the pipeline, by its name in upper or lower case, or by its ID',
	...byListNameOrId('searchStages', 'Negotiation'),
};

export const returnAllFields: INodeProperties = {
	displayName: 'Return All Fields',
	name: 'returnAllFields',
	type: 'boolean',
	default: false,
	description: 'Whether to return all fields of the record instead of those that were written',
};

export const specifyFields = choice({
	displayName: 'Specify Fields',
	name: 'specifyFields',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Map Each Field',
			value: 'map',
			description: "Choose from the object's fields, or let the input's columns find their own",
		},
		{
			name: 'JSON',
			value: 'json',
			description: 'For fields that are already put together, such as by a code step',
		},
	],
	default: 'map',
	description: 'How to say what is written',
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
		'Either an object by label or API name, or Kizen\'s own list such as [{ "name": "amount", "value": 12.5 }], with "add_values" and "remove_values" for fields that hold several values',
	typeOptions: { rows: 5 },
	displayOptions: { show: { specifyFields: ['json'] } },
};

export const output = choice({
	displayName: 'Output',
	name: 'output',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'What happened, the record and its fields as plain values by API name',
		},
		{
			name: 'Raw',
			value: 'raw',
			description: "Kizen's answer as it came, with what happened beside it",
		},
	],
	default: 'simplified',
	description: 'What comes out for each item that was written',
});

export const readOutput = choice({
	displayName: 'Output',
	name: 'output',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Raw',
			value: 'raw',
			description: "Kizen's answer as it came",
		},
		{
			name: 'Selected Fields',
			value: 'selected',
			description:
				'The ID of the record and the chosen fields, null where they are empty; short enough for an AI agent',
		},
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'The record and all its fields as plain values by API name',
		},
	],
	default: 'simplified',
	description: 'What comes out for each record that is found',
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
	hint: 'As an expression: labels or API names, separated by commas or as a list',
	displayOptions: { show: { output: ['selected'] } },
};

export const splitByAction: INodeProperties = {
	displayName: 'Separate Output per Action',
	name: 'splitByAction',
	type: 'boolean',
	noDataExpression: true,
	default: false,
	description:
		'Whether items leave by an output named after what happened to them, such as Created or Conflict, instead of all by one',
	// A tool gives everything to its agent.
	displayOptions: { hide: { '@tool': [true] } },
};

/** What is shared by some of the operations, in the order in which it is shown. */
export const SHARED = {
	fields: [specifyFields, fields, jsonFields],
	output: [output],
	readOutput: [readOutput, selectedFields],
} satisfies Record<string, INodeProperties[]>;

export type SharedParameters = keyof typeof SHARED;
