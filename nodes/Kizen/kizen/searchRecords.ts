import type { IDataObject } from 'n8n-workflow';

import { isObject } from './response';
import type { Kizen } from './client';
import { simplifyFields, type Field, type ObjectSchema } from '../fields';
import { refuse } from '../outcome/problem';
import { find, hasNext, MAX_PAGE_SIZE, read, rowsOf } from './read';

/** Some filters, of which all or any must fit. */
export interface FilterGroup {
	and: boolean;
	filters: IDataObject[];
}

export interface RecordSearch {
	/** All of them must fit. */
	groups: FilterGroup[];
	/** Free text and segment, as parameters of the address. */
	query: IDataObject;
	/** API names; undefined for every field that Kizen gives unasked. */
	fieldNames: string[] | undefined;
	order: Order | undefined;
	/** Infinity for all. */
	most: number;
	/** From 1 to {@link MAX_PAGE_SIZE}. */
	pageSize: number;
	/** The filter for records from this moment on in the order, for {@link isSteady} orders. */
	from(moment: string): IDataObject;
}

export interface Order {
	field: Field;
	descending: boolean;
}

/**
 * Whether a record that was not read yet can't come to stand before one that was. A record is
 * created once; one that is updated goes to the end, where it is still to be read.
 */
export function isSteady({ field, descending }: Order): boolean {
	const { name, isDefault } = field;
	return isDefault && (name === 'created' || (name === 'updated' && !descending));
}

/**
 * The records of a search, page by page and each one once.
 *
 * In a steady order every page begins where the one before it ended, by time and not by number, so
 * that records which appear, change or are archived meanwhile move no other out of sight: whatever
 * fits from the first page to the last is found. (Of more than 1000 records created in one and the
 * same millisecond, some may be missed while others of them are archived.) In another order, and
 * where Kizen does not keep the order it is asked for, pages are counted; then a record that others
 * push over the edge of a page while it is read may be missed. In no order does a record come twice.
 *
 * Of what was read, only the IDs are kept beside the page that is given out.
 *
 * @throws Refused
 */
export async function* searchRecords(
	kizen: Kizen,
	schema: ObjectSchema,
	search: RecordSearch,
): AsyncGenerator<IDataObject[]> {
	const seen = new Set<string>();
	let byTime = search.order !== undefined && isSteady(search.order);
	let place: Place = { page: 1, size: Math.min(search.pageSize, search.most) };
	let pagesWithoutNews = 0;
	for (let left = search.most; ; ) {
		const { rows, more } = await readPage(kizen, schema, search, place);
		const fresh: IDataObject[] = [];
		for (const row of rows) {
			if (fresh.length === left) break;
			if (typeof row.id !== 'string' || seen.has(row.id)) continue;
			seen.add(row.id);
			fresh.push(row);
		}
		left -= fresh.length;
		pagesWithoutNews = fresh.length > 0 ? 0 : pagesWithoutNews + 1;
		if (fresh.length > 0) yield fresh;
		if (!more || left === 0 || rows.length === 0) return;
		// Where the order turns out not to be kept, the pages read so far are read once more. More pages
		// without a new record mean that Kizen names a next page for ever.
		if (pagesWithoutNews > seen.size / search.pageSize + 2) return;
		const edge = byTime && search.order ? edgeOf(schema, rows, search.order) : undefined;
		const nextPage = { ...place, page: place.page + 1 };
		if (byTime && edge && edge.moment === place.from && place.size < MAX_PAGE_SIZE) {
			// More records of one moment than a page holds.
			place = { ...place, page: 1, size: MAX_PAGE_SIZE };
		} else if (!byTime || (edge && edge.moment === place.from)) {
			place = nextPage;
		} else if (edge && fresh.length > 0) {
			const size = Math.min(search.pageSize, left + edge.records);
			place = { page: 1, size, from: edge.moment };
		} else {
			byTime = false;
			place = place.from === undefined ? nextPage : { page: 1, size: search.pageSize };
		}
	}
}

interface Place {
	page: number;
	size: number;
	/** Where the page begins in a steady order. */
	from?: string;
}

async function readPage(
	kizen: Kizen,
	schema: ObjectSchema,
	{ groups, query, fieldNames, order, from }: RecordSearch,
	place: Place,
): Promise<{ rows: IDataObject[]; more: boolean }> {
	const window = place.from === undefined ? [] : [{ and: true, filters: [from(place.from)] }];
	const all = [...groups, ...window];
	const request = {
		path: ['records', schema.id, 'search'],
		query: {
			...query,
			...(order && { ordering: `${order.descending ? '-' : ''}${order.field.name}` }),
			page: place.page,
			page_size: place.size,
		},
		body: {
			...(all.length > 0 && { and: true, query: all }),
			...(fieldNames && { field_names: fieldNames }),
		},
	};
	// The last page may have been archived away meanwhile.
	const ask = place.page > 1 ? find : read;
	const body = await ask(kizen, request, { object: schema.label, reading: 'search' });
	if (body === undefined) return { rows: [], more: false };
	if (isObject(body) && !Array.isArray(body.results)) {
		throw refuse(
			"Kizen's response to the search lists no results",
			'Run the item again. If it happens repeatedly, check the Environment or Base URL of the credential.',
		);
	}
	return { rows: rowsOf(body), more: hasNext(body) };
}

/** The moment at which a page ends, and how many of its records stand there. */
function edgeOf(
	schema: ObjectSchema,
	rows: IDataObject[],
	{ field, descending }: Order,
): { moment: string; records: number } | undefined {
	const times = rows.map((row) => Date.parse(textIn(schema, row, field)));
	const sorted = times.every(
		(time, n) => n === 0 || (descending ? time <= times[n - 1] : time >= times[n - 1]),
	);
	const last = times.at(-1);
	if (last === undefined || times.some(Number.isNaN) || !sorted) return undefined;
	// Kizen's times may be finer than a millisecond: the edge must not cut off what is as old.
	const isCut = descending && FINER.test(textIn(schema, rows[rows.length - 1], field));
	return {
		moment: new Date(isCut ? last + 1 : last).toISOString(),
		records: times.filter((time) => time === last).length,
	};
}

/** Digits behind the milliseconds that are not all zero. */
const FINER = /\.\d{3}\d*[1-9]/;

/** Only this one field is read, because a search may find many records. */
function textIn(schema: ObjectSchema, { fields }: IDataObject, { id, name }: Field): string {
	const held = Array.isArray(fields)
		? fields.filter((field) => isObject(field) && (field.id === id || field.name === name))
		: isObject(fields) && { [id]: fields[id] ?? fields[name] };
	return String(simplifyFields(held, schema)[name]);
}
