import { isoOf } from './dates';
import { quoted } from './format';
import { firstInvisible, plainSpaces, withoutInvisible } from './invisible';
import { FORMAT_AS_TEXT, isShortened, SHORTENED } from './numberText';
import { choices, findOption } from './options';
import type { Field } from './schema';
import { isObject, textOf } from './typeGuards';
import { invalid, type InvalidValue, type Written } from './types';
import { zoneId } from './zoneClock';

/** Characters that a text field holds (developer.kizen.com, custom fields). */
const LONGEST_TEXT = 255;

export function writeShortText(given: unknown, field: Field): Written {
	const text = plainText(given);
	if (text === undefined) return notText(given, field);
	// Only a long string is worth counting in characters, where an emoji is one.
	const length = text.length > LONGEST_TEXT ? [...text].length : text.length;
	if (length > LONGEST_TEXT) {
		return invalid(
			`"${field.label}" takes at most ${LONGEST_TEXT} characters; this text has ${length}.`,
			'Shorten the text, or use a field of the type Long Text.',
		);
	}
	return { value: text };
}

export function writeLongText(given: unknown, field: Field): Written {
	const text = plainText(given);
	return text === undefined ? notText(given, field) : { value: text };
}

const EMAIL = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:".]+$/;

export function writeEmail(given: unknown, field: Field): Written {
	const label = `"${field.label}"`;
	const text = textOf(given);
	return text === undefined ? noEmail(given, label) : (notEmail(text, label) ?? { value: text });
}

/** Returns why a text is no email; undefined for one. */
export function notEmail(text: string, label: string): InvalidValue | undefined {
	return isEmail(text) ? undefined : (invisibleInEmail(text, label) ?? noEmail(text, label));
}

function noEmail(given: unknown, label: string): InvalidValue {
	return invalid(
		`${label} takes one email address; ${quoted(given)} is not one.`,
		'Write it like ada@example.com.',
	);
}

function isEmail(text: string): boolean {
	return EMAIL.test(text) && firstInvisible(text) === undefined;
}

/** Refuses a text that would be an email but for a character that nobody sees. */
export function invisibleInEmail(text: string, label: string): InvalidValue | undefined {
	const found = firstInvisible(text);
	if (found === undefined || !isEmail(withoutInvisible(text))) return undefined;
	return invalid(
		`${label} takes one email address; ${quoted(text)} has ${found}.`,
		'Delete this character, or type the address again.',
	);
}

/** As typed: Kizen reads national numbers with the region that the business has set. */
export function writePhone(given: unknown, field: Field): Written {
	const text = phoneText(given);
	if (text !== undefined && isShortened(text)) {
		return invalid(
			`"${field.label}" takes a phone number; ${quoted(text)} is ${SHORTENED}.`,
			FORMAT_AS_TEXT,
		);
	}
	const digits = text?.replace(/\D/g, '').length ?? 0;
	if (text !== undefined && digits >= 3 && !hasLostDigits(given)) return { value: text };
	return invalid(
		`"${field.label}" takes a phone number; ${quoted(given)} is not one.`,
		'Write it like +13125550100, an extension as +13125550100x123.',
	);
}

/** A number that was exported as `13125550100.0` is that number. */
function phoneText(given: unknown): string | undefined {
	if (typeof given === 'number') return Number.isInteger(given) ? String(given) : undefined;
	const text = typeof given === 'bigint' ? String(given) : textOf(given);
	return text && plainSpaces(text).replace(/^(\+?\d{7,})\.0$/, '$1');
}

/** Kizen's own list first (its ids are IANA names), then any other IANA name. */
export function writeTimezone(given: unknown, field: Field): Written {
	const listed = findOption(given, field);
	if ('option' in listed) return { value: listed.option.id };
	const text = textOf(isObject(given) ? (given.id ?? given.name) : given);
	const zone = text === undefined ? undefined : zoneId(text);
	if (zone !== undefined) return { value: zone };
	const remedy =
		field.options.length > 0 ? choices(given, field) : 'Write it like America/Chicago.';
	return invalid(`"${field.label}" takes a time zone; ${quoted(given)} is not one.`, remedy);
}

/** For types that this node does not know: whatever can be sent at all. */
export function writeAsItIs(given: unknown, field: Field): Written {
	return isJsonText(given)
		? { value: given }
		: invalid(`"${field.label}" was given something that cannot be sent as JSON.`);
}

function isJsonText(given: unknown): boolean {
	try {
		return JSON.stringify(given) !== undefined;
	} catch {
		return false;
	}
}

export function readTimezone(value: unknown): unknown {
	return isObject(value) ? (textOf(value.id) ?? textOf(value.name) ?? value) : value;
}

/** The text of what is text already or says the same as text; undefined for the rest. */
export function plainText(given: unknown): string | undefined {
	if (typeof given === 'string') return given;
	if (typeof given === 'boolean' || typeof given === 'bigint') return String(given);
	if (typeof given === 'number') return hasLostDigits(given) ? undefined : String(given);
	return isoOf(given);
}

/** A number above 2^53 has lost digits before it came here. */
export function hasLostDigits(given: unknown): given is number {
	return typeof given === 'number' && !(Math.abs(given) <= Number.MAX_SAFE_INTEGER);
}

/** @param label the field or the parameter, in quotes */
export function lostDigits(given: number, label: string): InvalidValue {
	return invalid(
		`${label} takes text; the number ${given} is too large to keep all its digits.`,
		'Give it as text, in quotes.',
	);
}

function notText(given: unknown, field: Field): Written {
	if (hasLostDigits(given)) return lostDigits(given, `"${field.label}"`);
	return invalid(
		`"${field.label}" takes text, not ${Array.isArray(given) ? 'a list' : 'an object'}.`,
		'Pick the part that belongs in the field, or join the list into one text.',
	);
}
