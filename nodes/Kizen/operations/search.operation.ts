import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../kizen/response';
import {
	isSteady,
	MOST_PER_PAGE,
	searchRecords,
	type FilterGroup,
	type Order,
} from '../kizen/searchRecords';
import type { ObjectSchema } from '../fields';
import { refuse } from '../outcome/problem';
import { objectChoice, oneOf, optionChoice, quote } from '../description/read';
import { findNamed, isGiven } from '../description/locator';
import type { Item, Operation, Session } from './operation';
import { fieldNamed, readingOf, type Reading } from '../records/reading';
import { filterOn, filtersFrom, filterSince, type Filter } from '../records/search/filters';
import { parameters, SEARCH_OPTIONS, USUAL_PAGE_SIZE } from '../description/search';

/** `POST /api/records/{object}/search` (developer.kizen.com, Record Search). */
export const search: Operation = {
	name: 'Search',
	value: 'search',
	description: 'Read the records that meet conditions',
	action: 'Search records',
	outputs: ['found'],
	shares: ['readOutput'],
	options: SEARCH_OPTIONS,
	parameters,
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const reading = readingOf(item, schema);
		const most = givenLimit(item);
		const option = optionsOf(item);
		const pageSize = wholeNumber(
			option('pageSize') ?? USUAL_PAGE_SIZE,
			'Records per Request',
			MOST_PER_PAGE,
		);
		const order = givenOrder(item, schema, option);
		return {
			key: undefined,
			send: async () => {
				const groups = await groupsOf(item, session, schema, option);
				const segment = await givenSegment(session, schema, option('segment'));
				const text = givenText(option('search'));
				const pages = searchRecords(session.kizen, schema, {
					groups,
					query: { ...(text !== '' && { search: text }), ...(segment && { group_id: segment }) },
					fieldNames: fieldNamesFor(schema, reading, order),
					order,
					most,
					pageSize,
					from: (moment) =>
						order ? filterOn(schema, order.field, order.descending ? '<=' : '>=', moment) : {},
				});
				const items: IDataObject[] = [];
				for await (const page of pages) {
					for (const record of page) items.push(reading.json(record));
				}
				return { action: 'found', items };
			},
		};
	},
};

type Options = (name: string) => unknown;

function optionsOf(item: Item): Options {
	const options = item.parameter('options', {});
	return (name) => (isObject(options) ? options[name] : undefined);
}

function givenLimit(item: Item): number {
	const all = item.parameter('returnAll', false);
	if (all === true || all === 'true') return Infinity;
	return wholeNumber(item.parameter('limit', 50), 'Limit', Number.MAX_SAFE_INTEGER);
}

function givenText(given: unknown): string {
	if (given === undefined || given === null) return '';
	if (typeof given === 'string' || typeof given === 'number') return String(given).trim();
	throw refuse(`'Free Text' can't be ${quote(given)}`, 'Give the text to search for.');
}

function wholeNumber(given: unknown, label: string, most: number): number {
	const isText = typeof given === 'string' && given.trim() !== '';
	const number = isText || typeof given === 'number' ? Number(given) : NaN;
	if (Number.isInteger(number) && number >= 1 && number <= most) return number;
	throw refuse(
		`'${label}' can't be ${quote(given)}`,
		most === Number.MAX_SAFE_INTEGER
			? "Give a whole number from 1, or switch on 'Return All'."
			: `Give a whole number from 1 to ${most}.`,
	);
}

async function groupsOf(
	item: Item,
	session: Session,
	schema: ObjectSchema,
	option: Options,
): Promise<FilterGroup[]> {
	const combine = oneOf(
		item,
		'combine',
		'Must Match',
		{ all: 'All Conditions', any: 'Any Condition' },
		'all',
	);
	const conditions = await filtersFrom(session, schema, item.parameter('conditions', {}));
	const since: Filter[] = [];
	for (const [name, field, label] of SINCE) {
		const given = option(name);
		if (given === undefined || given === null || given === '') continue;
		since.push(await filterSince(session, schema, field, given, label));
	}
	return [
		...(conditions.length > 0 ? [{ and: combine === 'all', filters: conditions }] : []),
		...(since.length > 0 ? [{ and: true, filters: since }] : []),
	];
}

/** A record that was created has been updated at that moment, too. */
const SINCE = [
	['createdSince', 'created', 'Created Since'],
	['updatedSince', 'updated', 'Created or Updated Since'],
] as const;

async function givenSegment(
	session: Session,
	schema: ObjectSchema,
	given: unknown,
): Promise<string | undefined> {
	if (!isGiven(given)) return undefined;
	const segments = await session.segmentsOf(schema);
	return findNamed(segments, given, 'Segment', `segment of "${schema.label}"`).id;
}

/** By creation, unless the user says otherwise: an order in which nothing gets lost between pages. */
function givenOrder(item: Item, schema: ObjectSchema, option: Options): Order | undefined {
	const name = String(option('sortBy') ?? '').trim();
	const descending = optionChoice(item, SEARCH_OPTIONS, 'sortDirection') === 'descending';
	if (name !== '') {
		return { field: fieldNamed(schema, name, 'Sort By Field Name or ID'), descending };
	}
	const created = schema.fields.find((field) => field.name === 'created' && field.isDefault);
	return created && { field: created, descending };
}

/**
 * Kizen gives every field unasked but a pipeline's stage (kizen/app-engine docs 05); in a steady order
 * the field of the order is needed to go on from.
 */
function fieldNamesFor(
	schema: ObjectSchema,
	{ fields }: Reading,
	order: Order | undefined,
): string[] | undefined {
	if (fields === undefined) {
		return schema.isPipeline
			? schema.fields.filter(({ hidden }) => !hidden).map(({ name }) => name)
			: undefined;
	}
	const names = new Set(fields.map(({ name }) => name));
	if (order && isSteady(order)) names.add(order.field.name);
	return [...names];
}
