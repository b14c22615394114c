import type { INodeProperties } from 'n8n-workflow';

import { isObject } from '../kizen/response';

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

export const specifyFields: INodeProperties = {
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
};

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

export const output: INodeProperties = {
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
};

export const readOutput: INodeProperties = {
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
};

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

const FIELD_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Empty Values',
		name: 'emptyValues',
		type: 'options',
		options: [
			{
				name: 'Clear the Field',
				value: 'clear',
				description: 'An empty value empties the field in Kizen',
			},
			{
				name: 'Leave the Field Alone',
				value: 'leave',
				description: 'An empty value changes nothing',
			},
		],
		default: 'leave',
		description: 'What an empty value in a row means',
	},
	{
		displayName: 'Fields Kizen Does Not Have',
		name: 'unknownFields',
		type: 'options',
		options: [
			{
				name: 'Ignore',
				value: 'ignore',
				description: 'They are left out, and a hint lists them',
			},
			{
				name: 'Stop',
				value: 'stop',
				description: 'The row is not written, and the nearest name is suggested',
			},
		],
		default: 'stop',
		description: 'What to do with names that are not fields of the object',
	},
	{
		displayName: 'Fields with Several Values',
		name: 'multipleValues',
		type: 'options',
		options: [
			{
				name: 'Add to What Is There',
				value: 'add',
				description: 'Tags, checkboxes and related records keep what they hold',
			},
			{
				name: 'Remove From What Is There',
				value: 'remove',
				description: 'The given values are taken out, others stay',
			},
			{
				name: 'Replace What Is There',
				value: 'replace',
				description: 'The field holds exactly the given values afterwards',
			},
		],
		default: 'replace',
		description: 'What to do with the given values of fields that hold several, such as tags',
	},
];

/** Of every operation. */
export const RUN_OPTIONS: INodeProperties[] = [
	{
		displayName: 'Give Up After (Seconds)',
		name: 'giveUpAfter',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 120,
		description: 'How long an item may wait in total while Kizen limits the rate or is unavailable',
	},
	{
		displayName: 'Requests at Once',
		name: 'maxParallel',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 64 },
		default: 32,
		description:
			'How many requests may be under way side by side. The node begins with few and adapts to what Kizen can take.',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description: 'How long to wait for the answer to one request',
	},
];

/** Of operations that write an item's fields. */
export const WRITE_OPTIONS: INodeProperties[] = [...FIELD_OPTIONS, ...RUN_OPTIONS];

export function options(offered: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		// localeCompare would load a collator, which adds a third to what loading the node takes.
		options: [...offered].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}

/** What an option is worth as long as nobody has set it: n8n leaves it out of the node then. */
export function optionValue(given: unknown, name: string): unknown {
	const value = isObject(given) ? given[name] : undefined;
	return value ?? WRITE_OPTIONS.find((option) => option.name === name)?.default;
}
