import type { INodeProperties } from 'n8n-workflow';

import { MAX_PAGE_SIZE } from '../kizen';
import { storedWords } from './conditions';
import { byListNameOrId } from './locator';
import { RUN_OPTIONS } from './options';
import { choice } from './read';

/** What the user sees of Search. */

/** Enough that requests are few, and few enough that a page is soon read. */
const USUAL_PAGE_SIZE = 500;

/** Conditions by the values they take: the panel knows the condition, and not the type of the field. */
const NUMBERS = storedWords('number', 'one', 'two');
const DATES = storedWords('date', 'one', 'two');
const LISTS = [...storedWords('option', 'several'), ...storedWords('options', 'several')];
const MONTHS = storedWords('date', 'month');
const CHECKBOXES = storedWords('switch', 'one');
const WITHOUT_VALUE = storedWords('text', 'nothing');
const TEXTS = storedWords('text', 'one');
const ALL = [NUMBERS, DATES, LISTS, MONTHS, CHECKBOXES, WITHOUT_VALUE, TEXTS].flat();

const VALUE: INodeProperties = {
	displayName: 'Value',
	name: 'value',
	type: 'string',
	default: '',
	description:
		"The label of an option, the name of a record, a date such as 2026-03-04, or yes or no. Enter the word me for the credential's user. Separate several values with commas.",
};

const VALUE_TO: INodeProperties = {
	displayName: 'And',
	name: 'valueTo',
	type: 'string',
	default: '',
	description: 'The last value (included)',
};

/** One box for the value, with a sample that fits the condition. */
const VALUES: INodeProperties[] = [
	shownOnlyFor(NUMBERS, { ...VALUE, placeholder: 'e.g. 1000' }),
	shownOnlyFor(DATES, { ...VALUE, placeholder: 'e.g. 2026-03-31' }),
	shownOnlyFor(LISTS, { ...VALUE, placeholder: 'e.g. North, South' }),
	shownOnlyFor(MONTHS, { ...VALUE, placeholder: 'e.g. March' }),
	shownOnlyFor(CHECKBOXES, { ...VALUE, placeholder: 'e.g. yes' }),
	{
		...VALUE,
		placeholder: 'e.g. North',
		displayOptions: { hide: { condition: ALL.filter((word) => !TEXTS.includes(word)) } },
	},
	{ ...VALUE_TO, placeholder: 'e.g. 2000', displayOptions: { show: { condition: ['between'] } } },
	shownOnlyFor(['between_dates'], { ...VALUE_TO, placeholder: 'e.g. 2026-12-31' }),
];

/**
 * Not by `show`: n8n shows what has it for every condition that is an expression, so all at once. And
 * not by a regular expression, to which n8n gives a quarter of a second: a busy machine can exceed it.
 */
function shownOnlyFor(conditionValues: string[], parameter: INodeProperties): INodeProperties {
	const others = ['', ...ALL].filter((value) => !conditionValues.includes(value));
	const isExpression = { _cnd: { startsWith: '=' } };
	return { ...parameter, displayOptions: { hide: { condition: [isExpression, ...others] } } };
}

const CONDITION_PARAMETERS: INodeProperties[] = [
	{
		displayName: 'Field Name or ID',
		name: 'field',
		type: 'options',
		default: '',
		typeOptions: { loadOptionsMethod: 'getReadableFields', loadOptionsDependsOn: ['object.value'] },
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	},
	{
		displayName: 'Condition Name or ID',
		name: 'condition',
		type: 'options',
		default: '',
		typeOptions: { loadOptionsMethod: 'getConditions', loadOptionsDependsOn: ['&field'] },
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	},
	...VALUES,
];

export const searchFor: INodeProperties = {
	displayName: 'Search For',
	name: 'searchFor',
	type: 'string',
	default: '',
	placeholder: 'e.g. Lovelace',
	description:
		'Only records with this text in their name. For contacts, also in their email or phone numbers.',
};

export const conditions: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: 'Only records that match. Leave empty for all.',
	options: [{ displayName: 'Condition', name: 'condition', values: CONDITION_PARAMETERS }],
};

export const combine = choice({
	displayName: 'Must Match',
	name: 'combine',
	type: 'options',
	options: [
		{ name: 'All Conditions', value: 'all' },
		{ name: 'Any Condition', value: 'any' },
	],
	default: 'all',
	description: 'Whether a record must match all conditions, or at least one of them',
});

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
	displayOptions: { show: { returnAll: [false] } },
};

export const SEARCH_PARAMETERS: INodeProperties[] = [
	searchFor,
	conditions,
	combine,
	returnAll,
	limit,
];

export const updatedSince: INodeProperties = {
	displayName: 'Created or Updated Since',
	name: 'updatedSince',
	type: 'dateTime',
	default: '',
	description:
		"Only records that were created or changed since then. A time without a time zone is in the workflow's time zone.",
};

export const createdSince: INodeProperties = {
	displayName: 'Created Since',
	name: 'createdSince',
	type: 'dateTime',
	default: '',
	description:
		"Only records that were created since then. A time without a time zone is in the workflow's time zone.",
};

export const pageSize: INodeProperties = {
	displayName: 'Records per Request',
	name: 'pageSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_PAGE_SIZE },
	default: USUAL_PAGE_SIZE,
	description: 'How many records to get from Kizen in one request',
};

export const segment: INodeProperties = {
	displayName: 'Segment',
	name: 'segment',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'Only records that are in this segment in Kizen',
	...byListNameOrId('searchSegments', 'Opted In'),
};

export const sortBy: INodeProperties = {
	displayName: 'Sort By Field Name or ID',
	name: 'sortBy',
	type: 'options',
	default: '',
	typeOptions: { loadOptionsMethod: 'getReadableFields', loadOptionsDependsOn: ['object.value'] },
	description:
		'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	hint: 'If empty, records come in order of creation. In any other order, records that change meanwhile may be missed.',
};

export const sortDirection = choice({
	displayName: 'Sort Direction',
	name: 'sortDirection',
	type: 'options',
	options: [
		{ name: 'Ascending', value: 'ascending' },
		{ name: 'Descending', value: 'descending' },
	],
	default: 'ascending',
	description: 'Ascending returns the smallest, the earliest or A first',
});

export const SEARCH_OPTIONS: INodeProperties[] = [
	...RUN_OPTIONS,
	updatedSince,
	createdSince,
	pageSize,
	segment,
	sortBy,
	sortDirection,
];
