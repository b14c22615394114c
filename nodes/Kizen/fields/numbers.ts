import { quoted } from './format';
import { numberOf, readClearNumber, readNumber } from './numberText';
import { findOption } from './options';
import type { Field } from './schema';
import { isObject, textOf } from './typeGuards';
import { invalid, unclearValue, type ValueContext, type Written } from './types';

/** Signed, four bytes (developer.kizen.com, number fields). */
const LARGEST_INTEGER = 2 ** 31 - 1;
const SMALLEST_INTEGER = -(2 ** 31);

export function writeInteger(given: unknown, field: Field, { form }: ValueContext): Written {
	const read = readClearNumber(given, 'whole numbers', form);
	if ('unclear' in read) return unclearValue(given, field, { takes: 'a number', ...read });
	const { number } = read;
	if (!Number.isInteger(number)) {
		return invalid(
			`"${field.label}" takes whole numbers, not ${quoted(given)}.`,
			'Give a whole number; fractions need a field of the type Decimal.',
		);
	}
	if (number > LARGEST_INTEGER || number < SMALLEST_INTEGER) {
		return invalid(
			`"${field.label}" takes whole numbers from -2,147,483,648 to 2,147,483,647, not ${quoted(given)}.`,
		);
	}
	return { value: number };
}

export function writeDecimal(given: unknown, field: Field, { form }: ValueContext): Written {
	const read = readNumber(given, form);
	if ('unclear' in read) return unclearValue(given, field, { takes: 'a number', ...read });
	const { number } = read;
	const { minimum = -Infinity, maximum = Infinity } = field;
	if (number >= minimum && number <= maximum) return { value: number };
	return invalid(`"${field.label}" takes numbers from ${minimum} to ${maximum}, not ${number}.`);
}

/** A whole number of the scale, or the option that stands for it (`5 - High`, code `5`). */
export function writeRating(given: unknown, field: Field, { form }: ValueContext): Written {
	const listed = findOption(given, field);
	const read =
		'option' in listed
			? readNumber(listed.option.code || listed.option.label, 'clear')
			: readNumber(given, form);
	const scale = scaleOf(field);
	if ('number' in read && scale.includes(read.number)) return { value: read.number };
	return invalid(
		`"${field.label}" takes a rating from ${scale[0]} to ${scale[scale.length - 1]}, not ${quoted(given)}.`,
	);
}

/** Decimals may come as text (developer.kizen.com); a text that is not exactly a number stays one. */
export function readNumeric(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	return numberOf(value) ?? value;
}

export function readRating(value: unknown): unknown {
	return isObject(value)
		? readNumeric(textOf(value.code) ?? textOf(value.name) ?? value)
		: readNumeric(value);
}

/** The codes of its options, or the bounds Kizen sets, or else the widest scale there is: 1 to 10. */
function scaleOf(field: Field): number[] {
	const codes = field.options
		.map(({ code }) => numberOf(code))
		.filter((code) => code !== undefined);
	if (codes.length > 0) return codes.sort((a, b) => a - b);
	const lowest = field.minimum ?? 1;
	const highest = field.maximum ?? 10;
	return Array.from({ length: highest - lowest + 1 }, (_, step) => lowest + step);
}
