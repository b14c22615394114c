import { FIELD_TYPE_ROWS, referenceKind } from './fieldTypes';
import { findField } from './findField';
import type { Field, ObjectSchema } from './schema';
import { isDict } from './typeGuards';
import { listed, quoted } from './format';
import {
	refused,
	type Change,
	type ConvertContext,
	type GivenField,
	type Reference,
	type ReferenceKind,
	type Written,
} from './types';

/** One entry of the `fields` of a request, by id. */
export interface WireField {
	id: string;
	value?: unknown;
	add_values?: unknown[];
	remove_values?: unknown[];
}

/** Why a value does not fit, in the user's words. */
export interface FieldProblem {
	label: string;
	/** API name, where the field is known. */
	name?: string;
	given: unknown;
	/** One sentence: what is wrong. */
	message: string;
	/** One sentence: what would be right. */
	remedy?: string;
}

export type ConvertedRow =
	| {
			status: 'ready';
			fields: WireField[];
			/** Parallel to `fields`. */
			sent: Field[];
			/** Keys that were left out because Kizen has no such field, or none that can be written. */
			ignored: string[];
			kinds: Set<ReferenceKind>;
	  }
	/** To be looked up; then the row is converted again, which may bring up further ones. */
	| { status: 'missing'; references: Reference[] }
	/** All that is wrong with the row. Nothing of it may be sent. */
	| { status: 'refused'; problems: FieldProblem[] };

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
	const row: Row = {
		entries: new Map(),
		ignored: [],
		kinds: new Set(),
		missing: [],
		problems: [],
	};
	for (const entry of given) {
		if (entry.value !== undefined || entry.change === 'clear') {
			convertField(schema, entry, context, row);
		}
	}
	if (row.missing.length > 0) return { status: 'missing', references: row.missing };
	if (row.problems.length > 0) return { status: 'refused', problems: row.problems };
	const entries = [...row.entries.values()];
	return {
		status: 'ready',
		fields: entries.map(({ wire }) => wire),
		sent: entries.map(({ field }) => field),
		ignored: row.ignored,
		kinds: row.kinds,
	};
}

interface Row {
	entries: Map<Field, Entry>;
	ignored: string[];
	kinds: Set<ReferenceKind>;
	missing: Reference[];
	problems: FieldProblem[];
}

interface Entry {
	field: Field;
	key: string;
	wire: WireField;
}

function convertField(
	schema: ObjectSchema,
	given: GivenField,
	context: ConvertContext,
	row: Row,
): void {
	const found = findField(schema, given.key);
	if ('unknown' in found) return notFound(schema, given, context, row, found.nearest);
	if ('ambiguous' in found) {
		row.problems.push({
			label: given.key,
			given: given.value,
			message: `Kizen has ${found.ambiguous.length} fields that ${quoted(given.key)} may mean.`,
			remedy: `Use the API name of one: ${listed(found.ambiguous.map(({ name }) => name))}.`,
		});
		return;
	}
	const { field } = found;
	const change = changeOf(given, field, context);
	if (change === 'nothing') return;
	if (field.readOnly) return notWritable(schema, given, field, row);
	if (isOnlyCounted(given.value) && given.byMapper) {
		row.ignored.push(given.key);
		return;
	}
	const problem = (message: string, remedy?: string) =>
		row.problems.push(problemOf(given, field, message, remedy));
	if (change === 'clear') {
		const cleared = emptyValue(field, schema);
		if ('refused' in cleared) problem(cleared.refused, cleared.remedy);
		else put(row, given, field, 'value', cleared.value, problem);
		return;
	}
	if (change !== 'value' && !field.multiple) {
		const what = change === 'add_values' ? 'added to it' : 'removed from it';
		problem(`"${field.label}" holds one value; nothing can be ${what}.`, 'Give the value itself.');
		return;
	}
	const values = writeAll(given.value, field, context, row, problem);
	if (values) put(row, given, field, change, field.multiple ? values : values[0], problem);
}

type SayProblem = (message: string, remedy?: string) => void;

function problemOf(
	given: GivenField,
	field: Field,
	message: string,
	remedy: string | undefined,
): FieldProblem {
	const { label, name } = field;
	return { label, name, given: given.value, message, ...(remedy !== undefined && { remedy }) };
}

/** What a given value is to do, its emptiness and the options considered. */
function changeOf(given: GivenField, field: Field, context: ConvertContext): Change | 'nothing' {
	const { change, value } = given;
	if (change === 'clear') return 'clear';
	const { multipleValues } = context;
	const plain = change === 'value';
	if (isEmpty(value, field)) {
		const replaces = plain && (!field.multiple || multipleValues === 'replace');
		return replaces && context.emptyValues === 'clear' ? 'clear' : 'nothing';
	}
	if (!plain || !field.multiple || multipleValues === 'replace') return change;
	return multipleValues === 'add' ? 'add_values' : 'remove_values';
}

function isEmpty(value: unknown, field: Field): boolean {
	if (value === null || value === undefined || value === '') return true;
	if (typeof value === 'string') return !keepsSpace(field) && value.trim() === '';
	return Array.isArray(value) && value.every((part) => isEmpty(part, field));
}

/** A name of white space is no name. */
function keepsSpace(field: Field): boolean {
	return FIELD_TYPE_ROWS[field.type].verbatim === true && !field.required;
}

/**
 * Null, or what Kizen's `allows_nulls` and `allows_empty` leave (developer.kizen.com, custom fields;
 * that null clears a field is our reading).
 */
function emptyValue(
	field: Field,
	schema: ObjectSchema,
): { value: unknown } | { refused: string; remedy?: string } {
	if (field === schema.identifier || field.required) {
		return {
			refused: `"${field.label}" must have a value; it cannot be emptied.`,
			remedy: "Give a value, or set 'Empty Values' to leave the field alone.",
		};
	}
	if (field.multiple) return { value: [] };
	if (field.allowsNull) return { value: null };
	if (field.allowsEmpty) return { value: '' };
	return {
		refused: `Kizen does not let "${field.label}" be emptied.`,
		remedy: "Give a value, or set 'Empty Values' to leave the field alone.",
	};
}

/** The values to be sent; undefined where one of them is missing or does not fit. */
function writeAll(
	given: unknown,
	field: Field,
	context: ConvertContext,
	row: Row,
	problem: SayProblem,
): unknown[] | undefined {
	const parts = partsOf(given, field, context);
	if (!field.multiple && parts.length > 1) {
		problem(`"${field.label}" takes one value; ${parts.length} were given.`, 'Choose one of them.');
		return undefined;
	}
	// By what is sent: the same option twice is that option.
	const values = new Map<string, unknown>();
	const refusals = new Map<string, string | undefined>();
	let missing = 0;
	for (const part of parts) {
		const written = isOnlyCounted(part) ? notListed(field) : write(part, field, context);
		if ('missing' in written) {
			row.missing.push(written.missing);
			missing++;
		} else if ('refused' in written) {
			refusals.set(written.refused, written.remedy);
		} else {
			const value = 'id' in written ? shaped(written, field, context, row) : written.value;
			values.set(field.multiple ? JSON.stringify(value) : '', value);
		}
	}
	const told = [...refusals].slice(0, MOST_REFUSALS);
	for (const [message, remedy] of told) problem(message, remedy);
	const untold = refusals.size - told.length;
	if (untold > 0) problem(`"${field.label}" was given ${untold} more values that do not fit.`);
	return missing + refusals.size === 0 ? [...values.values()] : undefined;
}

/** Of the values in one field; what is wrong with a hundred of them shows in ten. */
const MOST_REFUSALS = 10;

function shaped(
	{ id, label }: { id: string; label?: string },
	field: Field,
	context: ConvertContext,
	row: Row,
): unknown {
	const kind = referenceKind(field);
	if (kind === undefined) return id;
	row.kinds.add(kind);
	const shape = context.shapeOf(kind);
	if (shape === 'bare') return id;
	return shape === 'name' && label !== undefined ? { name: label } : { id };
}

function write(given: unknown, field: Field, context: ConvertContext): Written {
	return FIELD_TYPE_ROWS[field.type].write(given, field, context);
}

/** A list's parts; of a field with several values also what one text lists. */
function partsOf(given: unknown, field: Field, context: ConvertContext): unknown[] {
	const { split = atCommas, verbatim } = FIELD_TYPE_ROWS[field.type];
	const says = (part: unknown) => !isEmpty(part, field);
	if (!field.multiple) return Array.isArray(given) && !verbatim ? given.filter(says) : [given];
	if (typeof given !== 'string') return (Array.isArray(given) ? given : [given]).filter(says);
	return (listIn(given) ?? split(given, field, context)).filter(says);
}

function atCommas(text: string): string[] {
	return text.split(',');
}

/** An expression inside a text turns a list into JSON. */
function listIn(text: string): unknown[] | undefined {
	if (!text.trimStart().startsWith('[')) return undefined;
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? list : undefined;
	} catch {
		return undefined;
	}
}

/** What simplified output says of a relation too large to be listed. */
function isOnlyCounted(value: unknown): boolean {
	return isDict(value) && value.summarized === true;
}

function notListed(field: Field): Written {
	return refused(
		`"${field.label}" was read as a count only, which cannot be written.`,
		'Leave the field out, or give the records themselves.',
	);
}

function put(
	row: Row,
	given: GivenField,
	field: Field,
	change: Exclude<Change, 'clear'>,
	value: unknown,
	problem: SayProblem,
): void {
	const entry = row.entries.get(field);
	const wire: WireField = entry?.wire ?? { id: field.id };
	const isTwice = entry !== undefined && (change === 'value' || 'value' in wire || change in wire);
	if (isTwice) {
		problem(
			`"${field.label}" is given twice, as ${quoted(entry.key)} and as ${quoted(given.key)}.`,
			'Keep one of them.',
		);
		return;
	}
	if (change === 'value') wire.value = value;
	else wire[change] = Array.isArray(value) ? value : [value];
	if (!entry) row.entries.set(field, { field, key: given.key, wire });
}

function notWritable(schema: ObjectSchema, given: GivenField, field: Field, row: Row): void {
	if (given.byMapper) {
		row.ignored.push(given.key);
		return;
	}
	const isStage = schema.isPipeline && field.name === 'stage';
	row.problems.push(
		problemOf(
			given,
			field,
			`"${field.label}" cannot be written: ${isStage ? 'records change it by moving' : 'Kizen fills it in itself, or keeps it closed to this API key'}.`,
			isStage
				? "Leave it out and use the operation 'Move to Stage'."
				: 'Leave it out of the fields.',
		),
	);
}

function notFound(
	schema: ObjectSchema,
	given: GivenField,
	context: ConvertContext,
	row: Row,
	near: Field | undefined,
): void {
	if (isBeside(schema, given, row)) return;
	if (context.unknownFields === 'ignore') {
		row.ignored.push(given.key);
		return;
	}
	if (given.knownAs !== undefined) {
		row.problems.push({
			label: given.knownAs,
			given: given.value,
			message: `Kizen no longer has the field ${quoted(given.knownAs)}, which was there when the workflow was built.`,
			remedy:
				"Open the node, choose 'Refresh Field List' in the menu beside 'Values to Write' and map the field again.",
		});
		return;
	}
	row.problems.push({
		label: given.key,
		given: given.value,
		message: `Kizen has no field ${quoted(given.key)}.`,
		remedy: near
			? `Did you mean ${quoted(near.label)}?`
			: `It may have been renamed or deleted in Kizen since; see the fields of ${quoted(schema.label)}.`,
	});
}

const BESIDE = Object.values(FIELD_TYPE_ROWS).flatMap(({ beside }) => beside ?? []);

/** A key that simplified output has beside a field, such as `amount_currency`. */
function isBeside(schema: ObjectSchema, given: GivenField, row: Row): boolean {
	for (const { suffix } of BESIDE) {
		if (!given.key.endsWith(suffix)) continue;
		const found = findField(schema, given.key.slice(0, -suffix.length));
		const beside = 'field' in found ? FIELD_TYPE_ROWS[found.field.type].beside : undefined;
		if (!('field' in found) || beside?.suffix !== suffix) continue;
		const { field } = found;
		const checked = isEmpty(given.value, field) ? undefined : beside.check(given.value, field);
		if (checked && 'refused' in checked) {
			row.problems.push(problemOf(given, field, checked.refused, checked.remedy));
		}
		return true;
	}
	return false;
}
