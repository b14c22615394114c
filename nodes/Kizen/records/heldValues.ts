import type { IDataObject } from 'n8n-workflow';

import { heldValues, isObject, type Field, type ObjectSchema } from '../fields';
import type { ReadyRow } from './input';

/**
 * Tells whether a new record holds every value that a row sent. Kizen may write a value differently:
 * an option with its name, a moment with the offset of its own time zone, a text without white space
 * at its ends. What can't be compared counts as another value.
 *
 * @param record as Kizen sends it, with all its fields
 */
export function holdsAll(record: IDataObject, row: ReadyRow, schema: ObjectSchema): boolean {
	const held = heldValues(record.fields, schema);
	return row.sent.every((field, index) => {
		const { value, add_values: added } = row.fields[index] ?? {};
		const wanted = heldParts(value ?? added, idOf);
		const parts = heldParts(held.get(field.id), namesOf);
		if (wanted.length === 0) return parts.length === 0;
		return wanted.every((one) => parts.some((part) => isSame(one, part, field)));
	});
}

/** What a value consists of, as texts: nothing for an empty one, one for each of several values. */
function heldParts(value: unknown, ofObject: (object: IDataObject) => unknown[]): string[] {
	if (Array.isArray(value)) return value.flatMap((one) => heldParts(one, ofObject));
	if (isObject(value)) return ofObject(value).flatMap((one) => heldParts(one, () => []));
	if (value === undefined || value === null) return [];
	const text = String(value).replace(/\s+/g, ' ').trim().toLowerCase();
	return text === '' ? [] : [text];
}

/** What a row sends means an option, a record or a person by one of these. */
const idOf = ({ id, name }: IDataObject) => [id ?? name];

/** Kizen's own objects say more than one of these. */
const namesOf = ({ id, name, code, email, amount }: IDataObject) => [id, name, code, email, amount];

/** A date and a time: its moment counts, not how it is written. */
const DATE_AND_TIME = /^\d{4}-\d\d-\d\dt\d\d:\d\d/;

function isSame(wanted: string, held: string, { type }: Field): boolean {
	if (wanted === held) return true;
	if (type === 'phonenumber') return digits(wanted) !== '' && digits(wanted) === digits(held);
	const moment = (text: string) => (DATE_AND_TIME.test(text) ? Date.parse(text) : NaN);
	return Number(wanted) === Number(held) || moment(wanted) === moment(held);
}

const digits = (text: string) => text.replace(/\D/g, '');
