import {
	fields as mapper,
	object,
	optionOf,
	specifyFields,
	unknownFields,
	type Item,
} from '../description';
import {
	findField,
	isObject,
	labelOfColumn,
	listed,
	type Field,
	type GivenField,
	type ObjectSchema,
} from '../fields';
import { ProblemError } from '../outcome';

/** One field of the list that n8n keeps with the mapping. */
interface MappedColumn {
	/** See {@link columnId}. */
	id: string;
	label: string;
	/** Taken out of the mapping. */
	removed: boolean;
}

/**
 * Reads the fields that were mapped one by one in the editor.
 *
 * @param mapping what n8n stores for Fields
 * @throws ProblemError for fields of another object, and for a value that n8n has dropped
 */
export function readMappedFields(
	item: Item,
	mapping: Record<string, unknown>,
	schema: ObjectSchema,
): GivenField[] {
	const columns = mappedColumns(mapping.schema);
	const labels = new Map(columns.map(({ id, label }) => [id, label]));
	const values = isObject(mapping.value) ? mapping.value : {};
	throwIfValuesDropped(columns, values);
	const mapped = Object.entries(values)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ({
			key,
			change: 'value' as const,
			value,
			knownAs: labels.get(key) ?? key,
		}));
	const strangers = mapped.filter(({ key }) => !isFieldKey(schema, key));
	const isAllowed = optionOf(item, unknownFields) === 'ignore';
	if (!isAllowed && strangers.length > 1 && isOfAnotherObject(columns, schema)) {
		throw new ProblemError(
			`These fields belong to another object: ${listed(strangers.map(({ knownAs }) => `"${knownAs}"`))}`,
			`"${schema.label}" does not have them. Open the node, choose 'Refresh Field List' in the menu beside '${valuesLabel}' and map the fields of "${schema.label}". If you meant another object, choose it under '${object.displayName}'.`,
		);
	}
	return mapped;
}

/** Names under which n8n keeps no value of a mapping, because they mean something to JavaScript. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** Returns the name under which n8n keeps a field's value: its API name, or its ID if that is reserved. */
export function columnId({ id, name }: Pick<Field, 'id' | 'name'>): string {
	return RESERVED.has(name) ? id : name;
}

function throwIfValuesDropped(columns: MappedColumn[], values: Record<string, unknown>): void {
	const dropped = columns.find(
		({ id, removed }) => RESERVED.has(id) && !removed && !Object.hasOwn(values, id),
	);
	if (dropped === undefined) return;
	throw new ProblemError(
		`n8n keeps no value for "${dropped.label}", because its API name is "${dropped.id}"`,
		`Open the node, choose 'Refresh Field List' in the menu beside '${valuesLabel}' and enter the value again. Or set '${specifyFields.displayName}' to JSON.`,
	);
}

const valuesLabel = mapper.typeOptions?.resourceMapper?.valuesLabel;

function mappedColumns(stored: unknown): MappedColumn[] {
	return (Array.isArray(stored) ? stored : [])
		.filter(isObject)
		.map(({ id, displayName, removed }) => ({
			id: String(id),
			label: labelOfColumn(String(displayName)),
			removed: removed === true,
		}));
}

/**
 * Tells whether a list of fields is that of another object: n8n does not always read the list again
 * when the object is changed. Two objects may share some fields, and some of an object's own fields
 * may have been deleted since; so the greater part decides, and of the whole list.
 */
function isOfAnotherObject(columns: MappedColumn[], schema: ObjectSchema): boolean {
	const own = columns.filter(({ id }) => !FIELDS_OF_EVERY_OBJECT.has(id));
	const known = own.filter(({ id }) => isFieldKey(schema, id));
	return known.length < own.length / 2;
}

const FIELDS_OF_EVERY_OBJECT = new Set(['name', 'owner']);

function isFieldKey(schema: ObjectSchema, key: string): boolean {
	return !('unknown' in findField(schema, key));
}
