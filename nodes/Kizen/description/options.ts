import type { INodeProperties } from 'n8n-workflow';

import { stage } from './parameters';
import { choice } from './read';

/** What Options offers. */

export const emptyValues = choice({
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
});

export const unknownFields = choice({
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
});

export const multipleValues = choice({
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
});

export const giveUpAfter = {
	displayName: 'Give Up After (Seconds)',
	name: 'giveUpAfter',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 86_400 },
	default: 120,
	description: 'How long an item may wait in total while Kizen limits the rate or is unavailable',
} satisfies INodeProperties;

export const maxParallel = {
	displayName: 'Requests at Once',
	name: 'maxParallel',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 64 },
	default: 32,
	description:
		'How many requests may be under way side by side. The node begins with few and adapts to what Kizen can take.',
} satisfies INodeProperties;

export const timeout = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 3600 },
	default: 60,
	description: 'How long to wait for the answer to one request',
} satisfies INodeProperties;

/** Of every operation. */
export const RUN_OPTIONS: INodeProperties[] = [giveUpAfter, maxParallel, timeout];

/** Of operations that write an item's fields. */
export const WRITE_OPTIONS: INodeProperties[] = [
	emptyValues,
	unknownFields,
	multipleValues,
	...RUN_OPTIONS,
];

/** Stage of operations that may create a record, which can be moved at once. */
export const stageOption: INodeProperties = {
	...stage,
	description: 'For pipelines: the stage to move the record to once it is written',
};

export const CREATE_OPTIONS: INodeProperties[] = [...WRITE_OPTIONS, stageOption];

/** Describes the parameter Options. */
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
