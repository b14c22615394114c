import type { IDataObject } from 'n8n-workflow';

import { findNamed, isGiven } from '../description/locator';
import {
	choiceOf,
	givenOption,
	isOn,
	notAllowed,
	optionOf,
	wholeNumber,
	type Item,
} from '../description/read';
import { READ_OUTPUT } from '../description/parameters';
import {
	combine,
	conditions,
	createdSince,
	limit,
	pageSize,
	returnAll,
	SEARCH_OPTIONS,
	SEARCH_PARAMETERS,
	searchFor,
	segment,
	sortBy,
	sortDirection,
	updatedSince,
} from '../description/search';
import type { ObjectSchema } from '../fields';
import { isSteady, type FilterGroup, type Order } from '../kizen/searchRecords';
import { fieldNamed, readingOf, type Reading } from '../records/reading';
import { filterOn, filtersFrom, filterSince, type Filter } from '../records/search/filters';
import { chosenRecords, type Session } from '../records/session';
import type { Operation } from './operation';

export const search: Operation = {
	name: 'Search',
	value: 'search',
	description: 'Find all records that match your conditions',
	action: 'Search records',
	outputs: ['found', 'failed'],
	options: SEARCH_OPTIONS,
	parameters: [...SEARCH_PARAMETERS, ...READ_OUTPUT],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const { schema } = records;
		const reading = readingOf(item, schema);
		const max = readLimit(item);
		const size = wholeNumber(givenOption(item, pageSize) ?? pageSize.default, pageSize);
		const order = readOrder(item, schema);
		return {
			key: undefined,
			send: async () => {
				const groups = await readGroups(item, session, schema);
				const group_id = await readSegment(item, session, schema);
				const text = readText(item);
				const pages = records.search({
					groups,
					query: { ...(text !== '' && { search: text }), ...(group_id && { group_id }) },
					fieldNames: fieldNamesFor(schema, reading, order),
					order,
					most: max,
					pageSize: size,
					bound: (condition, moment) =>
						order ? filterOn(schema, order.field, condition, moment) : {},
				});
				const items: IDataObject[] = [];
				for await (const { records: page } of pages) {
					for (const record of page) items.push(reading.item(record, 'found'));
				}
				return { action: 'found', items };
			},
		};
	},
};

function readLimit(item: Item): number {
	if (isOn(item, returnAll)) return Infinity;
	const orAll = `, or turn on '${returnAll.displayName}'`;
	return wholeNumber(item.parameter(limit.name, limit.default), limit, orAll);
}

function readText(item: Item): string {
	const given = item.parameter(searchFor.name, '') ?? '';
	if (typeof given === 'string' || typeof given === 'number') return String(given).trim();
	throw notAllowed(searchFor.displayName, given, 'Enter the text to search for.');
}

async function readGroups(
	item: Item,
	session: Session,
	schema: ObjectSchema,
): Promise<FilterGroup[]> {
	const isAll = choiceOf(item, combine) === 'all';
	const filters = await filtersFrom(session, schema, item.parameter(conditions.name, {}));
	const since: Filter[] = [];
	for (const [parameter, field] of SINCE) {
		const given = givenOption(item, parameter) ?? '';
		if (given === '') continue;
		since.push(await filterSince(session, schema, field, given, parameter.displayName));
	}
	return [
		...(filters.length > 0 ? [{ and: isAll, filters }] : []),
		...(since.length > 0 ? [{ and: true, filters: since }] : []),
	];
}

/** Fields by API name. A record that was created has been updated at that moment as well. */
const SINCE = [
	[createdSince, 'created'],
	[updatedSince, 'updated'],
] as const;

async function readSegment(
	item: Item,
	session: Session,
	schema: ObjectSchema,
): Promise<string | undefined> {
	const given = givenOption(item, segment);
	if (!isGiven(given)) return undefined;
	const segments = await session.segmentsOf(schema);
	return findNamed(segments, given, segment.displayName, `segment of "${schema.label}"`).id;
}

/** By creation, unless the user says otherwise: an order in which nothing gets lost between pages. */
function readOrder(item: Item, schema: ObjectSchema): Order | undefined {
	const name = String(givenOption(item, sortBy) ?? '').trim();
	const descending = optionOf(item, sortDirection) === 'descending';
	if (name !== '') return { field: fieldNamed(schema, name, sortBy.displayName), descending };
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
