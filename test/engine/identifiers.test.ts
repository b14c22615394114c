import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { runInEngine, type Result } from './engine';

/**
 * The name or email that finds a record, as sheets and forms hand it over: with white space and
 * invisible characters at its ends. The embedded Kizen does not trim them.
 */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const CONTACTS = byName('client_client');
const COMPANIES = byName('companies_company');

const run = async (
	parameters: INodeParameters,
	rows: IDataObject[],
	onError?: 'continueRegularOutput',
): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		parameters: {
			lookupValue: '={{ $json.key }}',
			specifyFields: 'json',
			jsonFields: '={{ $json.fields ?? {} }}',
			...parameters,
		},
		rows,
		node: { onError },
	});

const emails = () =>
	kizen
		.all('client_client')
		.map(({ identity }) => identity)
		.filter((email) => /ada\.lovelace|babbage/i.test(email));

/** What clings to a cell that was copied, by what it is. */
const CLINGING: Array<[what: string, before: string, after: string]> = [
	['a space at the end', '', ' '],
	['spaces and tabs', ' \t', ' '],
	['no-break spaces', '\u00a0', '\u202f'],
	['line breaks', '\n', '\r\n'],
	['a byte-order mark', '\ufeff', ''],
	['zero-width characters', '\u200b', '\u200c\u200d\u2060'],
	['directional marks', '\u202a\u2067', '\u2069\u202c\u200e'],
	['a soft hyphen', '', '\u00ad'],
];

describe.each(CLINGING)('With %s', (_, before, after) => {
	const typed = (text: string) => `${before}${text}${after}`;

	it('Upsert finds the contact and makes no second one', async () => {
		const { json } = await run({ operation: 'upsert', object: CONTACTS }, [
			{ key: typed('ada.lovelace@EXAMPLE.com'), fields: { 'First Name': 'Ada B.' } },
			{ key: 'ada.lovelace@example.com', fields: { email: typed('ada.lovelace@example.com') } },
		]);
		expect(json.map(({ action }) => action)).toEqual(['updated', 'updated']);
		expect(emails().filter((email) => email.includes('ada'))).toEqual(['ada.lovelace@example.com']);
	});

	it('Upsert and Add find the archived record', async () => {
		const upserted = await run(
			{ operation: 'upsert', object: CONTACTS, oncreateUnarchive: 'unarchive' },
			[{ key: typed('charles.babbage@example.com') }],
		);
		expect(upserted.json[0]).toMatchObject({ action: 'unarchived' });
		const added = await run({ operation: 'add', object: COMPANIES, unarchive: 'unarchive' }, [
			{ fields: { Name: typed('Oldtown Press') } },
		]);
		expect(added.json[0]).toMatchObject({ action: 'unarchived', name: 'Oldtown Press' });
	});

	it('Add tells an active record from an archived one, however Kizen says that the name is taken', async () => {
		kizen.switches.conflictWording = 'as a duplicate';
		const { json } = await run(
			{ operation: 'add', object: COMPANIES },
			[
				{ fields: { Name: typed('blue heron LOGISTICS') } },
				{ fields: { Name: typed('oldtown PRESS') } },
			],
			'continueRegularOutput',
		);
		expect(json[0]).toMatchObject({ action: 'failed' });
		expect(json[0].error).not.toMatch(/archived/i);
		expect(json[1].error).toMatch(
			/^An archived record of "Companies" has the name "oldtown PRESS"\./,
		);
	});

	it('Look Up and operations on one record find it', async () => {
		const found = await run({ operation: 'lookUp', object: COMPANIES }, [
			{ key: typed('Lumen Studio') },
			{ key: typed('lumen STUDIO') },
		]);
		expect(found.json.map(({ name }) => name)).toEqual(['Lumen Studio', 'Lumen Studio']);
		const read = await run({ operation: 'get', object: COMPANIES, record: '={{ $json.key }}' }, [
			{ key: typed('Lumen Studio') },
		]);
		expect(read.json[0]).toMatchObject({ name: 'Lumen Studio' });
	});
});

describe('Rows about the same record', () => {
	it.each([
		['upsert', 'updated'],
		['add', 'failed'],
	])('keep their order whatever clings to the name: %s', async (operation, later) => {
		kizen.faults.latencyMs = { min: 0, max: 20 };
		const spelled = [
			'Étude Ltd',
			...CLINGING.map(([, before, after]) => `${before}étude LTD${after}`),
		];
		spelled.push('E\u0301tude Ltd');
		const rows = spelled.map((name, n) => ({ key: name, fields: { name, employees: n } }));
		const { json } = await run(
			{ operation, object: COMPANIES, options: { maxParallel: 16 } },
			rows,
			'continueRegularOutput',
		);
		// The last one has another Unicode form, which Kizen may take for another name.
		expect(json.map(({ action }) => action)).toEqual([
			'created',
			...CLINGING.map(() => later),
			'created',
		]);
		const writes = kizen.log.filter(({ path }) => path.endsWith(`/${operation}`));
		const order = writes.map(
			({ body }) => (body as { fields: Array<{ value: unknown }> }).fields.at(-1)?.value,
		);
		expect(order).toEqual(rows.map((_, n) => n));
		expect(writes.filter(({ status }) => status === 409)).toEqual([]);
	});
});

describe('A lookup value', () => {
	const said = async (key: unknown, object: INodeParameters['object'] = CONTACTS) => {
		const { json } = await run(
			{ operation: 'upsert', object, lookupValue: `={{ ${JSON.stringify(key)} }}` },
			[{}],
			'continueRegularOutput',
		);
		const { error, details } = json[0];
		return `${String(error)} ${(details as { description?: string } | undefined)?.description ?? ''}`;
	};

	it.each([
		['ada\u200b@example.com', /has a zero-width space \(U\+200B\) after "ada"/],
		['a\u00adda@example.com', /has a soft hyphen \(U\+00AD\) after "a"/],
		['ada@\u2067example.com', /has a directional mark \(U\+2067\) after "ada@"/],
		['ada @example.com', /has a space \(U\+0020\) after "ada"/],
	])('of a contact has nothing invisible inside: %j', async (key, message) => {
		expect(await said(key)).toMatch(/^'Lookup Value' takes one email address; /);
		expect(await said(key)).toMatch(message);
		expect(kizen.log.some(({ path }) => path.endsWith('/upsert'))).toBe(false);
	});

	it.each([
		[
			Number('1234567890123456789'),
			/^'Lookup Value' takes text; the number 1234567890123456800 is too large to keep all its digits\. \[item 0\] Give it as text, in quotes\./,
		],
		[
			'1.23457E+18',
			/^'Lookup Value' is "1\.23457E\+18", a number that a spreadsheet has shortened/,
		],
		[['a@b.co', 'b@b.co'], /^'Lookup Value' can't be /],
		[true, /^'Lookup Value' can't be "true"/],
		[' \u200b\u00a0', /^'Lookup Value' is empty/],
		[[], /^'Lookup Value' is empty/],
	])('that does not name one record is refused: %j', async (key, message) => {
		expect(await said(key, COMPANIES)).toMatch(message);
		expect(kizen.log.some(({ path }) => path.endsWith('/upsert'))).toBe(false);
	});

	it('may be a list with one entry, or a number', async () => {
		const { json } = await run({ operation: 'upsert', object: COMPANIES }, [
			{ key: ['Lumen Studio', ''] },
			{ key: 4711 },
		]);
		expect(json).toMatchObject([
			{ action: 'updated', name: 'Lumen Studio' },
			{ action: 'created', name: '4711' },
		]);
	});

	it('is right whether Kizen trims it or not', async () => {
		kizen.switches.surroundingSpace = 'trimmed';
		const { json } = await run({ operation: 'upsert', object: COMPANIES }, [
			{ key: '\u00a0Lumen Studio ' },
		]);
		expect(json[0]).toMatchObject({ action: 'updated' });
	});
});
