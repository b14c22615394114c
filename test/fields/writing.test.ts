import { FIELD_TYPES, readSchema } from '../../nodes/Kizen/fields';
import {
	ACME,
	ACME_INC,
	ADA,
	DEALS,
	LATE,
	LATE_BUT_PAID,
	VIP,
	field,
	idOf,
	options,
	sent,
	uuid,
	whyNot,
} from './everyField';

type Case = [given: unknown, sent: unknown];
type Refused = [given: unknown, why: RegExp];

const n8nTime = (iso: string) => ({ toISO: () => iso, toMillis: () => Date.parse(iso) });

/** For each type: a field of it, what is taken and what becomes of it, what is not taken and why. */
const EACH_TYPE: Record<string, { field: string; takes: Case[]; refuses: Refused[] }> = {
	text: {
		field: 'note',
		takes: [
			['  as typed ', '  as typed '],
			[['a'], 'a'],
			[['', 'a', null], 'a'],
			[[5], '5'],
			[12.5, '12.5'],
			[true, 'true'],
			['😀'.repeat(255), '😀'.repeat(255)],
			[n8nTime('2026-03-04T10:00:00.000-06:00'), '2026-03-04T10:00:00.000-06:00'],
		],
		refuses: [
			['x'.repeat(256), /takes at most 255 characters; this text has 256/],
			[['a', 'b'], /takes text, not a list/],
			[{ a: 1 }, /takes text, not an object/],
			[2 ** 60, /too large to keep all its digits/],
		],
	},
	longtext: {
		field: 'story',
		takes: [['# Title\n'.repeat(200), '# Title\n'.repeat(200)]],
		refuses: [[{ a: 1 }, /takes text/]],
	},
	wysiwyg: {
		field: 'page',
		takes: [
			['<b>x</b>'.repeat(100), '<b>x</b>'.repeat(100)],
			[['x'], 'x'],
		],
		refuses: [[['x', 'y'], /takes text/]],
	},
	email: {
		field: 'email',
		takes: [
			[' ada@example.com ', 'ada@example.com'],
			['\ufeff\u202aada@example.com\u202c\u00ad\r\n', 'ada@example.com'],
			[['\u2066ada@example.com\u2069\u200b'], 'ada@example.com'],
		],
		refuses: [
			[
				'ada\u200b@example.com',
				/has a zero-width space \(U\+200B\) after "ada"\. Delete this character/,
			],
			['a\u00adda@example.com', /has a soft hyphen \(U\+00AD\) after "a"/],
			['ada@\u202eexample.com', /has a directional mark \(U\+202E\) after "ada@"/],
			['ada\ufeff@example.com', /has a byte-order mark \(U\+FEFF\)/],
			['ada @example.com', /has a space \(U\+0020\) after "ada"/],
			['ada@example\n.com', /has a line break \(U\+000A\) after "ada@example"/],
			['a@x.com\nb@x.com', /is not one/],
			['ada', /takes one email address; "ada" is not one/],
			['ada@example', /ada@example\.com/],
			['Ada <ada@example.com>', /is not one/],
			['a@x.com, b@x.com', /is not one/],
			[5, /is not one/],
		],
	},
	phonenumber: {
		field: 'phone',
		takes: [
			['+13125550100', '+13125550100'],
			[' (312) 555-0100 ', '(312) 555-0100'],
			['+12133734253x123', '+12133734253x123'],
			[13125550100, '13125550100'],
			['13125550100.0', '13125550100'],
			['\u202a+1\u00a0312\u00a0555\u00a00100\u202c', '+1 312 555 0100'],
			[['+13125550100'], '+13125550100'],
		],
		refuses: [
			['4.479E+11', /"4\.479E\+11" is a number that a spreadsheet has shortened; its last digits/],
			['4,479E+11', /spreadsheet has shortened.*Format the column as plain text/],
			['4E+11', /spreadsheet has shortened/],
			['4,479 E+11', /spreadsheet has shortened/],
			['+4.479e11', /spreadsheet has shortened/],
			[4.479e21, /"4\.479e\+21" is a number that a spreadsheet has shortened/],
			[4.479, /is not one/],
			[Number.NaN, /NaN is not one/],
			['n/a', /takes a phone number; "n\/a" is not one/],
			['12', /is not one/],
			[true, /is not one/],
		],
	},
	integer: {
		field: 'seats',
		takes: [
			[5, 5],
			['5', 5],
			[' 1,250 ', 1250],
			['\u200b1\u202f250\u200f', 1250],
			['5.0', 5],
			['1.250.000', 1250000],
			[[5], 5],
			['-3', -3],
			[2147483647, 2147483647],
			[-2147483648, -2147483648],
			[0, 0],
			['0', 0],
		],
		refuses: [
			[5.5, /takes whole numbers, not 5\.5/],
			['5.5', /takes whole numbers/],
			[0.25, /not 0\.25\. Give a whole number; fractions need a field of the type Decimal\.$/],
			['12.000', /"12\.000" may be read in two ways\. Write 12 or 12000\./],
			['-3.000', /Write -3 or -3000\./],
			['1.234', /Write 1234 if that is meant; 1\.234 is not a whole number\./],
			[2147483648, /from -2,147,483,648 to 2,147,483,647/],
			['five', /takes a number; "five" is not one/],
			[true, /is not one/],
			['$5', /is not one/],
			[Number.NaN, /NaN/],
			[Number.POSITIVE_INFINITY, /Infinity/],
		],
	},
	decimal: {
		field: 'weight',
		takes: [
			[0.1, 0.1],
			['1,000.50', 1000.5],
			['1.250', 1.25],
			['1.250.000', 1250000],
			['1.250,50', 1250.5],
			['1 000,50', 1000.5],
			['1\u202f000,50', 1000.5],
			["1'000.50", 1000.5],
			['−5', -5],
			['1e3', 1000],
			['.5', 0.5],
		],
		refuses: [
			['1,25', /"1,25" may be read in two ways\. Write 1\.25 or 125\./],
			['0,500', /Write 0\.500 or 500\./],
			['1 000,500', /Write 1000\.500 or 1000500\./],
			['12,34', /may be read in two ways/],
			['1,00,000', /is not one/],
			['(5)', /is not one/],
			['50%', /is not one/],
			['12345678901234567890', /more digits than can be sent/],
			['0.12345678901234567890', /more digits than can be sent/],
			[2 ** 53, /is too large to keep all its digits/],
		],
	},
	money: {
		field: 'amount',
		takes: [
			[320.81, 320.81],
			['$1,250', 1250],
			['1,000.50', 1000.5],
			['USD 1,000.50', 1000.5],
			['1,000.50 USD', 1000.5],
			['US$5', 5],
			['-$5', -5],
			['$-5', -5],
			['($1,250)', -1250],
			['(1,250)', -1250],
			[{ currency: 'USD', symbol: '$', amount: 320.81 }, 320.81],
			[{ amount: '320.81' }, 320.81],
			[1.234, 1.234],
			['0.125', 0.125],
			['.125', 0.125],
			['1,234.500', 1234.5],
			['1.234,5', 1234.5],
			['1234.500', 1234.5],
			['1.2340', 1.234],
		],
		refuses: [
			['€5', /"Amount" is kept in USD, not in €/],
			['5 EUR', /kept in USD, not in EUR/],
			[{ currency: 'EUR', amount: 5 }, /kept in USD, not in EUR/],
			['$1,25', /may be read in two ways/],
			['1.234 $', /"1\.234 \$" may be read in two ways\. Write 1\.2340 or 1234\./],
			['\u00a0$1.234\u200f', /Write 1\.2340 or 1234\./],
			['-3.000', /Write -3 or -3000\./],
			['$−12.500', /Write -12\.5 or -12500\./],
			['(1.250)', /Write -1\.25 or -1250\./],
			['1.000 USD', /Write 1 or 1000\./],
			[{ amount: '1.000' }, /Write 1 or 1000\./],
			['$', /is not one/],
			['(-5)', /is not one/],
			[{ currency: 'USD' }, /is not one/],
		],
	},
	rating: {
		field: 'score',
		takes: [
			[5, 5],
			['3', 3],
			['5 - high', 5],
			['1 - Low', 1],
			[{ id: 'x', code: '4', name: '4' }, 4],
		],
		refuses: [
			[6, /takes a rating from 1 to 5, not 6/],
			[0, /from 1 to 5/],
			[4.5, /from 1 to 5/],
			['good', /from 1 to 5/],
		],
	},
	date: {
		field: 'due',
		takes: [
			['2026-03-04', '2026-03-04'],
			['2026/3/4', '2026-03-04'],
			['\u200e2026\u200e-03-\u200f04', '2026-03-04'],
			// Read in one way only: there is no thirteenth month, and both readings are the same day.
			['31/12/2026', '2026-12-31'],
			['12/31/2026', '2026-12-31'],
			['13.4.2026', '2026-04-13'],
			['05-05-2026', '2026-05-05'],
			['1/15/2026 14:05', '2026-01-15'],
			['2026-03-04 23:30', '2026-03-04'],
			// In Chicago it is the day before for six hours more.
			['2026-03-04T23:30:00-08:00', '2026-03-05'],
			['2026-03-04T05:59:59Z', '2026-03-03'],
			['2026-03-04T06:00:00Z', '2026-03-04'],
			[46085, '2026-03-04'],
			['46085', '2026-03-04'],
			[46085.75, '2026-03-04'],
			[7306, '1920-01-01'],
			[73415, '2100-12-31'],
			[new Date('2026-03-04T05:59:59Z'), '2026-03-03'],
			[n8nTime('2026-03-04T06:59:59.000+01:00'), '2026-03-03'],
			[[n8nTime('2026-03-04T07:00:00.000+01:00')], '2026-03-04'],
		],
		refuses: [
			[
				'03/04/2026',
				/may be read in two ways\. Write it with the year first: 2026-03-04 or 2026-04-03\./,
			],
			['31/04/2026', /is not a day in the calendar/],
			['13/13/2026', /is not a day in the calendar/],
			['31/12/26', /is not one/],
			['31/12/2026 at noon', /is not one\. Write it with the year first: 2026-12-31\./],
			['9999-12-31T23:30:00-12:00', /is not a day in the calendar/],
			['2026-02-30', /is not a day in the calendar/],
			['2026-13-01', /is not a day in the calendar/],
			['0026-03-04', /is not a day in the calendar/],
			['tomorrow', /takes a date; "tomorrow" is not one/],
			[2026, /is not one/],
			[20260304, /Write it as 2026-03-04/],
			[1772600000000, /Unix timestamp, give 2026-03-04T.*fromMillis\(1772600000000\)/],
			[1772600000, /Unix timestamp, give 2026-03-04T.*fromMillis\(1772600000000\)/],
			[120260304, /Unix timestamp/],
			[7305, /is not one\. (?!If)/],
			[73416, /is not one\. (?!If)/],
			['2026-03-04T10:60', /is not a time of day/],
			['2026-03-04T10:00:60', /is not a time of day/],
			['2026-03-04T10:00+05:60', /has an invalid UTC offset/],
			['2026-03-04T10:00+16:00', /has an invalid UTC offset/],
			[true, /is not one/],
			[{}, /is not one/],
			[new Date(Number.NaN), /is not one/],
		],
	},
	datetime: {
		field: 'call',
		takes: [
			['2026-03-04T15:45', '2026-03-04T15:45:00-06:00'],
			['2026-03-04 15:45:30', '2026-03-04T15:45:30-06:00'],
			['2026.3.4 15:45', '2026-03-04T15:45:00-06:00'],
			['2026-07-04T15:45', '2026-07-04T15:45:00-05:00'],
			['2026-03-04', '2026-03-04T00:00:00-06:00'],
			// The clock goes from 02:00 to 03:00 on this day.
			['2026-03-08T01:59:30', '2026-03-08T01:59:30-06:00'],
			['2026-03-08T03:30', '2026-03-08T03:30:00-05:00'],
			['2026-03-04T15:45+15:00', '2026-03-04T15:45:00+15:00'],
			['31/12/2026', '2026-12-31T00:00:00-06:00'],
			['1/15/2026 14:05', '2026-01-15T14:05:00-06:00'],
			['15.1.2026, 14:05:30', '2026-01-15T14:05:30-06:00'],
			['1/15/2026 2:05 PM', '2026-01-15T14:05:00-06:00'],
			['1/15/2026, 12:05:09 a.m.', '2026-01-15T00:05:09-06:00'],
			['1/15/2026T14:05+01:00', '2026-01-15T14:05:00+01:00'],
			['2026-03-04T15:45:00Z', '2026-03-04T15:45:00Z'],
			['2026-03-04t15:45:00z', '2026-03-04T15:45:00Z'],
			['2026-03-04T15:45+0530', '2026-03-04T15:45:00+05:30'],
			['2026-03-31T12:27:20.152070-05:00', '2026-03-31T12:27:20.152070-05:00'],
			[46085.5, '2026-03-04T12:00:00-06:00'],
			[new Date('2026-03-04T15:45:00Z'), '2026-03-04T15:45:00.000Z'],
			[n8nTime('2026-03-04T15:45:00.000-06:00'), '2026-03-04T15:45:00.000-06:00'],
		],
		refuses: [
			['2026-03-04T25:00', /is not a time of day/],
			['2026-03-04T10:00+23:00', /has an invalid UTC offset/],
			[
				'03/04/2026 10:00',
				/may be read in two ways\. .* year first: 2026-03-04 10:00 or 2026-04-03 10:00\./,
			],
			['3/4/2026, 2:05 PM', /year first: 2026-03-04 14:05 or 2026-04-03 14:05\./],
			['1/15/2026 at noon', /is not one\. .* year first: 2026-01-15\./],
			['1/15/2026 14:05 PST', /is not one\. .* year first: 2026-01-15 14:05\./],
			['3/4/2026 14.05', /year first: 2026-03-04 14:05 or 2026-04-03 14:05\./],
			['2026-01-15 2:05 PM', /is not one\. Write it like 2026-01-15 14:05\.$/],
			['2026-01-15 at noon', /is not one\. Write it like 2026-01-15\.$/],
			['1/15/2026 25:00 pm', /year first: 2026-01-15\./],
			['1/15/2026 24:00', /year first: 2026-01-15\./],
			['10:00', /takes a date and time; "10:00" is not one/],
			[99, /is not one/],
		],
	},
	checkbox: {
		field: 'active',
		takes: [
			[true, true],
			[false, false],
			['Yes', true],
			['no', false],
			['TRUE', true],
			[' off ', false],
			['on', true],
			[1, true],
			['0', false],
		],
		refuses: [
			['maybe', /takes yes or no, not "maybe"/],
			[2, /takes yes or no, not 2/],
		],
	},
	yesnomaybe: {
		field: 'likes',
		takes: [
			['Yes', { id: idOf('likes', 'Yes') }],
			['maybe', { id: idOf('likes', 'Maybe') }],
			[true, { id: idOf('likes', 'Yes') }],
			[0, { id: idOf('likes', 'No') }],
			['on', { id: idOf('likes', 'Yes') }],
		],
		refuses: [['perhaps', /"Likes" has no option "perhaps"\. .*choose one of Yes, No, Maybe\./]],
	},
	dropdown: {
		field: 'region',
		takes: [
			['North', { id: idOf('region', 'North') }],
			['  nORTH ', { id: idOf('region', 'North') }],
			[['South'], { id: idOf('region', 'South') }],
			[idOf('region', 'West'), { id: idOf('region', 'West') }],
			[{ id: idOf('region', 'West'), name: 'renamed' }, { id: idOf('region', 'West') }],
			[{ id: idOf('region', 'West'), name: 'East' }, { id: idOf('region', 'West') }],
			[{ id: uuid(1), name: 'west' }, { id: idOf('region', 'West') }],
			[{ name: 'East' }, { id: idOf('region', 'East') }],
		],
		refuses: [
			['Nrth', /^"Region" has no option "Nrth"\. Choose one of North, South, East, West\.$/],
			['wset', /Choose one of West, North, South, East\./],
			[['North', 'South'], /takes one value; 2 were given/],
			['North, South', /has no option "North, South"/],
			[uuid(1), /has no option/],
			[{ foo: 1 }, /has no option/],
		],
	},
	radio: {
		field: 'size',
		takes: [['small', { id: idOf('size', 'Small') }]],
		refuses: [['medium', /has no option/]],
	},
	status: {
		field: 'state',
		takes: [
			['won', { id: idOf('state', 'Won') }],
			['open', { id: idOf('state', 'Open') }],
		],
		refuses: [['lost', /has no option/]],
	},
	choices: {
		field: 'choice',
		takes: [['RED', { id: idOf('choice', 'Red') }]],
		refuses: [['Blue', /has no option/]],
	},
	selector: {
		field: 'pick',
		takes: [['first', { id: idOf('pick', 'First') }]],
		refuses: [['third', /has no option/]],
	},
	checkboxes: {
		field: 'interests',
		takes: [
			['Ships', [{ id: idOf('interests', 'Ships') }]],
			['ships, cars', [{ id: idOf('interests', 'Ships') }, { id: idOf('interests', 'Cars') }]],
			[['Ships', 'SHIPS', '', null], [{ id: idOf('interests', 'Ships') }]],
			['Bread, Butter', [{ id: idOf('interests', 'Bread, Butter') }]],
			[
				'Cars, bread,butter, Ships,',
				[
					{ id: idOf('interests', 'Cars') },
					{ id: idOf('interests', 'Bread, Butter') },
					{ id: idOf('interests', 'Ships') },
				],
			],
			['["Trains"]', [{ id: idOf('interests', 'Trains') }]],
			['Ships; Cars', [{ id: idOf('interests', 'Ships') }, { id: idOf('interests', 'Cars') }]],
			[['Ships; Cars'], [{ id: idOf('interests', 'Ships') }, { id: idOf('interests', 'Cars') }]],
			[
				'Ships\r\nbread, BUTTER\u00a0;Cars，Trains\n',
				[
					{ id: idOf('interests', 'Ships') },
					{ id: idOf('interests', 'Bread, Butter') },
					{ id: idOf('interests', 'Cars') },
					{ id: idOf('interests', 'Trains') },
				],
			],
			['Bread,\nButter', [{ id: idOf('interests', 'Bread, Butter') }]],
			[
				[{ id: idOf('interests', 'Cars'), code: '', name: 'Cars' }],
				[{ id: idOf('interests', 'Cars') }],
			],
		],
		refuses: [
			['Ships, Planes', /has no option "Planes"/],
			['Ships; Planes', /has no option "Planes"/],
			[
				'Ships | Cars',
				/has no option "Ships \| Cars".* Separate several with commas, semicolons or line breaks\.$/,
			],
			[[['Ships']], /has no option/],
		],
	},
	dynamictags: {
		field: 'tags',
		takes: [
			['VIP', [{ id: VIP }]],
			['VIP, Late', [{ id: VIP }, { id: LATE }]],
			['VIP; Late', [{ id: VIP }, { id: LATE }]],
			['VIP\nLate', [{ id: VIP }, { id: LATE }]],
			['Late, but Paid', [{ id: LATE_BUT_PAID }]],
			['VIP; Late, but Paid', [{ id: VIP }, { id: LATE_BUT_PAID }]],
			[
				['VIP', { id: LATE, name: 'Late' }],
				[{ id: VIP }, { id: LATE }],
			],
			[uuid(5), [{ id: uuid(5) }]],
		],
		refuses: [
			['Nobody', /"Tags": Kizen has no tag called "Nobody"\. Choose a tag[^;]*$/],
			['VIP/Late', /no tag called "VIP\/Late".* Separate several with commas, semicolons or line/],
		],
	},
	relationship: {
		field: 'company',
		takes: [
			['Acme', { id: ACME }],
			['Acme, Inc.', { id: ACME_INC }],
			[ACME, { id: ACME }],
			[{ id: ACME, name: 'Acme' }, { id: ACME }],
			[{ name: 'Acme' }, { id: ACME }],
		],
		refuses: [
			[
				'Twin',
				/more than one Company called "Twin"\. Give the ID of one, or what only one of them has, such as an email\. They are: Twin \(a\), Twin \(b\)\./,
			],
			['Acne', /Kizen has no Company called "Acne"\. Did you mean "Acme"\?/],
			[true, /takes a Company; true does not say which/],
			[{ foo: 1 }, /does not say which/],
			[{ summarized: true, count: 140 }, /was given only the number of its records/],
		],
	},
	team_selector: {
		field: 'helper',
		takes: [
			['ada@example.com', ADA],
			['Ada Lovelace', ADA],
			[ADA, ADA],
			[{ id: ADA, name: 'Ada Lovelace' }, ADA],
			[{ first_name: 'Ada', last_name: 'Lovelace' }, ADA],
		],
		refuses: [['Bob', /"Helper": Kizen has no team member called "Bob"/]],
	},
	timezone: {
		field: 'zone',
		takes: [
			['America/Chicago', 'America/Chicago'],
			['america/new york', 'America/New_York'],
			['america/new_york', 'America/New_York'],
			['Europe/Berlin', 'Europe/Berlin'],
			['europe/berlin', 'Europe/Berlin'],
		],
		refuses: [
			['Atlantis', /takes a time zone; "Atlantis" is not one/],
			['+05:00', /is not one/],
			[5, /is not one/],
		],
	},
	files: {
		field: 'papers',
		takes: [
			[uuid(6), [{ id: uuid(6) }]],
			[`${uuid(6)}, ${uuid(7)}`, [{ id: uuid(6) }, { id: uuid(7) }]],
			[`${uuid(6)};\n${uuid(7)}`, [{ id: uuid(6) }, { id: uuid(7) }]],
			[[{ id: uuid(6), name: 'a.pdf' }], [{ id: uuid(6) }]],
		],
		refuses: [['https://example.com/a.pdf', /takes files that are in Kizen already/]],
	},
};

it('speaks of each of the 24 types', () => {
	expect(Object.keys(EACH_TYPE).sort()).toEqual(
		FIELD_TYPES.filter((type) => type !== 'other').sort(),
	);
	for (const [type, { field }] of Object.entries(EACH_TYPE)) {
		expect(DEALS.fields.find(({ name }) => name === field)?.type).toBe(type);
	}
});

describe.each(Object.entries(EACH_TYPE))('a %s field', (_, { field, takes, refuses }) => {
	it.each(takes)('takes %j and sends %j', (value, wire) => {
		expect(whyNot(field, value)).toBeUndefined();
		expect(sent(field, value)).toEqual(wire);
	});

	it.each(refuses)('refuses %j and says why', (value, why) => {
		expect(whyNot(field, value)).toMatch(why);
	});

	it('never says error, problem, failure or mistake', () => {
		for (const [value] of refuses) {
			expect(whyNot(field, value)).not.toMatch(/error|problem|failure|mistake/i);
		}
	});
});

describe('what is not settled about Kizen', () => {
	it('sends bare ids where Kizen takes those', () => {
		const bare = { formatOf: () => 'bare' as const };
		expect(sent('region', 'North', bare)).toBe(idOf('region', 'North'));
		expect(sent('interests', 'Ships', bare)).toEqual([idOf('interests', 'Ships')]);
		expect(sent('partners', ['Acme'], bare)).toEqual([ACME]);
		expect(sent('papers', uuid(6), bare)).toEqual([uuid(6)]);
		expect(sent('helper', ADA, { formatOf: () => 'object' as const })).toEqual({ id: ADA });
	});

	it('sends names where Kizen takes those, as far as they are known', () => {
		const names = { formatOf: () => 'name' as const };
		expect(sent('region', 'north', names)).toEqual({ name: 'North' });
		expect(sent('interests', [idOf('interests', 'Cars')], names)).toEqual([{ name: 'Cars' }]);
		expect(sent('company', 'Acme', names)).toEqual({ name: 'Acme' });
		expect(sent('company', { id: ACME, name: 'Acme' }, names)).toEqual({ name: 'Acme' });
		expect(sent('company', ACME, names)).toEqual({ id: ACME });
		expect(sent('papers', uuid(6), names)).toEqual([{ id: uuid(6) }]);
	});
});

describe('the name, which finds the record again', () => {
	it.each<Case>([
		[' \u200bBig  Deal\u00ad\r\n', 'Big  Deal'],
		['\ufeff\u2067Straße\u2069\u200d', 'Straße'],
		[['Big'], 'Big'],
		[4711, '4711'],
		['4E11', '4E11'],
	])('%j is sent as %j', (value, wire) => {
		expect(sent('name', value)).toBe(wire);
	});

	it.each<Refused>([
		[
			Number('1234567890123456789'),
			/takes text; the number 1234567890123456800 is too large to keep all its/,
		],
		['1.23457E+18', /"1\.23457E\+18", a number that a spreadsheet has shortened; its last digits/],
		['1,23457E+18\u00a0', /spreadsheet has shortened/],
	])('%j is refused', (value, why) => {
		expect(whyNot('name', value)).toMatch(why);
	});
});

describe('bounds that Kizen sets', () => {
	const schema = readSchema({}, [
		field('ten', 'Ten', 'rating', { rating: { min_value: 1, max_value: 10 } }),
		field('free', 'Free', 'rating'),
		field('named', 'Named', 'rating', { options: options(['Low', '1'], ['High', '2'], 'None') }),
		field('share', 'Share', 'decimal', { decimal_options: { min_value: 0, max_value: 100 } }),
		field('cash', 'Cash', 'money'),
	]);

	it('are kept', () => {
		expect(sent('ten', 10, {}, schema)).toBe(10);
		expect(whyNot('ten', 11, {}, schema)).toMatch(/from 1 to 10, not 11/);
		expect(sent('free', '10', {}, schema)).toBe(10);
		expect(sent('named', 'high', {}, schema)).toBe(2);
		expect(whyNot('named', 0, {}, schema)).toMatch(/from 1 to 2, not 0/);
		expect(sent('share', 100, {}, schema)).toBe(100);
		expect(sent('share', 0, {}, schema)).toBe(0);
		expect(whyNot('share', -0.5, {}, schema)).toMatch(/from 0 to 100, not -0\.5/);
		expect(whyNot('share', 100.5, {}, schema)).toMatch(/from 0 to 100, not 100\.5/);
	});

	it('do not hold for currencies that Kizen does not name', () => {
		expect(sent('cash', '€5', {}, schema)).toBe(5);
	});
});

it('quotes long values only in part', () => {
	expect(whyNot('seats', '😀'.repeat(5_000))).toMatch(new RegExp(`"${'😀'.repeat(60)}…"`, 'u'));
	expect(whyNot('region', { name: 'x'.repeat(5_000) })?.length).toBeLessThan(250);
});

it('tells once what is wrong with a value that was given several times', () => {
	expect(whyNot('interests', ['Nowhere', 'Nowhere'])?.match(/has no option/g)).toHaveLength(1);
});

it('does not dwell on a text of many commas, nor tell of every piece', () => {
	const pieces = Array.from({ length: 20_000 }, (_, n) => `x${n}`);
	const why = whyNot('interests', pieces.join(','));
	expect(why).toMatch(/has no option "x9".*was given 19990 more values that do not fit\.$/);
	expect(why?.match(/Separate several/g)).toHaveLength(1);
});
