import type { INodeProperties } from 'n8n-workflow';

import { stage } from './parameters';
import { WRITTEN_FORM_LABEL } from '../fields';
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
			description: 'Clears the field in Kizen',
		},
		{
			name: 'Leave the Field Alone',
			value: 'leave',
			description: 'The field keeps its value in Kizen',
		},
	],
	default: 'leave',
	description: 'What to do with the empty values of a row',
});

export const unknownFields = choice({
	displayName: 'Unknown Columns',
	name: 'unknownFields',
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: 'automatic',
			description:
				'With automatic mapping, leave out columns that Kizen does not have and list them in a hint. Fail the row if a column looks like a misspelled field. Without automatic mapping, do the same as Stop.',
		},
		{
			name: 'Ignore',
			value: 'ignore',
			description: 'Leave them out and list them in a hint',
		},
		{
			name: 'Stop',
			value: 'stop',
			description: 'Fail the row and suggest the nearest field',
		},
	],
	default: 'automatic',
	description: 'What to do with columns and names that are not fields of the object',
});

export const datesAndNumbers = choice({
	displayName: WRITTEN_FORM_LABEL,
	name: 'datesAndNumbers',
	type: 'options',
	options: [
		{
			name: "Only What Can't Be Misread",
			value: 'clear',
			description: 'Reject texts such as 03/04/2026 and 1,25, which have two readings',
		},
		{
			name: 'US',
			value: 'us',
			description: 'Texts such as 3/31/2026 and 1,250.50',
		},
		{
			name: 'European',
			value: 'european',
			description: 'Texts such as 31.03.2026, 31/03/2026 and 1.250,50',
		},
		{
			name: 'British',
			value: 'british',
			description: 'Texts such as 31/03/2026 and 1,250.50',
		},
	],
	default: 'clear',
	description:
		'How dates and numbers are written in your texts. Dates with the year first always work.',
});

export const multipleValues = choice({
	displayName: 'Tags and Multi-Select Fields',
	name: 'multipleValues',
	type: 'options',
	options: [
		{
			name: 'Add Values',
			value: 'add',
			description: 'Add the values of the row to those in Kizen',
		},
		{
			name: 'Remove Values',
			value: 'remove',
			description: 'Remove the values of the row from those in Kizen',
		},
		{
			name: 'Replace All Values',
			value: 'replace',
			description: 'Replace what is in Kizen with the values of the row',
		},
	],
	default: 'replace',
	description:
		'How to write fields with several values: tags, multi-select fields and related records',
});

export const giveUpAfter = {
	displayName: 'Give Up After (Seconds)',
	name: 'giveUpAfter',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 86_400 },
	default: 120,
	description: 'How long to keep retrying when Kizen is busy',
} satisfies INodeProperties;

export const maxParallel = {
	displayName: 'Requests at Once',
	name: 'maxParallel',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 128 },
	default: 100,
	description:
		'The most requests that run in parallel. The node starts with few and finds the number that Kizen can handle.',
} satisfies INodeProperties;

export const timeout = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 3600 },
	default: 60,
	description: 'How long to wait for the response to one request',
} satisfies INodeProperties;

/** Of every operation. */
export const RUN_OPTIONS: INodeProperties[] = [giveUpAfter, maxParallel, timeout];

/** Of operations that write an item's fields. */
export const WRITE_OPTIONS: INodeProperties[] = [
	datesAndNumbers,
	emptyValues,
	unknownFields,
	multipleValues,
	...RUN_OPTIONS,
];

/** Stage of operations that may create a record, which can be moved at once. */
export const stageOption: INodeProperties = {
	...stage,
	description: 'The stage to move the record to after it is written. Only pipelines have stages.',
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
