import { convertRow } from './convertRow';
import { isEmpty } from './convertValue';
import { fieldOf } from './findField';
import { trimInvisible } from './invisible';
import { notShortened } from './numberText';
import type { ObjectSchema } from './schema';
import { hasLostDigits, invisibleInEmail, lostDigits, plainText } from './textValues';
import type { ConvertContext, GivenField, InvalidValue } from './types';

/**
 * Reads the name or email that finds a record, where it is given by itself: without white space and
 * invisible characters at its ends, as the fields send it. Empty for nothing; undefined for what is
 * not text.
 *
 * @param label what it is given under, in quotes
 * @param isEmail whether invisible characters inside it are rejected
 */
export function readIdentifier(
	given: unknown,
	label: string,
	isEmail: boolean,
): { text: string } | InvalidValue | undefined {
	const one = onlyOne(given);
	if (isEmpty(one)) return { text: '' };
	if (hasLostDigits(one)) return lostDigits(one, label);
	const text = typeof one === 'boolean' ? undefined : plainText(one);
	if (text === undefined) return undefined;
	const clean = trimInvisible(text);
	const isSpoilt = typeof one === 'string' ? notShortened(clean, label) : undefined;
	return isSpoilt ?? (isEmail ? invisibleInEmail(clean, label) : undefined) ?? { text: clean };
}

/** The one entry of a list that is not empty; everything else as it is. */
function onlyOne(given: unknown): unknown {
	if (!Array.isArray(given)) return given;
	const entries: unknown[] = given.filter((entry) => !isEmpty(entry));
	return entries.length === 1 ? entries[0] : given;
}

/**
 * Returns the name, for contacts the email, that a row will be sent with; undefined where the row
 * gives none that fits.
 */
export function identifierIn(schema: ObjectSchema, given: GivenField[]): string | undefined {
	const { identifier } = schema;
	const own = given.filter((one) => fieldOf(schema, one) === identifier);
	const row = convertRow(schema, own, IDENTIFIER_CONTEXT);
	const value = row.status === 'ready' ? row.fields[0]?.value : undefined;
	return typeof value === 'string' ? value : undefined;
}

/** A name or an email is text: nothing of this bears on it. */
const IDENTIFIER_CONTEXT: ConvertContext = {
	timezone: 'UTC',
	emptyValues: 'leave',
	unknownFields: 'ignore',
	form: 'clear',
	multipleValues: 'replace',
	resolve: () => undefined,
	formatOf: () => 'object',
};
