import type { IDataObject } from 'n8n-workflow';

import { FIELD_TYPE_ROWS } from './fieldTypes';
import { fieldById, findColumn } from './findField';
import { CURRENCY_SUFFIX, readCurrency } from './money';
import { FIELD_TYPES, type Field, type FieldType, type ObjectSchema } from './schema';
import { isObject, textOf } from './typeGuards';

/**
 * A record's `fields` as plain values by API name: option labels, amounts, `{id, name}` of related
 * records and owners, ISO dates. A relation that Kizen only counts is
 * `{ summarized: true, count }`; what has an unknown shape stays as it came. Takes the shapes that
 * kizen/app-engine's platform API page warns of: keyed by id or a list, values bare, wrapped, or
 * wrapped twice. Never throws.
 */
export function simplifyFields(fields: unknown, schema?: ObjectSchema): IDataObject {
	const entries = entriesOf(fields, schema);
	const names = new Set(entries.map(({ name }) => name));
	const simple = new Map<string, IDataObject[string]>();
	for (const { name, value, type, field } of entries) {
		simple.set(name, plain(value, type, field));
		const currency = type === 'money' ? readCurrency(unwrapped(value)) : undefined;
		if (currency === undefined) continue;
		const key = name + CURRENCY_SUFFIX;
		// A field of the user's that may be called so wins, even where it is empty.
		const isTaken = names.has(key) || (schema && !('unknown' in findColumn(schema, key)));
		if (!isTaken) simple.set(key, currency);
	}
	return Object.fromEntries(simple);
}

/**
 * A record's `fields` as Kizen holds them, by the field's ID: options, records and money as the objects
 * that Kizen sends, without what is wrapped around them.
 */
export function heldValues(fields: unknown, schema: ObjectSchema): Map<string, unknown> {
	return new Map(
		entriesOf(fields, schema).flatMap(({ field, value }) =>
			field ? [[field.id, unwrapped(value)]] : [],
		),
	);
}

interface ReadEntry {
	name: string;
	value: unknown;
	/** Undefined where nobody says of what type the field is. */
	type: FieldType | undefined;
	field: Field | undefined;
}

function entriesOf(fields: unknown, schema: ObjectSchema | undefined): ReadEntry[] {
	const entries: Array<[string | undefined, unknown]> = Array.isArray(fields)
		? fields.filter(isObject).map((entry) => [textOf(entry.id), entry])
		: Object.entries(isObject(fields) ? fields : {});
	return entries.flatMap(([key, entry]) => readEntry(key, entry, schema) ?? []);
}

function readEntry(
	key: string | undefined,
	entry: unknown,
	schema: ObjectSchema | undefined,
): ReadEntry | undefined {
	const envelope = isEnvelope(entry) ? entry : undefined;
	const id = textOf(envelope?.id) ?? key;
	const field = schema && (fieldById(schema, id) ?? fieldById(schema, key));
	const name = textOf(envelope?.name) ?? field?.name ?? key;
	const hasValue = !envelope || 'value' in envelope || 'value_summary' in envelope;
	if (name === undefined || !hasValue) return undefined;
	const type = FIELD_TYPES.find((one) => one === envelope?.field_type) ?? field?.type;
	return { name, value: entry, type, field };
}

/** `{id, name, field_type, display_name, value}`, in whole or in part. */
function isEnvelope(entry: unknown): entry is IDataObject {
	return (
		isObject(entry) &&
		['value', 'value_summary', 'field_type'].some((key) => Object.hasOwn(entry, key))
	);
}

function plain(
	value: unknown,
	type: FieldType | undefined,
	field: Field | undefined,
): IDataObject[string] {
	const inside = unwrapped(value);
	const count = countOf(inside);
	if (count !== undefined) return { summarized: true, count };
	const readOne = (one: unknown) => (type && one !== null ? readAs(type, one, field) : one);
	if (Array.isArray(inside)) return inside.map((one) => jsonOf(readOne(unwrapped(one))));
	return jsonOf(field?.multiple && isObject(inside) ? [readOne(inside)] : readOne(inside));
}

function readAs(type: FieldType, value: unknown, field: Field | undefined): unknown {
	const { read } = FIELD_TYPE_ROWS[type];
	return read ? read(value, field) : value;
}

const DEEPEST_WRAPPING = 4;

function unwrapped(value: unknown): unknown {
	let inside = value;
	for (let depth = 0; depth < DEEPEST_WRAPPING; depth++) {
		if (!isObject(inside) || countOf(inside) !== undefined || !Object.hasOwn(inside, 'value'))
			break;
		inside = inside.value;
	}
	return inside;
}

/** Above 100 related records Kizen gives their number instead (developer.kizen.com). */
function countOf(value: unknown): number | undefined {
	if (!isObject(value) || !isObject(value.value_summary)) return undefined;
	if (value.value !== undefined && value.value !== null) return undefined;
	const { count } = value.value_summary;
	return typeof count === 'number' ? count : 0;
}

function jsonOf(value: unknown): IDataObject[string] {
	return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : (value ?? null);
}
