import type { Field, ObjectSchema } from './schema';
import { fold, nearest } from './textMatch';

export type FoundField =
	| { field: Field }
	| { ambiguous: Field[] }
	| { unknown: true; nearest?: Field };

/**
 * The field that a person means by `key`: its id, its API name, or its label whatever the case and
 * spacing. Exact ids and API names win; where more than one field fits otherwise, all of them are
 * `ambiguous`.
 */
export function findField(schema: ObjectSchema, key: string): FoundField {
	const { exact, folded, answers } = indexOf(schema);
	const known = answers.get(key);
	if (known) return known;
	const field = exact.get(key.trim());
	const found = field ? { field } : amongAlike(schema, key, folded.get(fold(key)) ?? []);
	if (answers.size < MOST_ANSWERS) answers.set(key, found);
	return found;
}

interface Index {
	/** By id and by API name. */
	exact: Map<string, Field>;
	/** By API name and by label, whatever their case and spacing. */
	folded: Map<string, Field[]>;
	/** Every row asks for the same keys again. */
	answers: Map<string, FoundField>;
}

const MOST_ANSWERS = 5_000;
const indexes = new WeakMap<ObjectSchema, Index>();

function indexOf(schema: ObjectSchema): Index {
	const known = indexes.get(schema);
	if (known) return known;
	const index: Index = { exact: new Map(), folded: new Map(), answers: new Map() };
	for (const field of schema.fields) index.exact.set(field.name, field);
	for (const field of schema.fields) index.exact.set(field.id, field);
	for (const field of schema.fields) {
		for (const spelling of new Set([fold(field.name), fold(field.label)])) {
			const alike = index.folded.get(spelling);
			if (alike) alike.push(field);
			else index.folded.set(spelling, [field]);
		}
	}
	indexes.set(schema, index);
	return index;
}

function amongAlike(schema: ObjectSchema, key: string, alike: Field[]): FoundField {
	const wanted = key.trim();
	if (wanted === '') return { unknown: true };
	if (alike.length === 0) return { unknown: true, ...suggestion(schema, wanted) };
	if (alike.length === 1) return { field: alike[0] };
	// `Total` and `TOTAL` are two labels; `total`, another field's API name, fits neither better.
	const exact = alike.filter((field) => field.label === wanted);
	const byName = alike.some((field) => field.label !== wanted && fold(field.name) === fold(wanted));
	return exact.length === 1 && !byName ? { field: exact[0] } : { ambiguous: alike };
}

function suggestion(schema: ObjectSchema, key: string): { nearest?: Field } {
	const writable = schema.fields.filter((field) => !field.readOnly);
	const field = nearest(key, writable, ({ label, name }) => [label, name]);
	return field ? { nearest: field } : {};
}
