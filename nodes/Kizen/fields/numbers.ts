import type { Field } from './schema';
import { isDict, own, textOf } from './shapes';
import { quoted } from './wording';
import { findOption } from './options';
import { refused, type Written } from './writing';

/** `unclear` goes on where "1,25 …" starts. */
type Unclear = { unclear: string; remedy: string };
type ReadNumber = { number: number } | Unclear;

/** Signed, four bytes (developer.kizen.com, number fields). */
const LARGEST_INTEGER = 2 ** 31 - 1;
const SMALLEST_INTEGER = -(2 ** 31);

export function writeInteger(given: unknown, field: Field): Written {
	const read = readNumber(given);
	if ('unclear' in read) return notTaken(given, field, read);
	const { number } = read;
	if (!Number.isInteger(number)) {
		return refused(
			`"${field.label}" takes whole numbers, not ${quoted(given)}.`,
			`Round it first, to ${Math.round(number)} for example.`,
		);
	}
	if (number > LARGEST_INTEGER || number < SMALLEST_INTEGER) {
		return refused(
			`"${field.label}" takes whole numbers from -2,147,483,648 to 2,147,483,647, not ${quoted(given)}.`,
		);
	}
	return { value: number };
}

export function writeDecimal(given: unknown, field: Field): Written {
	const read = readNumber(given);
	if ('unclear' in read) return notTaken(given, field, read);
	return outOfBounds(read.number, field) ?? { value: read.number };
}

/**
 * The amount alone: the currency belongs to the field. An amount in another currency is refused; in
 * brackets it is negative, as in accounts.
 */
export function writeMoney(given: unknown, field: Field): Written {
	let amount = given;
	let currency: string | undefined;
	if (isDict(given)) {
		amount = own(given, 'amount');
		currency = textOf(own(given, 'currency'));
	} else if (typeof given === 'string') {
		({ amount, currency } = splitCurrency(given));
	}
	if (currency !== undefined && !isIn(currency, field.currency)) {
		return wrongCurrency(currency, field);
	}
	const read = readNumber(amount);
	return 'unclear' in read ? notTaken(given, field, read) : { value: read.number };
}

/** A whole number of the scale, or the option that stands for it (`5 - High`, code `5`). */
export function writeRating(given: unknown, field: Field): Written {
	const listed = findOption(given, field);
	const read =
		'option' in listed ? readNumber(listed.option.code || listed.option.label) : readNumber(given);
	const scale = scaleOf(field);
	if ('number' in read && scale.includes(read.number)) return { value: read.number };
	return refused(
		`"${field.label}" takes a rating from ${scale[0]} to ${scale[scale.length - 1]}, not ${quoted(given)}.`,
	);
}

/** Decimals may come as text (developer.kizen.com); a text that is not exactly a number stays one. */
export function readNumeric(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	const read = readNumber(value);
	return 'number' in read ? read.number : value;
}

export function readRating(value: unknown): unknown {
	return isDict(value)
		? readNumeric(textOf(value.code) ?? textOf(value.name) ?? value)
		: readNumeric(value);
}

export function readAmount(value: unknown): unknown {
	return isDict(value) && Object.hasOwn(value, 'amount')
		? readNumeric(value.amount)
		: readNumeric(value);
}

export function readCurrency(value: unknown): string | undefined {
	return isDict(value) ? textOf(value.currency) : undefined;
}

/** A currency given beside an amount, as this node puts it out: it must be the field's own. */
export function checkCurrency(given: unknown, field: Field): Written {
	const currency = textOf(given);
	return currency !== undefined && isIn(currency, field.currency)
		? { value: currency }
		: wrongCurrency(quoted(given), field);
}

function wrongCurrency(given: string, field: Field): Written {
	return refused(
		`"${field.label}" is kept in ${field.currency ?? 'its own currency'}, not in ${given}.`,
		'Convert the amount first, then give it without a currency.',
	);
}

/** Whether a currency's code or sign may stand for the field's currency. */
function isIn(given: string, currency: string | undefined): boolean {
	if (currency === undefined) return true;
	return (SIGNS.get(given) ?? [given.toUpperCase()]).includes(currency.toUpperCase());
}

const SIGNS = new Map([
	['$', ['USD', 'AUD', 'BSD', 'CAD', 'CLP', 'COP', 'HKD', 'MXN', 'NZD', 'SGD', 'TWD', 'ARS']],
	['US$', ['USD']],
	['€', ['EUR']],
	['£', ['GBP']],
	['¥', ['JPY', 'CNY']],
	['₹', ['INR']],
	['₩', ['KRW']],
	['₽', ['RUB']],
	['₺', ['TRY']],
	['₪', ['ILS']],
	['zł', ['PLN']],
	['R$', ['BRL']],
]);

// A sign or a three-letter code, before or after the amount; the minus may stand before the sign.
const CURRENCY = String.raw`US\$|R\$|\p{Sc}|zł|[A-Z]{3}`;
const CURRENCY_FIRST = new RegExp(String.raw`^([-+−]?)\s*(${CURRENCY})\s*(.*)$`, 'u');
const CURRENCY_LAST = new RegExp(String.raw`^(.*?\d)\s*(${CURRENCY})$`, 'u');
const BRACKETED = /^\(([^()+−-]*)\)$/;

function splitCurrency(given: string): { amount: string; currency?: string } {
	const text = given.trim();
	const inside = BRACKETED.exec(text);
	if (inside) {
		const { amount, currency } = splitCurrency(inside[1]);
		return { amount: `-${amount}`, currency };
	}
	const first = CURRENCY_FIRST.exec(text);
	if (first) return { amount: `${first[1]}${first[3]}`, currency: first[2] };
	const last = CURRENCY_LAST.exec(text);
	return last ? { amount: last[1], currency: last[2] } : { amount: text };
}

const PLAIN = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
// Thousands as `1,000`, `1 000`, `1'000` before a decimal point, …
const GROUPED = /^[-+]?\d{1,3}(?:([, '’])\d{3})(?:\1\d{3})*(?:\.\d+)?$/;
// … and as `1.000.000`, `1.000,50`, `1 000,50`, where a comma must be the decimal one: several groups
// of points, or something that is not three digits long behind the comma.
const EUROPEAN =
	/^[-+]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,}|(?:[ ]\d{3})+,(?:\d{1,2}|\d{4,}))$/;
const DECIMAL_COMMA = /^[-+]?\d+(?: \d{3})*,\d+$/;

/**
 * The number that a text says beyond doubt, to the last digit. `1,250` is one thousand two hundred and
 * fifty; `1,25` could be a quarter more than one or a slip, and is not taken.
 */
function readNumber(given: unknown): ReadNumber {
	if (typeof given === 'number') {
		return Math.abs(given) <= Number.MAX_SAFE_INTEGER
			? { number: given + 0 }
			: {
					unclear: 'cannot be sent to the last digit',
					remedy: 'Give a number between -9,007,199,254,740,991 and 9,007,199,254,740,991.',
				};
	}
	if (typeof given === 'bigint') return readNumber(String(given));
	if (typeof given !== 'string') return { unclear: 'is none', remedy: EXAMPLE };
	const text = given
		.trim()
		.replace(/[\u00a0\u202f\u2009]/g, ' ')
		.replace(/^−/, '-');
	if (PLAIN.test(text)) return exactly(text);
	if (GROUPED.test(text))
		return startsWithZero(text) ? commaDoubt(text) : exactly(text.replace(/[, '’]/g, ''));
	if (EUROPEAN.test(text)) return exactly(text.replace(/[. ]/g, '').replace(',', '.'));
	if (DECIMAL_COMMA.test(text)) return commaDoubt(text);
	return { unclear: 'is none', remedy: EXAMPLE };
}

const EXAMPLE = 'Write it in digits, with a point for decimals: 1250.5 or 1,250.50.';

function startsWithZero(text: string): boolean {
	return /^[-+]?0/.test(text);
}

function commaDoubt(text: string): ReadNumber {
	return {
		unclear: 'may be read in two ways',
		remedy: `Write decimals with a point: ${text.replace(/ /g, '').replace(',', '.')}.`,
	};
}

function exactly(text: string): ReadNumber {
	// Nobody means the zero below zero.
	const number = Number(text) + 0;
	const kept =
		Math.abs(number) <= Number.MAX_SAFE_INTEGER && digitsOf(text) === digitsOf(String(number));
	return kept
		? { number }
		: {
				unclear: 'has more digits than can be sent without losing some',
				remedy: 'Round it to 15 digits first.',
			};
}

const PARTS = /^([-+]?)(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i;

/** The same for every way of writing the same number: `0.50`, `.5` and `5e-1`. */
function digitsOf(text: string): string {
	const [, sign = '', whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
	const all = `${whole}${fraction}`.replace(/^0+/, '');
	const digits = all.replace(/0+$/, '');
	if (digits === '') return '0';
	const power = Number(exponent) - fraction.length + (all.length - digits.length);
	return `${sign === '-' ? '-' : ''}${digits}e${power}`;
}

function notTaken(given: unknown, field: Field, { unclear, remedy }: Unclear): Written {
	return refused(`"${field.label}" takes a number; ${quoted(given)} ${unclear}.`, remedy);
}

function outOfBounds(number: number, field: Field): Written | undefined {
	const { minimum = -Infinity, maximum = Infinity } = field;
	if (number >= minimum && number <= maximum) return undefined;
	return refused(`"${field.label}" takes numbers from ${minimum} to ${maximum}, not ${number}.`);
}

/** One to five unless Kizen says more (a rating's options carry the numbers as codes). */
function scaleOf(field: Field): number[] {
	const codes = field.options
		.map(({ code }) => Number(code))
		.filter((code) => Number.isInteger(code));
	if (codes.length > 0) return codes.sort((a, b) => a - b);
	const lowest = field.minimum ?? 1;
	const highest = field.maximum ?? 10;
	return Array.from({ length: highest - lowest + 1 }, (_, step) => lowest + step);
}
