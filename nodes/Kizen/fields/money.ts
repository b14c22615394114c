import { quoted } from './format';
import { trimInvisible } from './invisible';
import { readNumeric } from './numbers';
import { readClearNumber } from './numberText';
import type { Field } from './schema';
import { isObject, own, textOf } from './typeGuards';
import { invalid, unclearValue, type InvalidValue, type ValueContext, type Written } from './types';

/**
 * The amount alone: the currency belongs to the field. An amount in another currency is refused; in
 * brackets it is negative, as in accounts.
 */
export function writeMoney(given: unknown, field: Field, { form }: ValueContext): Written {
	let amount = given;
	let currency: string | undefined;
	if (isObject(given)) {
		amount = own(given, 'amount');
		currency = textOf(own(given, 'currency'));
	} else if (typeof given === 'string') {
		({ amount, currency } = splitCurrency(given));
	}
	if (currency !== undefined && !isIn(currency, field.currency)) {
		return wrongCurrency(currency, field);
	}
	const read = readClearNumber(amount, 'fractions', form);
	return 'unclear' in read
		? unclearValue(given, field, { takes: 'a number', ...read })
		: { value: read.number };
}

export function readAmount(value: unknown): unknown {
	return isObject(value) && Object.hasOwn(value, 'amount')
		? readNumeric(value.amount)
		: readNumeric(value);
}

/** Ends the key of an amount's currency, which simplified output has beside the amount. */
export const CURRENCY_SUFFIX = '_currency';

export function readCurrency(value: unknown): string | undefined {
	return isObject(value) ? textOf(value.currency) : undefined;
}

/** Checks a currency given beside an amount, as this node puts it out: it must be the field's own. */
export function checkCurrency(given: unknown, field: Field): InvalidValue | undefined {
	const currency = textOf(given);
	if (currency !== undefined && isIn(currency, field.currency)) return undefined;
	return wrongCurrency(quoted(given), field);
}

function wrongCurrency(given: string, field: Field): InvalidValue {
	return invalid(
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

function splitCurrency(given: string): { amount: string; currency?: string | undefined } {
	const text = trimInvisible(given);
	const inside = BRACKETED.exec(text);
	if (inside) {
		const { amount, currency } = splitCurrency(inside[1] ?? '');
		return { amount: `-${amount}`, currency };
	}
	const first = CURRENCY_FIRST.exec(text);
	if (first) return { amount: `${first[1]}${first[3]}`, currency: first[2] };
	const last = CURRENCY_LAST.exec(text);
	return last ? { amount: last[1] ?? '', currency: last[2] } : { amount: text };
}
