import { lookupValue } from '../description/parameters';
import { empty, notAllowed, type Item } from '../description/read';
import type { ObjectSchema } from '../fields';

/** Reads Lookup Value as it is: Kizen's comparison is its own, and a trimmed name is another name. Throws Refused. */
export function readLookupValue(item: Item, { isContacts }: ObjectSchema): string {
	const { name, displayName } = lookupValue('');
	const value = item.parameter(name, '');
	const text = typeof value === 'number' ? String(value) : value;
	if (typeof text === 'string' && text.trim() !== '') return text;
	const what = isContacts ? "the contact's email" : "the record's name";
	if (text === undefined || text === null || typeof text === 'string') {
		throw empty(displayName, `Enter ${what} for every item.`);
	}
	throw notAllowed(displayName, value, `Enter ${what} as text.`);
}
