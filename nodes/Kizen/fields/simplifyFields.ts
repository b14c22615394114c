import type { IDataObject } from 'n8n-workflow';

import { FIELD_TYPE_ROWS, type FieldTypeRow } from './fieldTypes';
import { findColumn } from './findField';
import { FIELD_TYPES, type Field, type ObjectSchema } from './schema';
import { isObject, textOf } from './typeGuards';

/**
 * A record's `fields` as plain values by API name: option labels, amounts, `{id, name}` of related
 * records and owners, ISO dates. A relation that Kizen only counts is
 * `{ summarized: true, count }`; what has an unknown shape stays as it came. Takes the shapes that
 * kizen/app-engine's platform API page warns of: keyed by id or a list, values bare, wrapped, or
 * wrapped twice. Never throws.
 */
export function simplifyFields(fields: unknown, schema?: ObjectSchema): IDataObject {
	const entries = entriesOf(fields, fieldsById(schema));
	const names = new Set(entries.map(({ name }) => name));
	const simple = new Map<string, IDataObject[string]>();
	for (const { name, value, row, field } of entries) {
		simple.set(name, plain(value, row, field));
		const companion = row?.companion?.read(unwrapped(value));
		const companionName = `${name}${row?.companion?.suffix ?? ''}`;
		// A field of the user's that may be called so wins, even where it is empty.
		const isTaken = names.has(companionName) || (schema && mayBeField(schema, companionName));
		if (companion !== undefined && !isTaken) simple.set(companionName, jsonOf(companion));
	}
	return Object.fromEntries(simple);
}

function mayBeField(schema: ObjectSchema, name: string): boolean {
	return !('unknown' in findColumn(schema, name));
}

/**
 * A record's `fields` as Kizen holds them, by the field's ID: options, records and money as the objects
 * that Kizen sends, without what is wrapped around them.
 */
export function heldValues(fields: unknown, schema: ObjectSchema): Map<string, unknown> {
	const entries = entriesOf(fields, fieldsById(schema));
	return new Map(
		entries.flatMap(({ field, value }) => (field ? [[field.id, unwrapped(value)]] : [])),
	);
}

interface ReadEntry {
	name: string;
	value: unknown;
	/** Undefined where nobody says of what type the field is. */
	row: FieldTypeRow | undefined;
	field: Field | undefined;
}

function entriesOf(fields: unknown, known: Map<string, Field>): ReadEntry[] {
	if (Array.isArray(fields)) {
		return fields
			.filter(isObject)
			.flatMap((entry) => readEntry(textOf(entry.id), entry, known) ?? []);
	}
	if (!isObject(fields)) return [];
	return Object.entries(fields).flatMap(([key, entry]) => readEntry(key, entry, known) ?? []);
}

function readEntry(
	key: string | undefined,
	entry: unknown,
	known: Map<string, Field>,
): ReadEntry | undefined {
	const envelope = isEnvelope(entry) ? entry : undefined;
	const id = textOf(envelope?.id) ?? key;
	const field = known.get(id ?? '') ?? known.get(key ?? '');
	const name = textOf(envelope?.name) ?? field?.name ?? key;
	const hasValue = !envelope || 'value' in envelope || 'value_summary' in envelope;
	if (name === undefined || !hasValue) return undefined;
	const type = FIELD_TYPES.find((one) => one === envelope?.field_type) ?? field?.type;
	return { name, value: entry, row: type && FIELD_TYPE_ROWS[type], field };
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
	row: FieldTypeRow | undefined,
	field: Field | undefined,
): IDataObject[string] {
	const inside = unwrapped(value);
	const count = countOf(inside);
	if (count !== undefined) return { summarized: true, count };
	const read = (one: unknown) => (row && one !== null ? row.read(one, field) : one);
	if (Array.isArray(inside)) return inside.map((one) => jsonOf(read(unwrapped(one))));
	return jsonOf(field?.multiple && isObject(inside) ? [read(inside)] : read(inside));
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

const byIds = new WeakMap<ObjectSchema, Map<string, Field>>();

function fieldsById(schema: ObjectSchema | undefined): Map<string, Field> {
	if (!schema) return new Map();
	const known = byIds.get(schema) ?? new Map(schema.fields.map((field) => [field.id, field]));
	byIds.set(schema, known);
	return known;
}
