import type { INodeProperties } from 'n8n-workflow';

import { MAX_PAGE_SIZE } from '../kizen/read';
import { byListNameOrId } from './locator';
import { RUN_OPTIONS } from './options';
import { choice } from './read';

/** What the user sees of Search. */

/** Enough that requests are few, and few enough that a page is soon read. */
export const USUAL_PAGE_SIZE = 500;

const WITHOUT_VALUE = ['is_blank', 'is_not_blank'];

const CONDITION: INodeProperties[] = [
	{
		displayName: 'Field Name or ID',
		name: 'field',
		type: 'options',
		default: '',
		typeOptions: {
			loadOptionsMethod: 'getComparableFields',
			loadOptionsDependsOn: ['object.value'],
		},
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
	{
		displayName: 'Value',
		name: 'value',
		type: 'string',
		default: '',
		placeholder: 'e.g. North',
		description:
			'As you would write it: the label of an option, a date such as 2026-03-04, the name of a record, yes or no; "me" for the user of the API key. Several are separated by commas.',
		displayOptions: { hide: { condition: WITHOUT_VALUE } },
	},
	{
		displayName: 'And',
		name: 'valueTo',
		type: 'string',
		default: '',
		description: 'The other end, which still counts',
		displayOptions: { show: { condition: ['between'] } },
	},
];

export const conditions: INodeProperties = {
	displayName: 'Conditions',
	name: 'conditions',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: 'What a record must be like to be found; without any, all records are',
	options: [{ displayName: 'Condition', name: 'condition', values: CONDITION }],
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
	description: 'Whether a record must meet all conditions or only one of them',
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

export const SEARCH_PARAMETERS: INodeProperties[] = [conditions, combine, returnAll, limit];

export const updatedSince: INodeProperties = {
	displayName: 'Created or Updated Since',
	name: 'updatedSince',
	type: 'dateTime',
	default: '',
	description:
		"Only records that were created or changed at this time or later; a time without a time zone is taken in the workflow's",
};

export const createdSince: INodeProperties = {
	displayName: 'Created Since',
	name: 'createdSince',
	type: 'dateTime',
	default: '',
	description:
		"Only records that were created at this time or later; a time without a time zone is taken in the workflow's",
};

export const freeText: INodeProperties = {
	displayName: 'Free Text',
	name: 'search',
	type: 'string',
	default: '',
	placeholder: 'e.g. Lovelace',
	description:
		'Only records with this text in their name; for contacts also in the email and phone numbers',
};

export const pageSize: INodeProperties = {
	displayName: 'Records per Request',
	name: 'pageSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_PAGE_SIZE },
	default: USUAL_PAGE_SIZE,
	description: 'How many records Kizen is asked for at a time',
};

export const segment: INodeProperties = {
	displayName: 'Segment',
	name: 'segment',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'Only records in this segment, as saved in Kizen',
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
	hint: 'Left empty, records come in the order they were created. In any other order, a record that changes during a search of several requests may be missed.',
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
	description: 'Ascending puts the smallest, the earliest or A first',
});

export const SEARCH_OPTIONS: INodeProperties[] = [
	...RUN_OPTIONS,
	updatedSince,
	createdSince,
	freeText,
	pageSize,
	segment,
	sortBy,
	sortDirection,
];
