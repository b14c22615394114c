import { convertValue, isEmpty, isOnlyCounted } from './convertValue';
import {
	ambiguous,
	holdsOne,
	notWritable,
	problemWith,
	twice,
	unknownField,
	type FieldProblem,
} from './fieldProblems';
import { findField, findGiven, type FoundField } from './findField';
import { checkCurrency, CURRENCY_SUFFIX } from './money';
import type { Field, ObjectSchema } from './schema';
import {
	invalid,
	type Change,
	type ConvertContext,
	type GivenField,
	type InvalidValue,
	type Misfit,
	type Reference,
	type ReferenceKind,
} from './types';

/** One entry of the `fields` of a request, by id. */
export interface RequestField {
	id: string;
	value?: unknown;
	add_values?: unknown[];
	remove_values?: unknown[];
}

export type ConvertedRow =
	| {
			status: 'ready';
			fields: RequestField[];
			/** Parallel to `fields`. */
			sent: Field[];
			/** Keys that were left out because Kizen has no such field, or none that can be written. */
			ignored: string[];
			kinds: Set<ReferenceKind>;
	  }
	/** To be looked up; then the row is converted again, which may bring up further ones. */
	| { status: 'missing'; references: Reference[] }
	/** All that is wrong with the row. Nothing of it may be sent. */
	| { status: 'invalid'; problems: FieldProblem[] };

/**
 * What goes to Kizen for one row of given fields. Pure and without waiting: what only Kizen knows is
 * asked of `context.resolve`, and `missing` names what that did not know yet. (A text such as
 * `Acme, Inc.` is asked for as a whole first and in pieces afterwards; hence call again until the
 * row is no longer missing anything.)
 */
export function convertRow(
	schema: ObjectSchema,
	given: GivenField[],
	context: ConvertContext,
): ConvertedRow {
	const entries = new Map<Field, Entry>();
	const ignored: string[] = [];
	const missing: Reference[] = [];
	const problems: FieldProblem[] = [];
	for (const column of columnsOf(schema, given)) {
		const result = convertColumn(column, schema, context);
		if (result === 'nothing') continue;
		if (result === 'ignored') ignored.push(column.given.key);
		else if ('missing' in result) missing.push(...result.missing);
		else if ('problems' in result) problems.push(...result.problems);
		else problems.push(...put(entries, column.given, result));
	}
	if (missing.length > 0) return { status: 'missing', references: missing };
	if (problems.length > 0) return { status: 'invalid', problems };
	const ready = [...entries.values()];
	return {
		status: 'ready',
		fields: ready.map(({ requestField }) => requestField),
		sent: ready.map(({ field }) => field),
		ignored,
		kinds: new Set(ready.flatMap(({ kind }) => kind ?? [])),
	};
}

interface Entry {
	field: Field;
	given: GivenField;
	requestField: RequestField;
	kind: ReferenceKind | undefined;
}

/** What is given to one field, and the field. */
interface Column {
	given: GivenField;
	found: FoundField;
	/** The key that means the same field to the letter, where this one only resembles it. */
	exactKey?: string | undefined;
}

/** What comes of one column by itself. */
type ConvertedColumn =
	| 'nothing'
	| 'ignored'
	| { missing: Reference[] }
	| { problems: FieldProblem[] }
	| ColumnChange;

interface ColumnChange {
	field: Field;
	change: Exclude<Change, 'clear'>;
	value: unknown;
	kind: ReferenceKind | undefined;
}

function columnsOf(schema: ObjectSchema, given: GivenField[]): Column[] {
	const columns: Column[] = given
		.filter(({ change, value }) => value !== undefined || change === 'clear')
		.map((one) => ({ given: one, found: findGiven(schema, one) }));
	if (!columns.some(({ found }) => isLoose(found))) return columns;
	const exactKeys = new Map<Field, string>();
	for (const { given: one, found } of columns) {
		const says = 'field' in found && !isLoose(found) && !isEmpty(one.value);
		if (says && !found.field.readOnly) exactKeys.set(found.field, one.key);
	}
	return columns.map(({ given: one, found }) => ({
		given: one,
		found,
		exactKey: isLoose(found) ? exactKeys.get(found.field) : undefined,
	}));
}

function isLoose(found: FoundField): found is { field: Field; loosely: true } {
	return 'field' in found && found.loosely === true;
}

function convertColumn(
	{ given, found, exactKey }: Column,
	schema: ObjectSchema,
	context: ConvertContext,
): ConvertedColumn {
	if ('unknown' in found) return unknownColumn({ given, nearest: found.nearest }, schema, context);
	if ('ambiguous' in found) {
		return saysNothing(given, context)
			? 'nothing'
			: { problems: [ambiguous(given, found.ambiguous)] };
	}
	const { field } = found;
	const problemsOf = (misfits: Misfit[]) => ({
		problems: misfits.map((one) => problemWith(field, given, one)),
	});
	if (exactKey !== undefined) {
		if (isEmpty(given.value)) return 'nothing';
		if (context.unknownFields === 'ignore') return 'ignored';
		return problemsOf([twice(field, exactKey, given.key)]);
	}
	const change = changeOf(given, field, context);
	if (change === 'nothing') return 'nothing';
	if (field.readOnly) return given.byMapper ? 'ignored' : problemsOf([notWritable(field, schema)]);
	if (given.byMapper && isOnlyCounted(given.value)) return 'ignored';
	if (change === 'clear') {
		const cleared = emptyValue(field, schema);
		return 'invalid' in cleared
			? problemsOf([cleared.invalid])
			: { field, change: 'value', value: cleared.value, kind: undefined };
	}
	if (change !== 'value' && !field.multiple) return problemsOf([holdsOne(field, change)]);
	const isIdentifier = field === schema.identifier;
	const converted = convertValue(given.value, { field, isIdentifier }, context);
	if ('missing' in converted) return converted;
	if ('misfits' in converted) return problemsOf(converted.misfits);
	return { field, change, ...converted };
}

function unknownColumn(
	{ given, nearest }: { given: GivenField; nearest: Field | undefined },
	schema: ObjectSchema,
	context: ConvertContext,
): ConvertedColumn {
	const money = moneyBeside(schema, given.key);
	if (money) {
		const wrong = isEmpty(given.value) ? undefined : checkCurrency(given.value, money);
		if (!wrong) return 'nothing';
		return { problems: [problemWith(money, given, wrong.invalid)] };
	}
	if (saysNothing(given, context)) return 'nothing';
	const { unknownFields } = context;
	const isExtra = unknownFields === 'automatic' && given.byMapper && nearest === undefined;
	if (isExtra || unknownFields === 'ignore') return 'ignored';
	return { problems: [unknownField(given, nearest, schema)] };
}

/** The money field that a key such as `amount_currency` gives the currency of. */
function moneyBeside(schema: ObjectSchema, key: string): Field | undefined {
	if (!key.endsWith(CURRENCY_SUFFIX)) return undefined;
	const found = findField(schema, key.slice(0, -CURRENCY_SUFFIX.length));
	return 'field' in found && found.field.type === 'money' ? found.field : undefined;
}

/**
 * Tells whether it does not matter which field is meant: the cell of a column is empty, or what was
 * mapped to a field when the workflow was built.
 */
function saysNothing({ value, byMapper, knownAs }: GivenField, { emptyValues }: ConvertContext) {
	return isEmpty(value) && (byMapper || (knownAs !== undefined && emptyValues === 'leave'));
}

/** What a given value is to do, its emptiness and the options considered. */
function changeOf(given: GivenField, field: Field, context: ConvertContext): Change | 'nothing' {
	const { change, value } = given;
	if (change === 'clear') return 'clear';
	const { multipleValues } = context;
	const plain = change === 'value';
	if (isEmpty(value)) {
		const replaces = plain && (!field.multiple || multipleValues === 'replace');
		return replaces && context.emptyValues === 'clear' ? 'clear' : 'nothing';
	}
	if (!plain || !field.multiple || multipleValues === 'replace') return change;
	return multipleValues === 'add' ? 'add_values' : 'remove_values';
}

/**
 * Null, or what Kizen's `allows_nulls` and `allows_empty` leave (developer.kizen.com, custom fields;
 * that null clears a field is our reading).
 */
function emptyValue(field: Field, schema: ObjectSchema): { value: unknown } | InvalidValue {
	const remedy = "Give a value, or set 'Empty Values' to leave the field alone.";
	if (field === schema.identifier || field.required) {
		return invalid(`"${field.label}" must have a value; it cannot be cleared.`, remedy);
	}
	if (field.multiple) return { value: [] };
	if (field.allowsNull) return { value: null };
	if (field.allowsEmpty) return { value: '' };
	return invalid(`Kizen does not let "${field.label}" be cleared.`, remedy);
}

/** Adds a change to the row; gives back what is wrong where the field has one already. */
function put(entries: Map<Field, Entry>, given: GivenField, column: ColumnChange): FieldProblem[] {
	const { field, change, value, kind } = column;
	const entry = entries.get(field) ?? { field, given, requestField: { id: field.id }, kind };
	const { requestField } = entry;
	const isTaken = 'value' in requestField || change in requestField;
	if (entries.has(field) && (change === 'value' || isTaken)) {
		return [problemWith(field, given, twice(field, entry.given.key, given.key))];
	}
	if (change === 'value') requestField.value = value;
	else requestField[change] = Array.isArray(value) ? value : [value];
	entries.set(field, { ...entry, kind: entry.kind ?? kind });
	return [];
}
