import { empty, lookupValue, notAllowed, type Item } from '../description';
import { notEmail, readIdentifier, type ObjectSchema } from '../fields';
import { ProblemError } from '../outcome';

/**
 * Reads the name or email that finds the record, without white space and invisible characters at its
 * ends.
 *
 * @throws ProblemError
 */
export function readLookupValue(item: Item, { isContacts }: ObjectSchema): string {
	const { name, displayName } = lookupValue('');
	const value = item.parameter(name, '');
	const what = isContacts ? "the contact's email" : "the record's name";
	const read = readIdentifier(value, `'${displayName}'`, isContacts);
	if (read === undefined) throw notAllowed(displayName, value, `Enter ${what} as text.`);
	if ('invalid' in read) throw new ProblemError(read.invalid.message, read.invalid.remedy ?? '');
	if (read.text === '') throw empty(displayName, `Enter ${what} for every item.`);
	return read.text;
}

/**
 * Reads it as {@link readLookupValue} does, for a record that is created where Kizen has none: a
 * contact is created with an email.
 *
 * @throws ProblemError
 */
export function readLookupValueToWrite(item: Item, schema: ObjectSchema): string {
	const text = readLookupValue(item, schema);
	const misfit = schema.isContacts
		? notEmail(text, `'${lookupValue('').displayName}'`)?.invalid
		: undefined;
	if (misfit) throw new ProblemError(misfit.message, misfit.remedy ?? '');
	return text;
}
