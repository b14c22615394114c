import type { IDataObject } from 'n8n-workflow';

import {
	createdSince,
	givenOption,
	isOn,
	limit,
	notAllowed,
	numberOption,
	optionOf,
	pageSize,
	READ_OUTPUT,
	returnAll,
	SEARCH_OPTIONS,
	SEARCH_PARAMETERS,
	searchFor,
	sortBy,
	sortDirection,
	updatedSince,
	wholeNumber,
	type Item,
} from '../description';
import type { ObjectSchema } from '../fields';
import { isStableOrder, type Filter, type FilterGroup, type Order } from '../kizen';
import {
	chosenRecords,
	conditionGroups,
	fieldNamed,
	filterSince,
	outputFormOf,
	searchedFields,
	segmentQuery,
	type Session,
} from '../records';
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
		const form = outputFormOf(item, schema);
		const max = readLimit(item);
		const size = numberOption(item, pageSize);
		const order = readOrder(item, schema);
		return {
			send: async () => {
				const groups = [
					...(await conditionGroups(item, session, schema)),
					...(await sinceGroups(item, session, schema)),
				];
				const inSegment = await segmentQuery(item, session, schema);
				const text = readSearchText(item);
				const pages = records.search({
					groups,
					query: { ...(text !== '' && { search: text }), ...inSegment },
					// In a stable order the field of the order is needed to go on from.
					fieldNames: searchedFields(
						schema,
						form,
						order && isStableOrder(order) ? [order.field.name] : [],
					),
					order,
					maxRecords: max,
					pageSize: size,
				});
				const items: IDataObject[] = [];
				for await (const { records: page } of pages) {
					for (const record of page) items.push(form.item(record, 'found'));
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

function readSearchText(item: Item): string {
	const given = item.parameter(searchFor.name, '') ?? '';
	if (typeof given === 'string' || typeof given === 'number') return String(given).trim();
	throw notAllowed(searchFor.displayName, given, 'Enter the text to search for.');
}

async function sinceGroups(
	item: Item,
	session: Session,
	schema: ObjectSchema,
): Promise<FilterGroup[]> {
	const filters: Filter[] = [];
	for (const [parameter, field] of SINCE) {
		const given = givenOption(item, parameter) ?? '';
		if (given === '') continue;
		filters.push(
			await filterSince(session, schema, { name: field, given, parameter: parameter.displayName }),
		);
	}
	return filters.length > 0 ? [{ and: true, filters }] : [];
}

/** Fields by API name. A record that was created has been updated at that moment as well. */
const SINCE = [
	[createdSince, 'created'],
	[updatedSince, 'updated'],
] as const;

/** By creation, unless the user says otherwise: an order in which nothing gets lost between pages. */
function readOrder(item: Item, schema: ObjectSchema): Order | undefined {
	const name = String(givenOption(item, sortBy) ?? '').trim();
	const descending = optionOf(item, sortDirection) === 'descending';
	if (name !== '') return { field: fieldNamed(schema, name, sortBy.displayName), descending };
	const created = schema.fields.find((field) => field.name === 'created' && field.isDefault);
	return created && { field: created, descending };
}
