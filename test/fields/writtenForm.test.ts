import fc from 'fast-check';

import {
	convertRow,
	readSchema,
	type ConvertContext,
	type ObjectSchema,
} from '../../nodes/Kizen/fields';
import { CONTEXT } from './everyField';

type Form = ConvertContext['form'];

const schema: ObjectSchema = readSchema({ id: 'o', name: 'deals' }, [
	...['decimal', 'integer', 'money', 'date', 'datetime'].map((type) => ({
		id: type,
		name: type,
		display_name: type,
		field_type: type,
		...(type === 'money' && { money_options: { currency: 'EUR' } }),
	})),
]);

function write(type: string, value: unknown, form: Form): unknown {
	const given = [{ key: type, change: 'value' as const, value }];
	const row = convertRow(schema, given, { ...CONTEXT, timezone: 'Europe/Berlin', form });
	if (row.status === 'ready') return row.fields[0]?.value;
	return row.status === 'invalid'
		? row.problems.map(({ message, remedy }) => `${message} ${remedy ?? ''}`).join(' ')
		: row.status;
}

it.each<[string, unknown, Form, unknown]>([
	['date', '3/31/2026', 'us', '2026-03-31'],
	['date', '03/04/2026', 'us', '2026-03-04'],
	['date', '03/04/2026', 'european', '2026-04-03'],
	['date', '03.04.2026', 'european', '2026-04-03'],
	['date', '31/03/2026', 'british', '2026-03-31'],
	['date', '2026-03-04', 'us', '2026-03-04'],
	['date', '1/2/2026 2:05 PM', 'us', '2026-01-02'],
	['datetime', '1/2/2026 2:05 PM', 'us', '2026-01-02T14:05:00+01:00'],
	['datetime', '01.02.2026 14:05', 'european', '2026-02-01T14:05:00+01:00'],
	['decimal', '1.250', 'us', 1.25],
	['decimal', '1.250', 'european', 1250],
	['decimal', '1,25', 'european', 1.25],
	['decimal', '-1.250,5', 'european', -1250.5],
	['money', '1.250 €', 'european', 1250],
	['money', '1.250,50 EUR', 'european', 1250.5],
	['money', '€1,250.50', 'british', 1250.5],
	['integer', '12.000', 'european', 12000],
	['integer', '12,000', 'us', 12000],
	// JSON numbers mean what they say in every form.
	['decimal', 1.25, 'european', 1.25],
	['money', 1.25, 'european', 1.25],
])('a %s written %j in the form %s is %j', (type, given, form, written) => {
	expect(write(type, given, form)).toBe(written);
});

it.each<[string, string, Form, RegExp]>([
	[
		'date',
		'31/03/2026',
		'us',
		/is not a date in the US form\. Write it like 3\/31\/2026, or change/,
	],
	['date', '31.03.2026', 'us', /is not a date in the US form/],
	['date', '3/31/2026', 'european', /is not a date in the European form/],
	['date', '3/31/2026', 'british', /is not a date in the British form/],
	['date', '31/03/2026 soon', 'british', /is not a date in the British form/],
	['decimal', '1,25', 'us', /is not a number in the US form\. Write it like 1,250\.50, or change/],
	['decimal', '1250.5', 'european', /is not a number in the European form/],
	['decimal', '1,250.50', 'european', /is not a number in the European form/],
	['money', '1.25', 'european', /is not a number in the European form/],
	['integer', '1.5', 'us', /takes whole numbers/],
	['decimal', '', 'us', /undefined/],
])('a %s written %j does not fit the form %s', (type, given, form, message) => {
	expect(String(write(type, given, form))).toMatch(message);
});

it.each([
	['date', '03/04/2026'],
	['decimal', '1,25'],
	['money', '1.250'],
	['integer', '12.000'],
])('by default, a %s such as %j is refused, and the option is named', (type, given) => {
	expect(write(type, given, 'clear')).toMatch(
		/may be read in two ways.*'Dates and Numbers Are Written'/,
	);
});

it.each<[Form, string]>([
	['us', 'en-US'],
	['european', 'de-DE'],
	['british', 'en-GB'],
])('what %s writes is read as it was meant', (form, locale) => {
	const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 });
	const dates = new Intl.DateTimeFormat(locale, { timeZone: 'UTC' });
	fc.assert(
		fc.property(
			fc.integer({ min: -1e9, max: 1e9 }),
			fc.integer({ min: 0, max: 40_000 }),
			(n, day) => {
				const number = n / 10_000;
				expect(write('decimal', numbers.format(number), form)).toBe(number + 0);
				const date = new Date(day * 86_400_000);
				expect(write('date', dates.format(date), form)).toBe(date.toISOString().slice(0, 10));
			},
		),
	);
});
