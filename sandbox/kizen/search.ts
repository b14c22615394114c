import { shuffle } from './drawing';
import { fieldTypes, type Condition } from './fieldTypes';
import {
	fieldNamed,
	fieldWithId,
	type Field,
	type KizenObject,
	type Row,
	type Stored,
} from './model';
import { KizenError, worded } from './errors';
import { shownBySearch } from './past';
import { atEnds, type Switches } from './switches';
import { inMicroseconds, microsecondsOf } from './times';
import type { World } from './world';

/** What narrows and orders a search: the query string, and the request's body. */
export interface SearchRequest {
	query: Record<string, string>;
	body: Record<string, unknown>;
}

/** The active records that a search means, in its order. */
export function searchRows(world: World, object: KizenObject, request: SearchRequest): Row[] {
	const wanted = joined(
		true,
		[
			groupTest(world, object, request.query),
			textTest(world, object, request),
			queryTest(world, object, request.body),
		].filter((test) => test !== everything),
	);
	const found = object.rows
		.map((row) => shownBySearch(world, row))
		.filter((row): row is Row => row !== undefined && !row.archived && wanted(row));
	return ordered(world, object, found, request.query.ordering);
}

type Test = (row: Row) => boolean;

const everything = () => true;

// Free text

/** Where free text is looked for by default (developer docs, record search). */
const textFields: Record<'contacts' | 'others', readonly string[]> = {
	contacts: ['email', 'first_name', 'last_name', 'home_phone', 'mobile_phone', 'business_phone'],
	others: ['name'],
};

function textTest(world: World, object: KizenObject, { query, body }: SearchRequest): Test {
	const text = atEnds(world.switches, query.search ?? '').toLowerCase();
	if (text === '') return everything;
	const within = [
		...strings(body.search_within_field_names).map((name) => fieldNamed(object, name)),
		...strings(body.search_within_field_ids).map((id) => fieldWithId(object, id)),
	];
	const usual = textFields[object.name === 'client_client' ? 'contacts' : 'others'];
	const fields = within.length > 0 ? within : usual.map((name) => fieldNamed(object, name));
	return (row) => {
		const held = fields.map((field) => field && world.business.get(row, field));
		const whole = within.length > 0 ? [] : [world.business.displayName(row)];
		return [...held, ...whole].some((value) =>
			String(value ?? '')
				.toLowerCase()
				.includes(text),
		);
	};
}

// Groups that people saved in Kizen

function groupTest(world: World, object: KizenObject, query: Record<string, string>): Test {
	const tests = (list: string | undefined) =>
		(list?.split(',') ?? []).filter(Boolean).map((id) => {
			const group = object.groups.find((each) => each.id === id);
			if (group === undefined) throw badSearch(world, `Group "${id}" does not exist.`);
			return queryTest(world, object, { query: group.query });
		});
	const within = [...tests(query.group_id), ...tests(query.in_group_ids)];
	const without = query.in_group_ids ? [] : tests(query.not_in_group_ids);
	if (within.length + without.length === 0) return everything;
	return (row) =>
		(within.length === 0 || within.some((test) => test(row))) && !without.some((test) => test(row));
}

// Filters

/** `{and, query: [{and, filters: […]}]}`: groups of filters, each all-of or any-of. */
function queryTest(world: World, object: KizenObject, body: Record<string, unknown>): Test {
	const groups = records(body.query).map((group) =>
		joined(
			group.and,
			records(group.filters).map((filter) => filterTest(world, object, filter)),
		),
	);
	return joined(body.and, groups);
}

function joined<T>(and: unknown, tests: Array<(tested: T) => boolean>): (tested: T) => boolean {
	if (tests.length === 0) return everything;
	if (tests.length === 1) return tests[0];
	return and === false
		? (tested) => tests.some((test) => test(tested))
		: (tested) => tests.every((test) => test(tested));
}

function filterTest(world: World, object: KizenObject, filter: Record<string, unknown>): Test {
	const field = filterField(object, filter);
	if (field === undefined) {
		throw badSearch(world, `Field ${JSON.stringify(filter.field)} does not exist.`);
	}
	const { condition, value } = filter;
	if (value === undefined || value === null) throw badSearch(world, 'value may not be null.');
	const kind = fieldTypes[field.field_type].condition;
	const { filterResolution } = world.switches;
	const known = kind === 'datetime' ? datetimes[filterResolution] : conditions[kind];
	const comparison = known[String(condition)];
	const time = timeOf(field.name);
	if (comparison === undefined || (time && condition === 'is_blank')) {
		throw badSearch(world, `"${String(condition)}" is not a valid condition for ${field.name}.`);
	}
	const test = comparison(operand(world, field, value));
	return (row) => test(time ? row[time] : held(world, row, field));
}

function timeOf(fieldName: string): 'created' | 'updated' | undefined {
	return fieldName === 'created' || fieldName === 'updated' ? fieldName : undefined;
}

/**
 * References are written `"custom"::<id>` with inner quotes (kizen/builder-cli) or without
 * (kizen/app-builder-cli); default fields by api name. Both are taken for both.
 */
function filterField(object: KizenObject, filter: Record<string, unknown>): Field | undefined {
	const reference = String(filter.field);
	const custom = /^"?custom"?::"?([^"]+)"?$/.exec(reference);
	if (custom) return fieldWithId(object, custom[1]);
	return fieldNamed(object, reference) ?? fieldWithId(object, reference);
}

function held(world: World, row: Row, field: Field): Stored | undefined {
	if (field.name === 'display_name') return world.business.displayName(row);
	return world.business.get(row, field);
}

/** The filter's value in the stored form: codes of contacts' email status, and "me". */
function operand(world: World, field: Field, value: unknown): unknown {
	const one = (each: unknown) => {
		if (field.field_type === 'team_selector' && each === 'is_me') return world.business.me.id;
		const coded = field.options.find(({ code }) => code !== '' && code === each);
		return coded && field.field_type !== 'rating' ? coded.id : each;
	};
	return Array.isArray(value) ? value.map(one) : one(value);
}

/** What a filter's value makes of a condition: it is looked at once, not for each record. */
type Comparison = (value: unknown) => (stored: Stored | undefined) => boolean;

const blank: Comparison = (value) => {
	const wanted = value === true || value === 'true';
	return (stored) => (stored === undefined) === wanted;
};
const not =
	(comparison: Comparison): Comparison =>
	(value) => {
		const test = comparison(value);
		return (stored) => !test(stored);
	};
const folded = (value: unknown) => String(value ?? '').toLowerCase();
const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const many = (stored: Stored | undefined): string[] => {
	if (stored === undefined) return [];
	return Array.isArray(stored) ? stored : [String(stored)];
};

function texts(test: (stored: string, value: string) => boolean): Comparison {
	return (value) => {
		const text = folded(value);
		return (stored) => test(folded(stored), text);
	};
}
const equalText = texts((stored, value) => stored === value);
const contains = texts((stored, value) => stored.includes(value));
const startsWith = texts((stored, value) => stored.startsWith(value));
const endsWith = texts((stored, value) => stored.endsWith(value));
const same: Comparison = (value) => (stored) => stored === value;
const anyOf: Comparison = (value) => (stored) =>
	many(stored).some((id) => listed(value).includes(id));
const allOf: Comparison = (value) => (stored) =>
	listed(value).every((id) => many(stored).includes(String(id)));

/**
 * The comparisons of everything that has an order: `of` makes something comparable of a filter's
 * value, undefined for one that is not one, and `read` the same of what is stored.
 */
function measured<T extends number | string>(
	of: (value: unknown) => T | undefined,
	read: (stored: Stored) => T,
): Record<string, Comparison> {
	const compare =
		(test: (a: T, b: T) => boolean): Comparison =>
		(value) => {
			const bound = of(value);
			return (stored) => stored !== undefined && bound !== undefined && test(read(stored), bound);
		};
	const equal = compare((a, b) => a === b);
	const atLeast = compare((a, b) => a >= b);
	const atMost = compare((a, b) => a <= b);
	return {
		'=': equal,
		'!=': not(equal),
		'<': compare((a, b) => a < b),
		'<=': atMost,
		'>': compare((a, b) => a > b),
		'>=': atLeast,
		between: (value) => {
			const [low, high] = listed(value);
			return joined(true, [atLeast(low), atMost(high)]);
		},
		is_blank: blank,
	};
}

const instant = (value: unknown) => Date.parse(String(value));
const monthEquals: Comparison = (value) => (stored) =>
	stored !== undefined && new Date(String(stored)).getUTCMonth() + 1 === Number(value);

/** Instants to the microsecond, and what they begin with, sort as texts: no record's is parsed. */
function instants(digits: number): Record<string, Comparison> {
	const compared = measured(
		(value) => microsecondsOf(String(value))?.slice(0, digits),
		(stored) => inMicroseconds(String(stored)).slice(0, digits),
	);
	return { ...compared, month_equals: monthEquals };
}
const fileCount = (test: (count: number, value: number) => boolean): Comparison => {
	return (value) => (stored) => test(many(stored).length, Number(value));
};

/** Which conditions each family of fields knows (kizen/builder-cli, filtering). */
const conditions: Record<Exclude<Condition, 'datetime'>, Record<string, Comparison>> = {
	text: {
		'=': equalText,
		'!=': not(equalText),
		contains,
		'!contains': not(contains),
		starts_with: startsWith,
		ends_with: endsWith,
		'!starts_with': not(startsWith),
		'!ends_with': not(endsWith),
		is_blank: blank,
	},
	longtext: { is_blank: blank },
	phone: { '=': equalText, contains, is_blank: blank },
	number: measured(Number, Number),
	date: { ...measured(instant, instant), month_equals: monthEquals },
	checkbox: {
		'=': (value) => (stored) => (stored ?? false) === (value === true || value === 'true'),
	},
	single: {
		'=': same,
		'!=': not(same),
		is_any_of: anyOf,
		is_none_of: not(anyOf),
		is_blank: blank,
	},
	multi: {
		has: allOf,
		'!has': not(allOf),
		has_any: anyOf,
		'!has_any': not(anyOf),
		is_blank: blank,
	},
	relationship: {
		contains: allOf,
		'!contains': not(allOf),
		is_any_of: anyOf,
		is_none_of: not(anyOf),
		is_blank: blank,
	},
	team: {
		'=': same,
		'!=': not(same),
		is_any_of: anyOf,
		is_none_of: not(anyOf),
		is_blank: blank,
	},
	files: {
		'>': fileCount((count, value) => count > value),
		'>=': fileCount((count, value) => count >= value),
		'<': fileCount((count, value) => count < value),
		is_blank: blank,
	},
};

/** By the unit to which times are compared: so many digits of `2026-03-31T16:23:53.231165Z` count. */
const datetimes: Record<Switches['filterResolution'], Record<string, Comparison>> = {
	microsecond: instants(26),
	millisecond: instants(23),
	second: instants(19),
	day: instants(10),
};

// Order

function ordered(
	world: World,
	object: KizenObject,
	rows: Row[],
	ordering: string | undefined,
): Row[] {
	if (!ordering) return rows;
	const descending = ordering.startsWith('-');
	const name = descending ? ordering.slice(1) : ordering;
	const field = fieldNamed(object, name);
	if (field === undefined) {
		if (world.switches.unknownOrdering === 'ignored') return rows;
		throw badSearch(world, `"${ordering}" is not a valid ordering.`);
	}
	const direction = descending ? -1 : 1;
	const time = timeOf(name);
	if (time === 'updated' && world.switches.orderingByUpdated === 'ignored') return rows;
	if (world.switches.tieOrder === 'changing') shuffle(rows, ++shuffles);
	if (time) return rows.sort((a, b) => direction * earlier(a[time], b[time]));
	const keyed = rows.map((row) => ({ row, key: held(world, row, field) }));
	keyed.sort((a, b) => direction * compare(a.key, b.key));
	return keyed.map(({ row }) => row);
}

let shuffles = 0;

function earlier(a: string, b: string): number {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}

function compare(a: Stored | undefined, b: Stored | undefined): number {
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	return String(a ?? '').localeCompare(String(b ?? ''));
}

/** A failed search is a page whose `errors` are filled, with status 400 (app-engine docs). */
function badSearch(world: World, message: string): KizenError {
	const errors = [worded(world.switches, { message, code: 'invalid' })];
	return new KizenError(400, { count: 0, next: null, previous: null, results: [], errors });
}

function strings(value: unknown): string[] {
	return Array.isArray(value) ? value.map(String) : [];
}

function records(value: unknown): Array<Record<string, unknown>> {
	return Array.isArray(value)
		? value.filter((each) => typeof each === 'object' && each !== null)
		: [];
}
