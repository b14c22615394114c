import { trimInvisible } from './invisible';
import { remembered } from './remembered';
import type { Field, ObjectSchema } from './schema';
import { fold, nearest } from './textMatch';
import type { GivenField } from './types';

export type FoundField =
	/** `loosely`: the key is written with other punctuation than the field. */
	| { field: Field; loosely?: true }
	| { ambiguous: Field[] }
	| { unknown: true; nearest?: Field | undefined };

/**
 * The field that a person means by `key`: its id, its API name, or its label whatever the case and
 * spacing. Exact ids and API names win; where more than one field fits otherwise, all of them are
 * `ambiguous`.
 */
export function findField(schema: ObjectSchema, key: string): FoundField {
	const { exact, folded, known } = indexOf(schema);
	return remembered(known, key, () => {
		const field = exact.get(trimInvisible(key));
		return field ? { field } : amongAlike(schema, key, folded.get(fold(key)) ?? []);
	});
}

/**
 * The field that a column's header means: as {@link findField}, or else the one field that is called
 * the same but for punctuation, as `E-Mail` and `First Name*` are.
 */
export function findColumn(schema: ObjectSchema, header: string): FoundField {
	const found = findField(schema, header);
	if (!('unknown' in found)) return found;
	const { loose, knownLoose } = indexOf(schema);
	return remembered(knownLoose, header, () => {
		const letters = lettersOf(header);
		const alike = (letters && loose.get(letters)) || [];
		const [field, ...others] = alike;
		if (field === undefined) return found;
		return others.length === 0 ? { field, loosely: true } : { ambiguous: alike };
	});
}

/** Finds what a value is given for: by the header of its column, where it is mapped automatically. */
export function findGiven(schema: ObjectSchema, { key, byMapper }: GivenField): FoundField {
	return byMapper ? findColumn(schema, key) : findField(schema, key);
}

/** The one field that a value is given for; undefined where it is none, or not clear. */
export function fieldOf(schema: ObjectSchema, given: GivenField): Field | undefined {
	const found = findGiven(schema, given);
	return 'field' in found ? found.field : undefined;
}

/** The field with this ID. */
export function fieldById(schema: ObjectSchema, id: string | undefined): Field | undefined {
	return indexOf(schema).byId.get(id ?? '');
}

// What tells `Discount` from `Discount %`, `Order` from `Order #` and `Q1.5` from `Q15` stays.
const PUNCTUATION = /[_`^|~]|(?![%‰#&@])\p{P}(?!(?<=\d.)\d)/gu;

function lettersOf(name: string): string {
	return fold(name).replace(PUNCTUATION, '');
}

interface Index {
	byId: Map<string, Field>;
	/** By id and by API name. */
	exact: Map<string, Field>;
	/** By API name and by label, whatever their case and spacing. */
	folded: Map<string, Field[]>;
	/** As `folded`, without punctuation. */
	loose: Map<string, Field[]>;
	known: Map<string, FoundField>;
	knownLoose: Map<string, FoundField>;
}

const indexes = new WeakMap<ObjectSchema, Index>();

function indexOf(schema: ObjectSchema): Index {
	return remembered(indexes, schema, () => {
		const byId = new Map(schema.fields.map((field) => [field.id, field]));
		return {
			byId,
			exact: new Map([...schema.fields.map((field) => [field.name, field] as const), ...byId]),
			folded: byName(schema.fields, fold),
			loose: byName(schema.fields, lettersOf),
			known: new Map(),
			knownLoose: new Map(),
		};
	});
}

/** Fields by API name and by label, each spelt by `spell`. */
function byName(fields: Field[], spell: (name: string) => string): Map<string, Field[]> {
	const found = new Map<string, Field[]>();
	for (const field of fields) {
		for (const spelling of new Set([spell(field.name), spell(field.label)])) {
			remembered(found, spelling, () => []).push(field);
		}
	}
	return found;
}

function amongAlike(schema: ObjectSchema, key: string, alike: Field[]): FoundField {
	const wanted = trimInvisible(key);
	if (wanted === '') return { unknown: true };
	const [first, ...others] = alike;
	if (first === undefined) {
		const writable = schema.fields.filter((field) => !field.readOnly);
		const near = nearest(wanted, writable, ({ label, name }) => [label, name]);
		return { unknown: true, nearest: near };
	}
	if (others.length === 0) return { field: first };
	// `Total` and `TOTAL` are two labels; `total`, another field's API name, fits neither better.
	const [exact, ...twins] = alike.filter((field) => field.label === wanted);
	const byName = alike.some((field) => field.label !== wanted && fold(field.name) === fold(wanted));
	return exact && twins.length === 0 && !byName ? { field: exact } : { ambiguous: alike };
}
