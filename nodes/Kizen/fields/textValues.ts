import { isoOf } from './dates';
import { zoneId } from './zoneClock';
import type { Field } from './schema';
import { isDict, textOf } from './typeGuards';
import { choices, findOption } from './options';
import { quoted } from './format';
import { refused, type Written } from './types';

/** Characters that a text field holds (developer.kizen.com, custom fields). */
const LONGEST_TEXT = 255;

export function writeShortText(given: unknown, field: Field): Written {
	const text = plainText(given);
	if (text === undefined) return notText(given, field);
	// Only a long string is worth counting in characters, where an emoji is one.
	const length = text.length > LONGEST_TEXT ? [...text].length : text.length;
	if (length > LONGEST_TEXT) {
		return refused(
			`"${field.label}" holds ${LONGEST_TEXT} characters; this text has ${length}.`,
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
	const text = textOf(given);
	if (text !== undefined && EMAIL.test(text)) return { value: text };
	return refused(
		`"${field.label}" takes one email address; ${quoted(given)} is not one.`,
		'Write it like ada@example.com.',
	);
}

/** As typed: Kizen reads national numbers with the region that the business has set. */
export function writePhone(given: unknown, field: Field): Written {
	const text = plainText(given)?.trim();
	const digits = text?.replace(/\D/g, '').length ?? 0;
	if (text !== undefined && digits >= 3 && typeof given !== 'boolean') return { value: text };
	return refused(
		`"${field.label}" takes a phone number; ${quoted(given)} is not one.`,
		'Write it like +13125550100, an extension as +13125550100x123.',
	);
}

/** Kizen's own list first (its ids are IANA names), then any other IANA name. */
export function writeTimezone(given: unknown, field: Field): Written {
	const listed = findOption(given, field);
	if ('option' in listed) return { value: listed.option.id };
	const text = textOf(isDict(given) ? (given.id ?? given.name) : given);
	const zone = text === undefined ? undefined : zoneId(text);
	if (zone !== undefined) return { value: zone };
	const remedy =
		field.options.length > 0 ? choices(given, field) : 'Write it like America/Chicago.';
	return refused(`"${field.label}" takes a time zone; ${quoted(given)} is not one.`, remedy);
}

/** For types that this node does not know: whatever can be sent at all. */
export function writeAsItIs(given: unknown, field: Field): Written {
	return isJson(given)
		? { value: given }
		: refused(`"${field.label}" was given something that cannot be sent as JSON.`);
}

function isJson(given: unknown): boolean {
	try {
		return JSON.stringify(given) !== undefined;
	} catch {
		return false;
	}
}

/** Kizen sends what it took. */
export function asItIs(value: unknown): unknown {
	return value;
}

export function readTimezone(value: unknown): unknown {
	return isDict(value) ? (textOf(value.id) ?? textOf(value.name) ?? value) : value;
}

/** The text of what is text already or says the same as text; undefined for the rest. */
function plainText(given: unknown): string | undefined {
	if (typeof given === 'string') return given;
	if (typeof given === 'boolean' || typeof given === 'bigint') return String(given);
	// A number above 2^53 has lost digits before it came here.
	if (typeof given === 'number') {
		return Math.abs(given) <= Number.MAX_SAFE_INTEGER ? String(given) : undefined;
	}
	return isoOf(given);
}

function notText(given: unknown, field: Field): Written {
	if (typeof given === 'number') {
		return refused(
			`"${field.label}" takes text; the number ${given} is too large to keep all its digits.`,
			'Give it as text, in quotes.',
		);
	}
	return refused(
		`"${field.label}" takes text, not ${Array.isArray(given) ? 'a list' : 'an object'}.`,
		'Pick the part that belongs in the field, or join the list into one text.',
	);
}
