import { fieldTypes, type Condition } from './fieldTypes';
import {
	fieldNamed,
	fieldWithId,
	type Field,
	type KizenObject,
	type Row,
	type Stored,
} from './model';
import { KizenError, worded } from './refusal';
import type { World } from './world';

/** What narrows and orders a search: the query string, and the request's body. */
export interface SearchRequest {
	query: Record<string, string>;
	body: Record<string, unknown>;
}

/** The active records that a search means, in its order. */
export function searchRows(world: World, object: KizenObject, request: SearchRequest): Row[] {
	const wanted = [
		groupTest(world, object, request.query),
		textTest(world, object, request),
		queryTest(world, object, request.body),
	];
	const found = object.rows.filter((row) => !row.archived && wanted.every((test) => test(row)));
	return ordered(world, object, found, request.query.ordering);
}

type Test = (row: Row) => boolean;

const everything: Test = () => true;

// Free text

/** Where free text is looked for by default (developer docs, record search). */
const textFields: Record<'contacts' | 'others', readonly string[]> = {
	contacts: ['email', 'first_name', 'last_name', 'home_phone', 'mobile_phone', 'business_phone'],
	others: ['name'],
};

function textTest(world: World, object: KizenObject, { query, body }: SearchRequest): Test {
	const text = query.search?.trim().toLowerCase() ?? '';
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
			if (group === undefined) throw refused(world, `Group "${id}" does not exist.`);
			return queryTest(world, object, { query: group.query });
		});
	const within = [...tests(query.group_id), ...tests(query.in_group_ids)];
	const without = query.in_group_ids ? [] : tests(query.not_in_group_ids);
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

function joined(and: unknown, tests: Test[]): Test {
	if (tests.length === 0) return everything;
	return and === false
		? (row) => tests.some((test) => test(row))
		: (row) => tests.every((test) => test(row));
}

function filterTest(world: World, object: KizenObject, filter: Record<string, unknown>): Test {
	const field = filterField(object, filter);
	if (field === undefined) {
		throw refused(world, `Field ${JSON.stringify(filter.field)} does not exist.`);
	}
	const { condition, value } = filter;
	if (value === undefined || value === null) throw refused(world, 'value may not be null.');
	const kind = fieldTypes[field.field_type].condition;
	const test = conditions[kind][String(condition)];
	const timed = field.name === 'created' || field.name === 'updated';
	if (test === undefined || (timed && condition === 'is_blank')) {
		throw refused(world, `"${String(condition)}" is not a valid condition for ${field.name}.`);
	}
	return (row) => {
		const stored = timed ? row[field.name as 'created' | 'updated'] : held(world, row, field);
		return test(stored, operand(world, field, value));
	};
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

type Comparison = (stored: Stored | undefined, value: unknown) => boolean;

const blank: Comparison = (stored, value) =>
	(stored === undefined) === (value === true || value === 'true');
const not =
	(comparison: Comparison): Comparison =>
	(stored, value) =>
		!comparison(stored, value);
const folded = (value: unknown) => String(value ?? '').toLowerCase();
const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const many = (stored: Stored | undefined): string[] => {
	if (stored === undefined) return [];
	return Array.isArray(stored) ? stored : [String(stored)];
};

const equalText: Comparison = (stored, value) => folded(stored) === folded(value);
const contains: Comparison = (stored, value) => folded(stored).includes(folded(value));
const startsWith: Comparison = (stored, value) => folded(stored).startsWith(folded(value));
const endsWith: Comparison = (stored, value) => folded(stored).endsWith(folded(value));
const same: Comparison = (stored, value) => stored === value;
const anyOf: Comparison = (stored, value) => many(stored).some((id) => listed(value).includes(id));
const allOf: Comparison = (stored, value) =>
	listed(value).every((id) => many(stored).includes(String(id)));

/** The comparisons of everything that has an order; `of` makes numbers of both sides. */
function measured(of: (value: unknown) => number): Record<string, Comparison> {
	const compare =
		(test: (a: number, b: number) => boolean): Comparison =>
		(stored, value) =>
			stored !== undefined && test(of(stored), of(value));
	const equal = compare((a, b) => a === b);
	return {
		'=': equal,
		'!=': not(equal),
		'<': compare((a, b) => a < b),
		'<=': compare((a, b) => a <= b),
		'>': compare((a, b) => a > b),
		'>=': compare((a, b) => a >= b),
		between: (stored, value) => {
			const [low, high] = listed(value).map(of);
			return stored !== undefined && of(stored) >= low && of(stored) <= high;
		},
		is_blank: blank,
	};
}

const instant = (value: unknown) => Date.parse(String(value));
const monthEquals: Comparison = (stored, value) =>
	stored !== undefined && new Date(String(stored)).getUTCMonth() + 1 === Number(value);

/** Which conditions each family of fields knows (kizen/builder-cli, filtering). */
const conditions: Record<Condition, Record<string, Comparison>> = {
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
	number: measured(Number),
	date: { ...measured(instant), month_equals: monthEquals },
	datetime: { ...measured(instant), month_equals: monthEquals },
	checkbox: { '=': (stored, value) => (stored ?? false) === (value === true || value === 'true') },
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
		'>': (stored, value) => many(stored).length > Number(value),
		'>=': (stored, value) => many(stored).length >= Number(value),
		'<': (stored, value) => many(stored).length < Number(value),
		is_blank: blank,
	},
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
		throw refused(world, `"${ordering}" is not a valid ordering.`);
	}
	const timed = name === 'created' || name === 'updated';
	const keyed = rows.map((row) => ({
		row,
		key: timed ? row[name] : held(world, row, field),
	}));
	keyed.sort((a, b) => (descending ? -1 : 1) * compare(a.key, b.key));
	return keyed.map(({ row }) => row);
}

function compare(a: Stored | undefined, b: Stored | undefined): number {
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	return String(a ?? '').localeCompare(String(b ?? ''));
}

/** A failed search is a page whose `errors` are filled, with status 400 (app-engine docs). */
function refused(world: World, message: string): KizenError {
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
