import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { byName, runInEngine, type Result } from './engine';

/**
 * Each of Kizen's field types there and back: what a person gives, what Kizen holds then, and what
 * comes out, under each way in which Kizen may take and show references.
 */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const ENGAGEMENT = byName('engagement');

async function write(
	rows: IDataObject[],
	more: INodeParameters = {},
	onError?: 'continueRegularOutput',
): Promise<Result> {
	return await runInEngine({
		credential: kizen.credential,
		timezone: 'America/New_York',
		parameters: {
			operation: 'upsert',
			object: ENGAGEMENT,
			lookupValue: '={{ $json.name }}',
			specifyFields: 'json',
			jsonFields: '={{ $json.fields }}',
			returnAllFields: true,
			...more,
		},
		rows,
		node: { onError },
	});
}

const held = (name: string) => kizen.find('engagement', { name })?.values ?? {};
const idOf = (object: string, where: { name?: string; email?: string }) =>
	kizen.find(object, where)?.id;
const member = (email: string) => kizen.team.find((one) => one.email === email);
const fileIds = () => kizen.files.map(({ id }) => id);

type Sample = [
	type: string,
	field: string,
	given: () => unknown,
	held: () => unknown,
	out?: () => unknown,
];

/** `out` is what comes out, where it is not what Kizen holds. */
const SAMPLES: Sample[] = [
	['text', 'Subtitle', () => 'On the road', () => 'On the road'],
	['longtext', 'Notes', () => '# Title\n\n- a', () => '# Title\n\n- a'],
	['wysiwyg', 'Summary', () => 'Short', () => 'Short'],
	['email', 'Billing Email', () => ' billing@acme.example ', () => 'billing@acme.example'],
	['integer', 'Headcount', () => '12', () => 12],
	['decimal', 'Hours', () => '1,000.5', () => 1000.5],
	['money', 'Fee', () => '$1,250', () => 1250],
	['rating', 'Satisfaction', () => '4', () => 4],
	['date', 'Start Date', () => '2026-03-31', () => '2026-03-31'],
	['date', 'Start Date', () => 46112, () => '2026-03-31'],
	// In New York, where the workflow is at home, it is still the day before.
	['date', 'Start Date', () => '2026-04-01T03:30:00Z', () => '2026-03-31'],
	['date', 'Start Date', () => '2026-04-01T09:30:00+06:00', () => '2026-03-31'],
	[
		'datetime',
		'Kickoff At',
		() => '2026-03-31 14:00',
		() => '2026-03-31T18:00:00.000Z',
		() => expect.stringMatching(/^2026-03-31T13:00:00/),
	],
	[
		'datetime',
		'Kickoff At',
		() => '2026-03-31T14:00:00+02:00',
		() => '2026-03-31T12:00:00.000Z',
		() => expect.stringMatching(/^2026-03-31T07:00:00/),
	],
	['checkbox', 'Billable', () => 'yes', () => true],
	['checkbox', 'Billable', () => 0, () => false],
	['checkboxes', 'Services', () => 'audit, TAX', () => ['Audit', 'Tax']],
	['choices', 'Approach', () => 'on site', () => 'On Site'],
	['dropdown', 'Region', () => 'north', () => 'North'],
	['radio', 'Priority', () => 'HIGH', () => 'High'],
	['selector', 'Tier', () => 'gold', () => 'Gold'],
	['status', 'Health', () => 'at risk', () => 'At Risk'],
	['yesnomaybe', 'Renews', () => 'Maybe', () => expect.stringMatching(/maybe/i)],
	['dynamictags', 'Keywords', () => 'urgent,Cross-Border', () => ['Urgent', 'Cross-Border']],
	['dynamictags', 'Keywords', () => 'cross-BORDER;\nUrgent ', () => ['Cross-Border', 'Urgent']],
	['checkboxes', 'Services', () => 'Tax\r\naudit', () => ['Tax', 'Audit']],
	['text', 'Subtitle', () => ['On the road'], () => 'On the road'],
	[
		'relationship',
		'Company',
		() => 'Cascade Optics',
		() => idOf('companies_company', { name: 'Cascade Optics' }),
		() => ({ id: idOf('companies_company', { name: 'Cascade Optics' }), name: 'Cascade Optics' }),
	],
	[
		'relationship of several',
		'Attendees',
		() => ['ada.lovelace@example.com', 'grace.hopper@example.com'],
		() => [
			idOf('client_client', { email: 'ada.lovelace@example.com' }),
			idOf('client_client', { email: 'grace.hopper@example.com' }),
		],
		() => [
			expect.objectContaining({ name: 'Ada Lovelace' }),
			expect.objectContaining({ name: 'Grace Hopper' }),
		],
	],
	[
		'team_selector',
		'Lead Consultant',
		() => 'Maya Lindqvist',
		() => member('maya.lindqvist@northwind.example')?.id,
		() => ({ id: member('maya.lindqvist@northwind.example')?.id, name: 'Maya Lindqvist' }),
	],
	['phonenumber', 'Hotline', () => '+1 312 555 0100', () => '+13125550100'],
	['timezone', 'Local Time Zone', () => 'Europe/Berlin', () => 'Europe/Berlin'],
	[
		'files',
		'Attachments',
		() => [fileIds()[0]],
		() => [fileIds()[0]],
		() => [expect.objectContaining({ id: fileIds()[0] })],
	],
];

const nameOfField = (label: string) =>
	kizen.object('engagement').fields.find((field) => field.display_name === label)?.name ?? '?';

const REFERENCES: Array<Partial<Switches>> = [
	{},
	{ optionShapes: ['bare'], recordShapes: ['bare'], memberShapes: ['bare'], fileShapes: ['bare'] },
	{ optionShapes: ['id'], recordShapes: ['id'], memberShapes: ['id'], fileShapes: ['id'] },
	{ optionShapes: ['name'], recordShapes: ['name'], memberShapes: ['name'] },
];

describe.each(REFERENCES)('With references as %j', (switches) => {
	beforeEach(() => Object.assign(kizen.switches, switches));

	for (const [type, label, given, want, out] of SAMPLES) {
		it(`a value of type ${type} goes there and back (${label})`, async () => {
			const { json, error } = await write([
				{
					name: 'There and Back',
					fields: { 'Reference Number': 'R-1', [label]: given() as never },
				},
			]);
			expect(error).toBeUndefined();
			const field = nameOfField(label);
			expect(held('There and Back')[field]).toEqual(want());
			expect(json[0][field]).toEqual((out ?? want)());
		});
	}
});

const READING: Array<Partial<Switches>> = [
	{ decimals: 'string', moneyAmount: 'string' },
	{ ratingRead: 'option', timezoneRead: 'option' },
	{ valueShape: 'raw' },
	{ valueShape: 'nested' },
	{ valueShape: 'array' },
];

describe.each(READING)('However Kizen shows values: %j', (switches) => {
	it('they come out as the same plain values', async () => {
		const row = {
			name: 'Plain',
			fields: {
				'Reference Number': 'R-1',
				Hours: 12.5,
				Fee: 990,
				Satisfaction: 4,
				'Local Time Zone': 'Europe/Berlin',
				Region: 'North',
				Services: ['Audit'],
			},
		};
		const before = await write([row]);
		Object.assign(kizen.switches, switches);
		const after = await write([row]);
		const want = { ...before.json[0], action: 'updated', updated: expect.any(String) as string };
		const got = after.json[0];
		expect(want).toMatchObject({ hours: 12.5, fee: 990, fee_currency: 'USD', region: 'North' });
		expect(got).toEqual(want);
	});
});

it('A relation of more than 100 records is marked as summarized', async () => {
	const company = kizen.add('companies_company', { name: 'Crowded' });
	for (let n = 0; n < 101; n++) {
		kizen.add('client_client', { email: `c${n}@example.com`, company_primary: 'Crowded' });
	}
	const { json } = await runInEngine({
		credential: kizen.credential,
		parameters: {
			operation: 'upsert',
			object: byName('companies_company'),
			lookupValue: 'Crowded',
			specifyFields: 'json',
			jsonFields: '{ "Employees": 3 }',
			returnAllFields: true,
		},
		rows: [{}],
	});
	expect(json[0].id).toBe(company.id);
	expect(json[0].primary_contacts).toEqual({ summarized: true, count: 101 });
});

describe('Costs', () => {
	const upserts = () => kizen.log.filter(({ path }) => path.endsWith('/upsert'));

	it('the form of references is learned once per run', async () => {
		Object.assign(kizen.switches, { optionShapes: ['bare'], recordShapes: ['bare'] });
		const rows = Array.from({ length: 30 }, (_, n) => ({
			name: `Row ${n}`,
			fields: { 'Reference Number': 'R', Region: 'North', Company: 'Cascade Optics' },
		}));
		await write(rows, { options: { maxParallel: 1 } });
		// Rows under way at the beginning may all meet it; none that comes after the first answer.
		const refused = upserts().map(({ status }) => status === 400);
		expect(refused.lastIndexOf(true)).toBeLessThan(refused.indexOf(false) + 4);
		expect(upserts().length).toBeLessThanOrEqual(34);
	});

	it('a reference that Kizen takes in no form is sent once in each, and fails its row alone', async () => {
		kizen.switches.recordShapes = [];
		const row = (name: string, fields: IDataObject) => ({
			name,
			fields: { 'Reference Number': 'R', ...fields },
		});
		const { json } = await write(
			[row('Refers', { Company: 'Cascade Optics' }), row('Does Not', { Region: 'North' })],
			{},
			'continueRegularOutput',
		);
		expect(json).toMatchObject([
			{ action: 'failed', error: expect.stringMatching(/"Company"/) },
			{ action: 'created' },
		]);
		expect(upserts().filter(({ status }) => status === 400)).toHaveLength(3);
	});

	it('a reference that Kizen rejects in the form that it took before is not sent in another one', async () => {
		const row = (name: string) => ({
			name,
			fields: { Company: 'Cascade Optics', 'Reference Number': 'R' },
		});
		kizen.faults.queue.push({
			match: { path: '/upsert', contains: 'Second' },
			fault: { kind: 'status', status: 400, body: { fields: [{ value: ['Not this one.'] }] } },
			times: 9,
		});
		const { json } = await write(
			[row('First'), row('Second')],
			{ options: { maxParallel: 1 } },
			'continueRegularOutput',
		);
		expect(json).toMatchObject([
			{ action: 'created' },
			{ action: 'failed', error: expect.stringMatching(/"Company": Not this one/) },
		]);
		expect(upserts()).toHaveLength(2);
	});

	it('a name that occurs in many rows is looked up once', async () => {
		const rows = Array.from({ length: 30 }, (_, n) => ({
			name: `Row ${n}`,
			fields: {
				'Reference Number': 'R',
				Company: n % 2 ? 'Cascade Optics' : 'Fjord Shipping',
				'Lead Consultant': 'maya.lindqvist@northwind.example',
			},
		}));
		await write(rows);
		const reads = kizen.log.filter(({ path }) => !path.endsWith('/upsert')).map(({ path }) => path);
		expect(reads.filter((path) => path.endsWith('/search'))).toHaveLength(2);
		expect(reads.filter((path) => path.includes('/team'))).toHaveLength(1);
		// The object, and its fields by name and by ID.
		expect(reads).toHaveLength(6);
	});
});

it.each([
	["DateTime.fromISO('2026-04-01T03:30:00Z', { zone: 'utc' })", '2026-03-31'],
	["DateTime.fromISO('2026-04-01T12:30:00', { zone: 'Asia/Tokyo' })", '2026-03-31'],
	["new Date('2026-04-01T03:30:00Z')", '2026-03-31'],
	["'2026-04-01T03:30:00Z'", '2026-03-31'],
	["'2026-04-01 03:30'", '2026-04-01'],
	["DateTime.fromISO('2026-04-01')", '2026-04-01'],
])('A moment is one day, in whatever form it is given: %s', async (moment, day) => {
	await write([{ name: 'Moment' }], {
		jsonFields: `={{ { "Reference Number": "R", "Start Date": ${moment} } }}`,
	});
	expect(held('Moment').start_date).toBe(day);
});

describe('Names are found however they were typed', () => {
	it.each([
		['with two blanks', 'Cascade  Optics'],
		['with a no-break space', '\u00a0Cascade\u00a0Optics'],
		['with a zero-width space', 'Cas\u200bcade Optics'],
		['in capitals, with a line break', 'CASCADE\nOPTICS'],
		['in full-width letters', 'Ｃascade Ｏptics'],
	])('of a related record %s', async (_, typed) => {
		await write([{ name: 'Typed', fields: { 'Reference Number': 'R', Company: typed } }]);
		const { id } = kizen.find('companies_company', { name: 'Cascade Optics' }) ?? {};
		expect(held('Typed').company).toBe(id);
	});

	it.each([
		['two blanks', 'Zeppelin  Works'],
		['a no-break space', 'Zeppelin\u00a0Works'],
		['a zero-width space', 'Zeppelin\u200b Works'],
	])('where Kizen holds %s', async (_, name) => {
		const { id } = kizen.add('companies_company', { name });
		await write([{ name: 'Held', fields: { 'Reference Number': 'R', Company: 'zeppelin works' } }]);
		expect(held('Held').company).toBe(id);
	});

	it.each([
		['composed', 'NFC', 'NFD'],
		['decomposed', 'NFD', 'NFC'],
	])('where Kizen holds it %s and it was typed the other way', async (_, inKizen, typed) => {
		const name = 'Café Müller';
		const { id } = kizen.add('companies_company', { name: name.normalize(inKizen) });
		await write([
			{ name: 'Form', fields: { 'Reference Number': 'R', Company: name.normalize(typed) } },
		]);
		expect(held('Form').company).toBe(id);
	});

	it('of team members and tags', async () => {
		const fields = {
			'Reference Number': 'R',
			'Lead Consultant': 'maya\u00a0 LINDQVIST\u200e',
			Keywords: ['\u200burgent', 'CROSS -\u00a0Border'],
		};
		const { error } = await write([{ name: 'Team', fields }]);
		expect(error).toBeUndefined();
		expect(held('Team').lead).toBe(member('maya.lindqvist@northwind.example')?.id);
		expect(held('Team').keywords).toEqual(['Urgent', 'Cross-Border']);
	});

	it('but one that is written exactly so comes before those that resemble it', async () => {
		const twins = ['Twin  Peaks', 'Twin Peaks', 'TWIN PEAKS'].map((name) =>
			kizen.add('companies_company', { name }),
		);
		const rows = twins.map(({ identity }, n) => ({
			name: `Of Twin ${n}`,
			fields: { 'Reference Number': 'R', Company: identity },
		}));
		await write(rows);
		expect(rows.map(({ name }) => held(name).company)).toEqual(twins.map(({ id }) => id));
		const { json } = await write(
			[{ name: 'Unclear', fields: { 'Reference Number': 'R', Company: 'twin\u00a0peaks' } }],
			{},
			'continueRegularOutput',
		);
		expect(json[0].error).toMatch(/more than one Company called "twin\u00a0peaks"/);
	});

	it('and one on two pages of a search is one', async () => {
		const { id } = kizen.add('companies_company', { name: 'Paged Ltd' });
		const row = kizen.find('companies_company', { id });
		const page = { count: 2, next: 'https://example.com/?page=2', results: [row] };
		const record = { id, display_name: 'Paged Ltd', fields: {} };
		for (const next of [page.next, null]) {
			kizen.faults.queue.push({
				match: { path: '/search' },
				fault: { kind: 'status', status: 200, body: { ...page, next, results: [record] } },
			});
		}
		await write([{ name: 'Paged', fields: { 'Reference Number': 'R', Company: 'Paged Ltd' } }]);
		expect(held('Paged').company).toBe(id);
	});
});

describe('A name that can not be told', () => {
	it.each([
		[
			'Company',
			'Contoso',
			/"Company": Kizen has more than one Company called "Contoso"\. .* They are: Contoso \(created .*, owner Sam Rivera\), Contoso/,
		],
		['Company', 'Contosoo', /"Company": Kizen has no Company called "Contosoo"/],
		[
			'Lead Consultant',
			'Sam Rivera',
			/more than one team member called "Sam Rivera".*sam\.rivera/s,
		],
		['Keywords', 'Urgnt', /"Keywords": Kizen has no tag called "Urgnt"/],
	])('in %s is refused: %s', async (label, name, message) => {
		const { json } = await write(
			[{ name: 'Unclear', fields: { 'Reference Number': 'R', [label]: name } }],
			{},
			'continueRegularOutput',
		);
		expect(json[0].error).toMatch(message);
		expect(kizen.find('engagement', { name: 'Unclear' })).toBeUndefined();
	});
});

describe('Empty values', () => {
	const full = {
		'Reference Number': 'R',
		Headcount: 5,
		Billable: true,
		Services: 'Audit',
		Subtitle: 'S',
	};
	const empty = { Headcount: '\u00a0', Billable: null, Services: ' ', Subtitle: ' \u200b\n' };

	it('leave the field alone, and are never 0 or false', async () => {
		await write([{ name: 'Full', fields: full }]);
		await write([{ name: 'Full', fields: empty }]);
		expect(held('Full')).toMatchObject({
			headcount: 5,
			is_billable: true,
			services: ['Audit'],
			subtitle: 'S',
		});
	});

	it('clear the field when that is chosen', async () => {
		await write([{ name: 'Full', fields: full }]);
		await write([{ name: 'Full', fields: empty }], { options: { emptyValues: 'clear' } });
		const values = held('Full');
		for (const field of ['headcount', 'is_billable', 'services', 'subtitle']) {
			expect(values).not.toHaveProperty(field);
		}
	});
});

describe('Fields with several values', () => {
	it.each([
		['replace', ['Tax']],
		['add', ['Audit', 'Tax']],
		['remove', ['Audit']],
	])('%s what is there', async (multipleValues, want) => {
		const start = multipleValues === 'remove' ? ['Audit', 'Tax'] : ['Audit'];
		await write([{ name: 'Many', fields: { 'Reference Number': 'R', Services: start } }]);
		await write([{ name: 'Many', fields: { Services: 'Tax' } }], { options: { multipleValues } });
		expect(held('Many').services).toEqual(want);
	});
});

describe('The mapper', () => {
	const mapped = async (fields: IDataObject, row: IDataObject = {}, more: INodeParameters = {}) =>
		await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: ENGAGEMENT,
				lookupValue: 'Mapped',
				fields: {
					mappingMode: 'defineBelow',
					value: fields,
					schema: [],
					matchingColumns: [],
				} as never,
				...more,
			},
			rows: [row],
			node: { onError: 'continueRegularOutput' },
		});

	it('writes what was mapped, and nothing for what was left empty', async () => {
		const { json } = await mapped(
			{
				reference_number: '={{ $json.ref }}',
				headcount: null,
				is_billable: null,
				region: 'North',
				hours: '',
			},
			{ ref: 'R-7' },
		);
		expect(json[0]).toMatchObject({ action: 'created' });
		const byKizen = ['created', 'updated', 'owner', 'display_name'];
		const written = Object.entries(held('Mapped')).filter(([name]) => !byKizen.includes(name));
		expect(Object.fromEntries(written)).toEqual({
			name: 'Mapped',
			reference_number: 'R-7',
			region: 'North',
		});
	});

	it("finds the fields by the input's keys, by label or API name, whatever their case and spacing", async () => {
		const { json, hints } = await mapped(
			{},
			{ 'reference  NUMBER': 'R-9', REGION: 'south', head_count: 3, headcount: 4, junk: 'x' },
			{
				fields: { mappingMode: 'autoMapInputData', value: null } as never,
				options: { unknownFields: 'ignore' },
			},
		);
		expect(json[0]).toMatchObject({ action: 'created' });
		expect(held('Mapped')).toMatchObject({
			reference_number: 'R-9',
			region: 'South',
			headcount: 4,
		});
		expect(hints.at(-1)?.message).toMatch(/"head_count", "junk"/);
	});

	it('finds a column whatever its punctuation, and fails nothing for an empty one', async () => {
		const { json, hints } = await mapped(
			{},
			{
				'Reference-Number*': 'R-9',
				HEAD_COUNT: '3',
				'start.date': '2026-03-31',
				'Billing E-Mail': ' billing@acme.example ',
				'Email consent': '',
				Comment: ' \u00a0',
			},
			{ fields: { mappingMode: 'autoMapInputData', value: null } as never },
		);
		expect(json[0]).toMatchObject({ action: 'created' });
		expect(held('Mapped')).toMatchObject({
			reference_number: 'R-9',
			headcount: 3,
			start_date: '2026-03-31',
			billing_email: 'billing@acme.example',
		});
		expect(hints).toHaveLength(1);
	});

	it.each(['non_field_errors', 'keyed'] as const)(
		'names the required field that the row lacks, however Kizen says so: %s',
		async (missingRequired) => {
			kizen.switches.missingRequired = missingRequired;
			const { error } = await write([{ name: 'New', fields: { Headcount: 3 } }]);
			expect(error?.message).toMatch(/^This row has no value for "Reference Number"\. /);
		},
	);

	it.each([
		[
			'Company',
			'Nobody Ltd',
			/no Company called "Nobody Ltd"\. Check the name, or create the Company/,
		],
		['Lead Consultant', 'Nobody', /no team member called "Nobody"\. Enter the email or full name/],
		['Keywords', 'Nobody', /no tag called "Nobody"\. Choose a tag that Kizen has/],
	])('says what to do about an unknown %s', async (field, value, message) => {
		const { error } = await write([
			{ name: 'New', fields: { 'Reference Number': 'R', [field]: value } },
		]);
		expect(error?.message).toMatch(message);
		expect(error?.message).not.toMatch(/\bID\b/);
	});

	const AUTOMATIC = { fields: { mappingMode: 'autoMapInputData', value: null } as never };

	it('finds the email in a column of another punctuation, and keeps rows about it in order', async () => {
		kizen.faults.latencyMs = { min: 0, max: 20 };
		const rows = ['New@Example.com', ' new@example.com', 'NEW@example.com\u200b'].map(
			(email, n) => ({ '\ufeffE-Mail:': email, 'First-Name': `N${n}`, Unknown: '' }),
		);
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'add',
				object: byName('client_client'),
				...AUTOMATIC,
			},
			rows,
			node: { onError: 'continueRegularOutput' },
		});
		expect(json.map(({ action }) => action)).toEqual(['created', 'failed', 'failed']);
		expect(json[1].error).toMatch(/this email already exists \(sent: "new@example.com"\)/);
		expect(kizen.find('client_client', { email: 'New@Example.com' })?.values).toMatchObject({
			first_name: 'N0',
		});
	});

	it('leaves out a column that Kizen does not have, and names it in the hint', async () => {
		const row = { 'Reference Number': 'R-9', 'Email consent': 'yes', constructor: 'x' };
		const { json, hints } = await mapped({}, row, AUTOMATIC);
		expect(json[0]).toMatchObject({ action: 'created', reference_number: 'R-9' });
		expect(hints[1].message).toMatch(/^Left out .*: "Email consent", "constructor"\.$/);
	});

	it('fails a column that looks like a misspelled field, with the suggestion', async () => {
		const { json } = await mapped({}, { 'Reference Number': 'R-9', Regoin: 'North' }, AUTOMATIC);
		expect(json[0].error).toMatch(/^Kizen has no field "Regoin"\. Did you mean "Region"\?/);
	});

	it('fails a column that Kizen does not have with Stop, and says what leaves it out', async () => {
		const { json } = await mapped(
			{},
			{ 'Reference Number': 'R-9', 'Email consent': 'yes' },
			{ ...AUTOMATIC, options: { unknownFields: 'stop' } },
		);
		expect(json[0].error).toBe(
			`Kizen has no field "Email consent". To leave out all columns that Kizen does not have, set 'Unknown Columns' under Options to Ignore. (Mapped) [item 0]`,
		);
	});

	it('says that a field is gone since the workflow was built, by the name it had', async () => {
		kizen.changeField('engagement', 'region', { deleted: true });
		const fields = {
			mappingMode: 'defineBelow',
			value: { reference_number: 'R', region: 'North' },
			schema: [
				{
					id: 'region',
					displayName: 'Region',
					type: 'options',
					options: [{ name: 'North', value: 'North' }],
					required: false,
					display: true,
					defaultMatch: false,
				},
			],
		};
		const { json } = await mapped({}, {}, { fields: fields as never });
		expect(json[0].error).toMatch(
			/^Kizen no longer has the field "Region", which was there when the workflow was built\..*\[item 0\]$/,
		);
	});

	it('says that an option is gone since the workflow was built', async () => {
		kizen.changeField('engagement', 'region', { renamedOptions: { North: 'Far North' } });
		const { json } = await mapped({ reference_number: 'R', region: 'North' });
		expect(json[0].error).toMatch(/"Region" has no option "North"\..*Far North/);
	});
});

describe('Unusual schemas', () => {
	beforeEach(() => {
		kizen.addObject({
			name: 'oddity_Xy7',
			object_name: 'Oddities "quoted" 🐙',
			entity_name: 'Oddity',
			fields: [
				{ name: 'twin_a', display_name: 'Twin', field_type: 'text' },
				{ name: 'twin_b', display_name: 'Twin', field_type: 'text' },
				{ name: 'quoted', display_name: 'Say "hi"', field_type: 'text' },
				{ name: 'emoji', display_name: '🎉 Party', field_type: 'text' },
				{ name: 'rtl', display_name: 'שם פרטי', field_type: 'text' },
				{ name: 'mixed_Case', display_name: 'Mixed', field_type: 'text' },
				...Array.from({ length: 490 }, (_, n) => ({
					name: `f_${n}`,
					display_name: `Field ${n}`,
					field_type: 'text' as const,
				})),
			],
		});
	});

	const odd = async (fields: IDataObject) =>
		await write(
			[{ name: 'Odd', fields }],
			{ object: byName('oddity_Xy7') },
			'continueRegularOutput',
		);

	it('labels with quotes, emoji and right-to-left text, and API names in mixed case', async () => {
		const { json } = await odd({
			'say "hi"': 'a',
			'🎉 party': 'b',
			'שם פרטי': 'c',
			mixed_case: 'd',
			'Field 489': 'e',
		});
		expect(json[0]).toMatchObject({ action: 'created' });
		expect(kizen.find('oddity_Xy7', { name: 'Odd' })?.values).toMatchObject({
			quoted: 'a',
			emoji: 'b',
			rtl: 'c',
			mixed_Case: 'd',
			f_489: 'e',
		});
	});

	it('two fields of one label are told apart by API name, and refused by label', async () => {
		expect((await odd({ twin_a: '1', twin_b: '2' })).json[0]).toMatchObject({ action: 'created' });
		expect((await odd({ Twin: '1' })).json[0].error).toMatch(
			/^Kizen has 2 fields that "Twin" may mean\. Use the API name of one: twin_a, twin_b/,
		);
	});
});
