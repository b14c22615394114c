import type { INodeProperties } from 'n8n-workflow';

import type { ObjectSchema } from '../fields';
import { refuse } from '../outcome/problem';
import { quote } from '../description/read';
import type { Item } from '../operations/operation';

/** What finds a record. The operations compare differently, and so describe it differently. */
export function lookupValueParameter(description: string): INodeProperties {
	return {
		displayName: 'Lookup Value',
		name: 'lookupValue',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. nathan@example.com',
		description,
	};
}

/** Sent as it stands: Kizen's comparison is its own, and a trimmed name is another name. */
export function givenLookupValue(item: Item, { isContacts }: ObjectSchema): string {
	const value = item.parameter('lookupValue', '');
	const text = typeof value === 'number' ? String(value) : value;
	if (typeof text === 'string' && text.trim() !== '') return text;
	const what = isContacts ? "the contact's email" : "the record's name";
	if (text === undefined || text === null || typeof text === 'string') {
		throw refuse(
			"'Lookup Value' is empty",
			`Give ${what} for every item; if it is an expression, see what it gives for this one.`,
		);
	}
	throw refuse(`'Lookup Value' can't be ${quote(value)}`, `Give ${what} as text.`);
}
