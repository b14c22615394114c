import { quoted } from './format';
import { plainSpaces, trimInvisible } from './invisible';
import { invalid, type InvalidValue, type Unclear } from './types';
import { otherForm, rulesOf, SET_FORM, type FormRules, type WrittenForm } from './writtenForm';

type ReadNumber = { number: number } | Unclear;

const PLAIN_NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
// Thousands as `1,000`, `1 000`, `1'000` before a decimal point, …
const GROUPED = /^[-+]?\d{1,3}(?:([, '’])\d{3})(?:\1\d{3})*(?:\.\d+)?$/;
// … and as `1.000.000`, `1.000,50`, `1 000,50`, where a comma must be the decimal one: several groups
// of points, or something that is not three digits long behind the comma.
const EUROPEAN =
	/^[-+]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,}|(?:[ ]\d{3})+,(?:\d{1,2}|\d{4,}))$/;
const DECIMAL_COMMA = /^[-+]?\d+(?: \d{3})*,\d+$/;

/** A point and three digits, which in much of Europe are thousands. */
const THREE_AFTER_POINT = /^[-+]?[1-9]\d{0,2}\.\d{3}$/;

/**
 * As {@link readNumber}, but not a text such as `1.250`: one thousand two hundred and fifty where
 * people write a decimal comma, which money and whole numbers are more likely to mean.
 */
export function readClearNumber(
	given: unknown,
	takes: 'fractions' | 'whole numbers',
	form: WrittenForm,
): ReadNumber {
	const text = typeof given === 'string' ? plainNumber(given) : '';
	if (form !== 'clear' || !THREE_AFTER_POINT.test(text)) return readNumber(given, form);
	const decimal = text.replace(/\.?0+$/, '');
	const whole = text.replace('.', '');
	if (!decimal.includes('.')) return doubt(decimal, whole);
	if (takes === 'fractions') {
		// With three digits it would be in doubt again.
		return doubt(THREE_AFTER_POINT.test(decimal) ? `${decimal}0` : decimal, whole);
	}
	const remedy = `Write ${whole} if that is meant; ${decimal} is not a whole number. ${SET_FORM}`;
	return { unclear: IN_DOUBT, remedy };
}

/**
 * The number that a text says beyond doubt, to the last digit. `1,250` is one thousand two hundred and
 * fifty; `1,25` could be a quarter more than one or a slip, and is not taken.
 */
export function readNumber(given: unknown, form: WrittenForm): ReadNumber {
	if (typeof given === 'number') {
		return Math.abs(given) <= Number.MAX_SAFE_INTEGER
			? { number: given + 0 }
			: {
					unclear: 'is too large to keep all its digits',
					remedy: 'Give a number between -9,007,199,254,740,991 and 9,007,199,254,740,991.',
				};
	}
	if (typeof given === 'bigint') return readNumber(String(given), 'clear');
	if (typeof given !== 'string') return { unclear: 'is not one', remedy: NUMBER_EXAMPLE };
	const text = plainNumber(given);
	const rules = rulesOf(form);
	if (rules) return readInForm(text, rules);
	if (PLAIN_NUMBER.test(text)) return exactly(text);
	if (GROUPED.test(text)) {
		return /^[-+]?0/.test(text) ? commaDoubt(text) : exactly(text.replace(/[, '’]/g, ''));
	}
	if (EUROPEAN.test(text)) return exactly(text.replace(/[. ]/g, '').replace(',', '.'));
	if (DECIMAL_COMMA.test(text)) return commaDoubt(text);
	return { unclear: 'is not one', remedy: NUMBER_EXAMPLE };
}

const BY_DECIMAL_MARK = {
	'.': {
		number: /^[-+]?(?:\d+|\d{1,3}(?:([, '’])\d{3})(?:\1\d{3})*)?(?:\.\d*)?(?:e[-+]?\d+)?$/i,
		thousands: /[, '’]/g,
	},
	',': {
		number: /^[-+]?(?:\d+|\d{1,3}(?:([. '’])\d{3})(?:\1\d{3})*)?(?:,\d*)?(?:e[-+]?\d+)?$/i,
		thousands: /[. '’]/g,
	},
};

/** The number that a text says in the chosen form: `1.250` is 1250 in European, and 1.25 in US. */
function readInForm(text: string, { name, decimalMark, sampleNumber }: FormRules): ReadNumber {
	const { number, thousands } = BY_DECIMAL_MARK[decimalMark];
	if (number.test(text) && /\d/.test(text)) {
		return exactly(text.replace(thousands, '').replace(decimalMark, '.'));
	}
	return { unclear: `is not a number in the ${name} form`, remedy: otherForm(sampleNumber) };
}

function plainNumber(given: string): string {
	return trimInvisible(plainSpaces(given)).replace(/^−/, '-');
}

const NUMBER_EXAMPLE = 'Write it in digits, with a point for decimals: 1250.5 or 1,250.50.';

function commaDoubt(text: string): ReadNumber {
	const digits = text.replace(/ /g, '');
	const whole = digits.replace(',', '').replace(/^([-+]?)0+(?=\d)/, '$1');
	return doubt(digits.replace(',', '.'), whole);
}

function doubt(decimal: string, whole: string): ReadNumber {
	return { unclear: IN_DOUBT, remedy: `Write ${decimal} or ${whole}. ${SET_FORM}` };
}

const IN_DOUBT = 'may be read in two ways';

function exactly(text: string): ReadNumber {
	// Nobody means the zero below zero.
	const number = Number(text) + 0;
	const kept =
		Math.abs(number) <= Number.MAX_SAFE_INTEGER && digitsOf(text) === digitsOf(String(number));
	return kept
		? { number }
		: {
				unclear: 'has more digits than can be sent without losing some',
				remedy: 'Give at most 15 digits.',
			};
}

const PARTS = /^[-+]?(\d*)\.?(\d*)(?:e([-+]?\d+))?$/i;

/** The same for every way of writing the same number, without its sign: `0.50`, `.5` and `5e-1`. */
function digitsOf(text: string): string {
	const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
	const all = `${whole}${fraction}`.replace(/^0+/, '');
	const digits = all.replace(/0+$/, '');
	if (digits === '') return '0';
	const power = Number(exponent) - fraction.length + (all.length - digits.length);
	return `${digits}e${power}`;
}

/** A number that Kizen sent as text; undefined where it would lose digits, or is none. */
export function numberOf(text: string): number | undefined {
	const read = PLAIN_NUMBER.test(text) ? exactly(text) : undefined;
	return read && 'number' in read ? read.number : undefined;
}

/** Tells whether a text is a number that spreadsheets show in short, such as `4.479E+11`. */
export function isShortened(text: string): boolean {
	return /^[-+]?\d+(?:[.,]\d+)?e[-+]?\d+$/i.test(text.replaceAll(' ', ''));
}

export const SHORTENED = 'a number that a spreadsheet has shortened; its last digits are lost';
export const FORMAT_AS_TEXT =
	'Format the column as plain text in the spreadsheet, enter the value again there, and run again.';

/**
 * Refuses a name that a spreadsheet has shortened, and that names many records alike; undefined for
 * all others. (A name such as `4E11` is no number of a spreadsheet: those have a sign.)
 *
 * @param label the field or the parameter, in quotes
 */
export function notShortened(text: string, label: string): InvalidValue | undefined {
	if (!isShortened(text) || !/e ?\+ ?\d{2}/i.test(text)) return undefined;
	return invalid(`${label} is ${quoted(text)}, ${SHORTENED}.`, FORMAT_AS_TEXT);
}
