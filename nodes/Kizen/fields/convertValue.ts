import { FIELD_TYPE_ROWS, referenceKind } from './fieldTypes';
import { isBlank, trimInvisible } from './invisible';
import { notShortened } from './numberText';
import type { Field } from './schema';
import { cutAtSeparators } from './separators';
import { isObject } from './typeGuards';
import {
	invalid,
	type Misfit,
	type Reference,
	type ReferenceKind,
	type ValueContext,
	type Written,
} from './types';

type ConvertedValue =
	/** A list for a field with several values. `kind` is of the ids in it, if it holds any. */
	| { value: unknown; kind: ReferenceKind | undefined }
	/** To be looked up first; then the value is converted again. */
	| { missing: Reference[] }
	| { misfits: Misfit[] };

/**
 * Converts what one field is given, which is not empty, to what Kizen takes.
 *
 * @param isIdentifier whether the field's value finds the record again: a name or an email
 */
export function convertValue(
	given: unknown,
	{ field, isIdentifier }: { field: Field; isIdentifier: boolean },
	context: ValueContext,
): ConvertedValue {
	const parts = partsOf(given, field, context);
	if (!field.multiple && parts.length > 1) {
		const message = `"${field.label}" takes one value; ${parts.length} were given.`;
		return { misfits: [{ message, remedy: 'Choose one of them.' }] };
	}
	// By what is sent: the same option twice is that option.
	const values = new Map<string, unknown>();
	const missing: Reference[] = [];
	const misfits = new Map<string, Misfit>();
	let hasReferences = false;
	for (const part of parts) {
		const named = isIdentifier && typeof part === 'string';
		const written = named ? writeName(part, field, context) : writePart(part, field, context);
		if ('missing' in written) {
			missing.push(written.missing);
		} else if ('invalid' in written) {
			misfits.set(written.invalid.message, written.invalid);
		} else {
			const value = 'id' in written ? formatted(written, field, context) : written.value;
			hasReferences ||= 'id' in written;
			values.set(JSON.stringify(value), value);
		}
	}
	if (missing.length > 0) return { missing };
	if (misfits.size > 0) return { misfits: told([...misfits.values()], given, field) };
	const all = [...values.values()];
	const kind = hasReferences ? referenceKind(field) : undefined;
	return { value: field.multiple ? all : all[0], kind };
}

/** Tells whether a value says nothing: an empty cell, white space alone, an empty list. */
export function isEmpty(value: unknown): boolean {
	if (value === null || value === undefined) return true;
	if (typeof value === 'string') return isBlank(value);
	return Array.isArray(value) && value.every(isEmpty);
}

/** What simplified output says of a relation too large to be listed. */
export function isOnlyCounted(value: unknown): boolean {
	return isObject(value) && value.summarized === true;
}

/** A list's parts, of which one alone is the value; of a field with several also what a text lists. */
function partsOf(given: unknown, field: Field, context: ValueContext): unknown[] {
	const { split = cutAtSeparators, isWhole } = FIELD_TYPE_ROWS[field.type];
	const says = (part: unknown) => !isEmpty(part);
	const parts = Array.isArray(given) ? given.filter(says) : [given];
	if (!field.multiple) return Array.isArray(given) && isWhole?.(parts) ? [given] : parts;
	const [only] = parts;
	if (parts.length > 1 || typeof only !== 'string') return parts;
	return (listIn(only) ?? split(only, field, context)).filter(says);
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

function writePart(part: unknown, field: Field, context: ValueContext): Written {
	if (isOnlyCounted(part)) {
		return invalid(
			`"${field.label}" was given only the number of its records, which cannot be written.`,
			'Leave the field out, or give the records themselves.',
		);
	}
	return FIELD_TYPE_ROWS[field.type].write(part, field, context);
}

function writeName(part: string, field: Field, context: ValueContext): Written {
	const name = trimInvisible(part);
	return notShortened(name, `"${field.label}"`) ?? writePart(name, field, context);
}

function formatted(
	{ id, label }: { id: string; label?: string | undefined },
	field: Field,
	context: ValueContext,
): unknown {
	const kind = referenceKind(field);
	const format = kind === undefined ? 'bare' : context.formatOf(kind);
	if (format === 'bare') return id;
	return format === 'name' && label !== undefined ? { name: label } : { id };
}

/** Of the values in one field; what is wrong with a hundred of them shows in ten. */
const MAX_MISFITS = 10;

function told(all: Misfit[], given: unknown, field: Field): Misfit[] {
	const misfits = all.slice(0, MAX_MISFITS);
	const last = misfits.at(-1);
	if (last && mayBeSeveral(given, field))
		last.remedy = [last.remedy, SEPARATE].filter(Boolean).join(' ');
	const untold = all.length - misfits.length;
	if (untold === 0) return misfits;
	const more = `"${field.label}" was given ${untold} more values that do not fit.`;
	return [...misfits, { message: more }];
}

const SEPARATE = 'Separate several with commas, semicolons or line breaks.';

function mayBeSeveral(given: unknown, field: Field): boolean {
	if (!field.multiple || !FIELD_TYPE_ROWS[field.type].split || typeof given !== 'string')
		return false;
	return /[^\p{L}\p{M}\p{N}]/u.test(trimInvisible(given));
}
