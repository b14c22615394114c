import type { IDataObject } from 'n8n-workflow';

import { isObject, simplifyFields, type Field, type ObjectSchema } from '../fields';
import { ProblemError } from '../outcome';
import type { Kizen } from './client';
import { filterOn, type Filter } from './filter';
import { find, hasNext, MAX_PAGE_SIZE, read, rowsOf } from './read';

/** Some filters, of which all or any must fit. */
export interface FilterGroup {
	and: boolean;
	filters: Filter[];
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
	maxRecords: number;
	/** From 1 to {@link MAX_PAGE_SIZE}. */
	pageSize: number;
}

export interface Order {
	field: Field;
	descending: boolean;
}

export interface RecordPage {
	/** Each one once, whatever Kizen repeats. */
	records: IDataObject[];
	/** Whether no record that is still to come belongs before one that came already. */
	isInOrder: boolean;
}

/**
 * Whether a record that was not read yet can't come to stand before one that was. A record is
 * created once; one that is updated goes to the end, where it is still to be read.
 */
export function isStableOrder({ field, descending }: Order): boolean {
	const { name, isDefault } = field;
	return isDefault && (name === 'created' || (name === 'updated' && !descending));
}

/**
 * The records of a search, page by page and each one once.
 *
 * In a stable order every page begins where the one before it ended, by time and not by number, so
 * that records which appear, change or are archived meanwhile move no other out of sight: whatever
 * fits from the first page to the last is found.
 *
 * Pages are counted where more records than a page holds have one time, where Kizen compares times
 * more coarsely, and where it does not keep the order. Then a record that others push over the edge
 * of a page while it is read may be missed, and so may one of many with the same time, because
 * Kizen may sort these differently for each page. Where Kizen counts more records than came, they are
 * read again in pages of another size. In other orders than stable ones pages are counted, too.
 *
 * Of what was read, only the IDs are kept beside the page that is given out.
 *
 * @throws ProblemError
 */
export async function* searchRecords(
	kizen: Kizen,
	schema: ObjectSchema,
	search: RecordSearch,
): AsyncGenerator<RecordPage> {
	const { order } = search;
	const walk = new Walk(kizen, schema, search);
	if (order && isStableOrder(order)) yield* walk.byTime(order);
	else yield* walk.inOnePass();
}

/** The part of a search to read, from one millisecond to another by the time of its order. */
interface Range {
	from?: number;
	to?: number;
}

/** One page of a range; the first, in the order of the search, unless said otherwise. */
interface PageRequest {
	range: Range;
	number?: number;
	size: number;
	order?: Order;
}

/** How often a range is read at most for records that Kizen counts and that did not come. */
const MAX_PASSES = 12;

/** One search under way. */
class Walk {
	private readonly seen = new Set<string>();
	private left: number;

	constructor(
		private readonly kizen: Kizen,
		private readonly schema: ObjectSchema,
		private readonly search: RecordSearch,
	) {
		this.left = search.maxRecords;
	}

	/** Reads all in counted pages, for an order in which records change places. */
	async *inOnePass(): AsyncGenerator<RecordPage> {
		for await (const { records } of this.pass({}, Math.min(this.search.pageSize, this.left))) {
			if (records.length > 0) yield { records, isInOrder: false };
		}
	}

	async *byTime(order: Order): AsyncGenerator<RecordPage> {
		const { pageSize } = this.search;
		let [edge, size]: [number | undefined, number] = [undefined, Math.min(pageSize, this.left)];
		for (;;) {
			const range = edge === undefined ? {} : order.descending ? { to: edge + 1 } : { from: edge };
			const { rows, more } = await this.page({ range, size });
			const records = this.fresh(rows);
			const isLast = !more || rows.length === 0 || this.left === 0;
			const times = timesOf(this.schema, rows, order);
			const next = times?.at(-1);
			const isKept =
				isLast || (times !== undefined && (edge !== undefined || (await this.keeps(order, times))));
			if (records.length > 0) yield { records, isInOrder: isKept };
			if (isLast) return;
			if (!isKept || times === undefined || next === undefined) {
				return yield* this.inPasses({}, pageSize);
			}
			if (next === edge) {
				// More records of one millisecond than a page holds.
				const tie = { from: edge, to: edge + 1 };
				const isExact = yield* this.inPasses(tie, MAX_PAGE_SIZE);
				if (!isExact) return yield* this.inPasses({}, pageSize);
				if (this.left === 0) return;
				edge = order.descending ? edge - 1 : edge + 1;
			} else {
				// Kizen gives the same page again: it compares times more coarsely.
				if (records.length === 0) return yield* this.inPasses({}, pageSize);
				edge = next;
			}
			size = Math.min(pageSize, this.left + times.filter((time) => time === edge).length);
		}
	}

	/**
	 * Whether Kizen keeps the order, as it seems by the times of the first page. Of `created` this is
	 * known, of `updated` no source says it: then the last record of all must be later.
	 */
	private async keeps(order: Order, times: number[]): Promise<boolean> {
		if (order.field.name === 'created') return true;
		const fromEnd = { ...order, descending: !order.descending };
		const { rows } = await this.page({ range: {}, size: 1, order: fromEnd });
		const [last] = timesOf(this.schema, rows, fromEnd) ?? [];
		// The same time everywhere proves nothing.
		const [first = NaN] = times;
		return last !== undefined && last > first && last >= (times.at(-1) ?? NaN);
	}

	/**
	 * Reads a range in counted pages, and again in pages of another size for as long as Kizen counts
	 * more records than came and new ones come.
	 *
	 * @returns whether nothing came from outside of the range
	 */
	private async *inPasses(range: Range, pageSize: number): AsyncGenerator<RecordPage, boolean> {
		const ids = new Set<unknown>();
		const isMoment = range.from !== undefined;
		const { from = -Infinity, to = Infinity } = range;
		let isExact = true;
		for (let [passes, size] = [0, pageSize]; passes < MAX_PASSES; passes++) {
			let [count, news] = [0, 0];
			for await (const { rows, records, total } of this.pass(range, size)) {
				for (const { id } of rows) ids.add(id);
				const times = this.search.order && timesOf(this.schema, rows, this.search.order);
				isExact &&= times?.every((time) => time >= from && time <= to) ?? true;
				news += records.length;
				count = Math.max(count, total);
				if (records.length > 0) yield { records, isInOrder: isMoment && isExact };
			}
			// Of all records Kizen may count some that it does not show; of a moment they are soon read again.
			const isVain = !isMoment && passes > 0 && news === 0;
			if (this.left === 0 || ids.size >= count || isVain) break;
			size = size > pageSize / 2 ? Math.ceil(size * 0.8) : pageSize;
		}
		return isExact;
	}

	/** Reads a range once in counted pages. */
	private async *pass(range: Range, size: number) {
		const ids = new Set<unknown>();
		for (let [number, count] = [1, 0]; ; number++) {
			const { rows, more, total = 0 } = await this.page({ range, number, size });
			const met = ids.size;
			for (const { id } of rows) ids.add(id);
			count += rows.length;
			yield { rows, records: this.fresh(rows), total };
			// A server might name a next page for ever.
			const isEndless = ids.size === met && count >= total;
			if (!more || this.left === 0 || rows.length === 0 || isEndless) return;
		}
	}

	/** The records that did not come yet, as many as are still wanted. */
	private fresh(rows: IDataObject[]): IDataObject[] {
		const records: IDataObject[] = [];
		for (const row of rows) {
			if (this.left === 0) break;
			if (typeof row.id !== 'string' || this.seen.has(row.id)) continue;
			this.seen.add(row.id);
			records.push(row);
			this.left -= 1;
		}
		return records;
	}

	private async page({
		range: { from, to },
		number = 1,
		size,
		order = this.search.order,
	}: PageRequest): Promise<{ rows: IDataObject[]; more: boolean; total: number | undefined }> {
		const { groups, query, fieldNames } = this.search;
		const bound = (condition: '>=' | '<=', ms: number | undefined) =>
			order === undefined || ms === undefined
				? []
				: [filterOn(this.schema, order.field, { condition, value: new Date(ms).toISOString() })];
		const bounds = [...bound('>=', from), ...bound('<=', to)];
		const all = [...groups, ...(bounds.length > 0 ? [{ and: true, filters: bounds }] : [])];
		const request = {
			path: ['records', this.schema.id, 'search'],
			query: {
				...query,
				...(order && { ordering: `${order.descending ? '-' : ''}${order.field.name}` }),
				page: number,
				page_size: size,
			},
			body: {
				...(all.length > 0 && { and: true, query: all }),
				...(fieldNames && { field_names: fieldNames }),
			},
		};
		// The last page may have been archived away meanwhile.
		const ask = number > 1 ? find : read;
		const body = await ask(this.kizen, request, { object: this.schema.label, reading: 'search' });
		if (body === undefined) return { rows: [], more: false, total: undefined };
		if (isObject(body) && !Array.isArray(body.results)) {
			throw new ProblemError(
				"Kizen's response to the search lists no results",
				'Try again. If it happens repeatedly, check the Environment or Base URL of the credential.',
			);
		}
		const total = isObject(body) && typeof body.count === 'number' ? body.count : undefined;
		return { rows: rowsOf(body), more: hasNext(body), total };
	}
}

/** The times of a page in its order, to the millisecond; undefined where one is not to be seen, or the order is another. */
function timesOf(
	schema: ObjectSchema,
	rows: IDataObject[],
	{ field, descending }: Order,
): number[] | undefined {
	const times = rows.map((row) => Date.parse(fieldText(schema, row, field)));
	let [before = NaN] = times;
	let isSorted = true;
	for (const time of times) {
		isSorted &&= descending ? time <= before : time >= before;
		before = time;
	}
	return isSorted && !times.some(Number.isNaN) ? times : undefined;
}

/** Returns what a record holds in one field, as text. Only this one is read: a search may find many. */
export function fieldText(
	schema: ObjectSchema,
	{ fields }: IDataObject,
	{ id, name }: Field,
): string {
	const held = Array.isArray(fields)
		? fields.filter((field) => isObject(field) && (field.id === id || field.name === name))
		: isObject(fields) && { [id]: fields[id] ?? fields[name] };
	return String(simplifyFields(held, schema)[name]);
}
