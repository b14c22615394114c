import fc from 'fast-check';

import {
	convertRow,
	editorType,
	fieldOf,
	findField,
	foldIdentifier,
	identifierIn,
	parseJsonFields,
	readIdentifier,
	readSchema,
	simplifyFields,
} from '../../nodes/Kizen/fields';
import { CONTEXT, DEALS, convert, field, given, idOf, sent, uuid, whyNot } from './everyField';

const number = (fraction: boolean) =>
	fraction
		? fc.double({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1, noNaN: true })
		: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

const anyValue = fc.oneof(
	fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true }),
	fc.string(),
	fc.constantFrom<unknown>(
		'North',
		'yes',
		'1,250',
		'1,25',
		'$5',
		'2026-03-04',
		45000,
		'a@b.co',
		'a\u200b@b.co',
		'1.234',
		'4.479E+11',
		'Ships; Cars\nTrains',
		'2026-03-31T22:00:00Z',
		' \u00a0\ufeff',
		['North'],
		[],
		{},
	),
	fc.double(),
);

const anyKey = fc.oneof(
	fc.constantFrom(...DEALS.fields.flatMap(({ name, label, id }) => [name, label, id])),
	fc.string(),
);

describe('whatever is given', () => {
	it('nothing throws, and a row is sent in whole or not at all', () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.tuple(
						anyKey,
						anyValue,
						fc.constantFrom('value', 'add_values', 'remove_values', 'clear'),
					),
				),
				fc.constantFrom('leave', 'clear'),
				fc.constantFrom('replace', 'add', 'remove'),
				(entries, emptyValues, multipleValues) => {
					const row = convertRow(
						DEALS,
						entries.map(([key, value, change]) => given(key, value, change)),
						{ ...CONTEXT, emptyValues, multipleValues },
					);
					if (row.status === 'invalid') {
						expect(row.problems.length).toBeGreaterThan(0);
						expect(row).not.toHaveProperty('fields');
						for (const { message, remedy } of row.problems) {
							expect(message).not.toMatch(/undefined|\[object/);
							expect(remedy).not.toBe('');
						}
						return;
					}
					if (row.status === 'missing') throw new Error('Everything is known here');
					expect(row.sent.map(({ id }) => id)).toEqual(row.fields.map(({ id }) => id));
					expect(new Set(row.fields.map(({ id }) => id)).size).toBe(row.fields.length);
					expect(row.sent.some(({ readOnly }) => readOnly)).toBe(false);
					// What goes on the wire is JSON, and nothing is lost in making it.
					expect(JSON.parse(JSON.stringify(row.fields))).toEqual(row.fields);
				},
			),
			{ numRuns: 1_000 },
		);
	});

	it('a row is sent exactly if each of its fields alone is', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.tuple(fc.constantFrom(...DEALS.fields), anyValue), {
					selector: ([one]) => one.id,
				}),
				(entries) => {
					const together = convert(
						Object.fromEntries(entries.map(([one, value]) => [one.name, value])),
					);
					const alone = entries.map(([one, value]) => convert({ [one.name]: value }));
					expect(together.status === 'ready').toBe(alone.every(({ status }) => status === 'ready'));
					if (together.status === 'ready') {
						expect(together.fields).toEqual(
							alone.flatMap((row) => (row.status === 'ready' ? row.fields : [])),
						);
					}
				},
			),
		);
	});

	it('reading and parsing never throw what they do not promise', () => {
		fc.assert(
			fc.property(fc.anything({ withBigInt: true, withMap: true, withDate: true }), (rubbish) => {
				expect(() => simplifyFields(rubbish, DEALS)).not.toThrow();
				expect(() => readSchema(rubbish, rubbish, rubbish)).not.toThrow();
				expect(() => simplifyFields({ [DEALS.fields[0].id]: rubbish }, DEALS)).not.toThrow();
			}),
		);
	});
});

describe('numbers', () => {
	it('in text are what they say', () => {
		fc.assert(
			fc.property(number(true), (n) => {
				expect(sent('weight', String(n))).toBe(n + 0);
				expect(sent('amount', n)).toBe(n + 0);
				expect(sent('weight', n)).toBe(n + 0);
			}),
		);
		fc.assert(
			fc.property(number(false), (n) => {
				expect(sent('seats', n)).toBe(n);
				expect(sent('seats', String(n))).toBe(n);
				expect(sent('seats', n.toLocaleString('en-US'))).toBe(n);
			}),
		);
	});

	it('of money are what a sheet shows', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (cents) => {
				const amount = cents / 100;
				const format = (locale: string, more = {}) =>
					amount.toLocaleString(locale, { minimumFractionDigits: 2, ...more });
				expect(sent('amount', format('en-US', { style: 'currency', currency: 'USD' }))).toBe(
					amount,
				);
				expect(sent('amount', `(${format('en-US')})`)).toBe(0 - amount);
				if (amount >= 1000) {
					expect(sent('weight', format('de-DE'))).toBe(amount);
					expect(sent('weight', format('fr-FR'))).toBe(amount);
				}
			}),
		);
	});

	it('written in any text are taken to the last digit or not at all', () => {
		const digits = fc.string({ unit: fc.constantFrom(...'0123456789.,-eE '), maxLength: 25 });
		fc.assert(
			fc.property(digits, (text) => {
				const value = sent('weight', text);
				if (typeof value !== 'number') return;
				const plainText = text.replace(/[ ,]/g, '');
				const isPlain = Number.isFinite(Number(plainText)) && !/[ ,]/.test(text.trim());
				if (isPlain) expect(value).toBe(Number(plainText) + 0);
				const given = text
					.replace(/e.*$/i, '')
					.replace(/\D/g, '')
					.replace(/^0+|0+$/g, '');
				const kept = value
					.toExponential()
					.replace(/e.*$/, '')
					.replace(/\D/g, '')
					.replace(/^0+|0+$/g, '');
				expect(kept).toBe(given);
			}),
			{ numRuns: 5_000 },
		);
	});

	it('of money and whole numbers with a point and three digits are in doubt exactly as text', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 999_999 }),
				fc.constantFrom('', '-', '$', '-$'),
				(thousandths, sign) => {
					const text = `${sign}${(thousandths / 1000).toFixed(3)}`;
					const isInDoubt = thousandths >= 1000;
					const amount = (sign.startsWith('-') ? -thousandths : thousandths) / 1000;
					expect(sent('amount', text)).toBe(isInDoubt ? undefined : amount);
					expect(sent('amount', amount)).toBe(amount);
					if (!sign.includes('$')) expect(sent('weight', text)).toBe(amount);
					if (!isInDoubt) return;
					// Each reading that the remedy offers is taken as what it says.
					const [, decimal, whole] =
						/Write (\S+) or (\S+)\. /.exec(whyNot('amount', text) ?? '') ?? [];
					expect(sent('amount', decimal)).toBe(amount);
					expect(sent('amount', whole)).toBe(Math.round(amount * 1000));
				},
			),
		);
	});

	it('between whole ones never become whole', () => {
		fc.assert(
			fc.property(number(true), (n) => {
				fc.pre(!Number.isInteger(n));
				expect(sent('seats', n)).toBeUndefined();
				expect(sent('seats', String(n))).toBeUndefined();
			}),
		);
	});
});

describe('names and emails', () => {
	it('are sent without what nobody sees at their ends, and are one record with or without it', () => {
		const name = fc.constantFrom('Ada Lovelace', 'Straße 5', 'Étienne', 'שלום', '👩‍💻 & Co.');
		fc.assert(
			fc.property(name, unseen, unseen, (text, before, after) => {
				const spelled = `${before}${text}${after}`;
				expect(sent('name', spelled)).toBe(text);
				expect(readIdentifier(spelled, 'Name', false)).toEqual({ text });
				const row = (value: string) => identifierIn(DEALS, [given('deal NAME', value)]) ?? '';
				expect(row(spelled)).toBe(text);
				expect(foldIdentifier(row(spelled.normalize('NFD').toUpperCase()))).toBe(
					foldIdentifier(text),
				);
			}),
		);
	});

	it('an email with anything unseen inside is refused by its name', () => {
		fc.assert(
			fc.property(fc.constantFrom(...UNSEEN), fc.nat(12), (character, at) => {
				const email = 'ada@example.com';
				const text = `${email.slice(0, 1 + at)}${character}${email.slice(1 + at)}`;
				const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
				expect(whyNot('email', text)).toMatch(`" has a`);
				expect(whyNot('email', text)).toMatch(`(U+${code}) after "${email.slice(0, 1 + at)}"`);
				expect(readIdentifier(text, "'Lookup Value'", true)).toMatchObject({
					invalid: { message: expect.stringContaining(`U+${code}`) as string },
				});
			}),
		);
	});
});

describe('texts', () => {
	it('go out letter by letter', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), (text) => {
				fc.pre(/[\p{L}\p{N}]/u.test(text));
				expect(sent('note', text)).toBe(text);
				expect(sent('story', text)).toBe(text);
			}),
		);
	});
});

const label = fc
	.oneof(
		fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
		fc.constantFrom(
			'The "best"',
			"It's 👍",
			'שלום עולם',
			'مرحبا',
			'Straße',
			'İstanbul',
			'a,b',
			'1',
			'ΑΣ',
		),
	)
	.filter((text) => folded(text) !== '');

/** What clings to texts that are copied, or stands for a space in them. */
const UNSEEN = [
	...' \t\n\r\u0085\u00a0\u00ad\u061c\u1680\u180e\u2003\u2009\u200b\u200c\u200d\u200e\u200f',
	...'\u2028\u202a\u202c\u202e\u202f\u2060\u2066\u2069\u205f\u3000\u3164\ufeff',
];

const unseen = fc.string({ unit: fc.constantFrom(...UNSEEN), maxLength: 3 });

const respelled = (text: string) =>
	fc
		.tuple(
			fc.constantFrom(
				(one: string) => one,
				(one: string) => one.toUpperCase(),
				(one: string) => one.toLowerCase(),
				(one: string) => one.normalize('NFD'),
				(one: string) => one.normalize('NFC'),
			),
			unseen,
			// A line break inside a name may separate two.
			unseen.map((text) => text.replace(/[\n\r\u2028]/g, '')),
			unseen,
		)
		.map(([spell, before, inside, after]) => {
			const spelled = spell(text).replace(/ /g, `${inside} ${inside}`);
			return `${before}${spelled}${after}`;
		});

describe('labels', () => {
	it('find their option, whatever their case and spacing', () => {
		fc.assert(
			fc.property(
				fc
					.uniqueArray(label, { minLength: 1, maxLength: 8, selector: (text) => folded(text) })
					.chain((labels) =>
						fc
							.nat(labels.length - 1)
							.chain((index) =>
								respelled(labels[index]).map((spelled) => ({ labels, index, spelled })),
							),
					),
				({ labels, index, spelled }) => {
					const options = labels.map((name, n) => ({ id: uuid(n), code: '', name }));
					const schema = readSchema({}, [
						field('one', 'One', 'dropdown', { options }),
						field('many', 'Many', 'checkboxes', { options }),
					]);
					expect(sent('one', spelled, {}, schema)).toEqual({ id: uuid(index) });
					expect(sent('many', [spelled], {}, schema)).toEqual([{ id: uuid(index) }]);
					expect(sent('many', spelled, {}, schema)).toEqual([{ id: uuid(index) }]);
					expect(editorType(schema.fields[0]).options?.length).toBe(labels.length);
				},
			),
		);
	});

	it('of several in one text find all of them, whatever separates them', () => {
		const names = ['Ships', 'Trains', 'Bread, Butter', 'Cars'];
		const separators = fc.constantFrom(',', ', ', ';', ' ; ', '\n', '\r\n', ',\n', '；', ';;');
		fc.assert(
			fc.property(
				fc.shuffledSubarray(names, { minLength: 1 }),
				fc.array(separators, { minLength: 4, maxLength: 4 }),
				(chosen, between) => {
					const text = chosen.map((name, n) => `${name}${between[n]}`).join('');
					const ids = chosen.map((name) => ({ id: idOf('interests', name) }));
					expect(sent('interests', text)).toEqual(ids);
				},
			),
		);
	});

	it('find their field among 500', () => {
		const names = Array.from({ length: 500 }, (_, n) => `Field N° ${n}`);
		const schema = readSchema(
			{},
			names.map((name, n) => field(`api_${n}`, name, 'text')),
		);
		fc.assert(
			fc.property(
				fc.nat(499).chain((n) => respelled(names[n]).map((spelled) => ({ n, spelled }))),
				({ n, spelled }) => {
					expect(findField(schema, spelled)).toMatchObject({ field: { name: `api_${n}` } });
				},
			),
		);
	});
});

function folded(text: string): string {
	const seen = [...text.normalize('NFKC')].filter((one) => !UNSEEN.includes(one) && /\S/.test(one));
	return seen.join('').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

describe('headers', () => {
	const headers = ['Email', 'First Name', 'Visit Name (2nd)', 'Discount', 'Discount %', 'Q1.5'];
	const schema = readSchema(
		{},
		headers.map((label, n) => field(`api_${n}`, label, 'text')),
	);
	const of = (key: string) => fieldOf(schema, { ...given(key, 'x'), byMapper: true });
	const punctuation = fc.constantFrom(
		'',
		'-',
		'_',
		'*',
		':',
		'.',
		' - ',
		'?',
		"'",
		'"',
		'/',
		'·',
		'\u200b',
	);

	it('find their field whatever their punctuation, case and spaces, and no other', () => {
		fc.assert(
			fc.property(
				fc.nat(headers.length - 1),
				fc.array(punctuation, { minLength: 3, maxLength: 3 }),
				fc.boolean(),
				(n, [first, middle, last], isUpper) => {
					const header = `${first}${headers[n].replace(' ', ` ${middle}`)}${last}`;
					expect(of(isUpper ? header.toUpperCase() : header)?.label).toBe(headers[n]);
				},
			),
		);
	});

	it('never find it by a part of them', () => {
		fc.assert(
			fc.property(
				fc.nat(headers.length - 1),
				punctuation,
				fc.constantFrom('consent', '2', 'x', 'é'),
				fc.boolean(),
				(n, between, more, isBefore) => {
					const parts = [headers[n], more];
					const header = (isBefore ? parts.reverse() : parts).join(` ${between}`);
					expect(of(header)).toBeUndefined();
				},
			),
		);
	});
});

const zones = fc.constantFrom(
	'America/Chicago',
	'America/St_Johns',
	'America/Santiago',
	'Asia/Kathmandu',
	'Asia/Tokyo',
	'Australia/Lord_Howe',
	'Europe/Berlin',
	'Europe/Dublin',
	'Pacific/Apia',
	'Pacific/Kiritimati',
	'UTC',
);

const wallTimes = fc
	.date({
		min: new Date('1970-01-02T00:00:00Z'),
		max: new Date('2099-12-30T00:00:00Z'),
		noInvalidDate: true,
	})
	.map((date) => date.toISOString().slice(0, 19));

describe('times without a zone', () => {
	it('keep what the clock showed, in the zone of the workflow', () => {
		fc.assert(
			fc.property(wallTimes, zones, (wall, timezone) => {
				const text = sent('call', wall, { timezone });
				if (typeof text !== 'string') throw new Error('A time is text');
				expect(text.slice(0, 19)).toBe(wall);
				const shown = shownIn(timezone, Date.parse(text));
				// Skipped times are shown later by as much as the clock skipped, an hour or a day.
				if (shown !== wall) expect(isSkipped(wall, timezone)).toBe(true);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('that were read from a zone mean the same moment again, but for the hour shown twice', () => {
		fc.assert(
			fc.property(wallTimes, zones, (utcWall, timezone) => {
				const moment = Date.parse(`${utcWall}Z`);
				const text = sent('call', shownIn(timezone, moment), { timezone });
				const again = Date.parse(String(text));
				if (again !== moment) expect(shownIn(timezone, again)).toBe(shownIn(timezone, moment));
				expect(again).toBeLessThanOrEqual(moment);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('and days stay the day they are', () => {
		fc.assert(
			fc.property(wallTimes, zones, fc.constantFrom(10, 16, 19), (wall, timezone, length) => {
				expect(sent('due', wall.slice(0, length), { timezone })).toBe(wall.slice(0, 10));
			}),
		);
	});

	it('but of a moment, the day is what the calendar of the workflow shows', () => {
		fc.assert(
			fc.property(
				wallTimes,
				zones,
				fc.constantFrom('Z', '-11:00', '+05:45', '+14:00'),
				(wall, timezone, zone) => {
					const iso = `${wall}${zone}`;
					const day = shownIn(timezone, Date.parse(iso)).slice(0, 10);
					const asTime = { toISO: () => iso, toMillis: () => Date.parse(iso) };
					for (const moment of [iso, new Date(iso), asTime]) {
						expect(sent('due', moment, { timezone })).toBe(day);
					}
				},
			),
		);
	});

	it('with the year last are what they say, or are refused with readings that keep the time', () => {
		const format = fc.constantFrom(
			(d: Date) => d.toLocaleString('en-US', { timeZone: 'UTC' }),
			(d: Date) => d.toLocaleString('en-GB', { timeZone: 'UTC' }),
			(d: Date) => d.toLocaleString('de-DE', { timeZone: 'UTC' }),
			(d: Date) => d.toLocaleString('fr-FR', { timeZone: 'UTC' }),
			(d: Date) => d.toLocaleString('da-DK', { timeZone: 'UTC' }),
		);
		fc.assert(
			fc.property(wallTimes, format, (wall, write) => {
				const text = write(new Date(`${wall}Z`));
				const readings = /year first: (.*?)\.(?: |$)/.exec(whyNot('call', text) ?? '')?.[1];
				const taken = (readings ?? text)
					.split(' or ')
					.map((reading) => sent('call', reading, { timezone: 'UTC' }));
				expect(taken).toContain(`${wall}+00:00`);
				for (const one of taken) expect(String(one).slice(10, 19)).toBe(wall.slice(10));
			}),
		);
	});

	it('of a sheet are the day and time that the sheet shows', () => {
		fc.assert(
			fc.property(fc.integer({ min: 7_306, max: 73_415 }), fc.nat(86_399), (day, second) => {
				const shown = new Date(Date.UTC(1899, 11, 30 + day, 0, 0, second)).toISOString();
				const serial = day + second / 86_400;
				expect(sent('due', serial)).toBe(shown.slice(0, 10));
				expect(String(sent('call', serial)).slice(0, 19)).toBe(shown.slice(0, 19));
				expect(sent('due', String(day))).toBe(shown.slice(0, 10));
			}),
		);
	});
});

const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks in a zone show at a moment, by another way than the node's. */
function shownIn(timeZone: string, moment: number): string {
	const format =
		formats.get(timeZone) ??
		new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
	formats.set(timeZone, format);
	return format.format(moment).replace(' ', 'T');
}

/** No moment of the two days around shows this time. */
function isSkipped(wall: string, timezone: string): boolean {
	const near = Date.parse(`${wall}Z`);
	for (let minutes = -26 * 60; minutes <= 26 * 60; minutes += 15) {
		if (shownIn(timezone, near + minutes * 60_000) === wall) return false;
	}
	return true;
}

describe('JSON', () => {
	it('of fields gives them as they are', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
				const flat = Object.entries(fields).filter(
					([, value]) => typeof value !== 'object' || Array.isArray(value),
				);
				const expected = flat.map(([key, value]) => ({ key, change: 'value', value }));
				const json = JSON.stringify(Object.fromEntries(flat));
				const isSame =
					JSON.stringify(parseJsonFields(json)) ===
					JSON.stringify(
						Object.entries(JSON.parse(json)).map(([key, value]) => ({
							key,
							change: 'value',
							value,
						})),
					);
				expect(isSame).toBe(true);
				expect(parseJsonFields(json)).toHaveLength(expected.length);
			}),
		);
	});

	it('that is cut short is said to be, and never is read in part', () => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
				fc.nat(),
				(fields, at) => {
					const json = JSON.stringify(fields);
					const cut = json.slice(0, 1 + (at % (json.length - 1)));
					expect(() => parseJsonFields(cut)).toThrow(/ends too early|cannot be read/);
				},
			),
		);
	});
});
