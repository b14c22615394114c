import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { byName, runInEngine, type Result } from './engine';

/**
 * Records go back in as they came out: read, changed and written with automatic mapping, with no node
 * between that fits them. Only what was changed is another value in Kizen afterwards.
 */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const run = async (parameters: INodeParameters, rows: IDataObject[] = [{}]): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		timezone: 'Asia/Tokyo',
		parameters: { record: '={{ $json.id }}', ...parameters },
		rows,
		node: { onError: 'continueRegularOutput' },
	});

const READ: Record<string, INodeParameters> = {
	search: { operation: 'search', returnAll: true },
	get: { operation: 'get' },
	lookUp: { operation: 'lookUp', lookupValue: '={{ $json.lookup }}' },
};

const WRITE: Record<string, INodeParameters> = {
	update: { operation: 'update' },
	upsert: { operation: 'upsert', lookupValue: '={{ $json.email || $json.name }}' },
};
const automatically = { fields: { mappingMode: 'autoMapInputData', value: null } as never };

/** What n8n keeps of items between two nodes. */
const stored = (items: IDataObject[]) => JSON.parse(JSON.stringify(items)) as IDataObject[];

async function read(object: string, how = 'search', id = '', lookup = ''): Promise<IDataObject[]> {
	const { json } = await run({ ...READ[how], object: byName(object) }, [{ id, lookup }]);
	return stored(json.filter((item) => id === '' || item.id === id));
}

async function write(
	object: string,
	items: IDataObject[],
	how = 'update',
	options: INodeParameters = {},
): Promise<Result> {
	return await run({ ...WRITE[how], ...automatically, object: byName(object), options }, items);
}

const idOf = (object: string, name: string) => kizen.find(object, { name })?.id ?? '';

/** A value for each of the 24 types that is easily spoilt, and another value to change it to. */
const VALUES: Record<string, { field: string; odd: () => unknown; change: () => unknown }> = {
	text: { field: 'subtitle', odd: () => '  [1, 2], {"a": true} ', change: () => '1e5' },
	longtext: { field: 'notes', odd: () => '\n# A\n\n- b, c;\t', change: () => ' x ' },
	wysiwyg: { field: 'summary', odd: () => '<p>1,250 &amp; "x"</p>', change: () => 'null' },
	email: {
		field: 'billing_email',
		odd: () => "O'Neil+tax@sub.example.co",
		change: () => 'a@b.example',
	},
	integer: { field: 'headcount', odd: () => -2_147_483_648, change: () => 0 },
	decimal: { field: 'hours', odd: () => 0.1 + 0.2, change: () => 1250.125 },
	money: { field: 'fee', odd: () => -1250.5, change: () => 0 },
	rating: { field: 'satisfaction', odd: () => 1, change: () => 5 },
	date: { field: 'start_date', odd: () => '2000-02-29', change: () => '1899-12-31' },
	datetime: {
		field: 'kickoff_at',
		odd: () => '2026-11-01T06:30:00.123Z',
		change: () => '2026-03-08T08:30:00.000Z',
	},
	checkbox: { field: 'is_billable', odd: () => false, change: () => true },
	checkboxes: { field: 'services', odd: () => ['Tax, VAT', 'Audit'], change: () => ['Tax'] },
	choices: { field: 'approach', odd: () => 'true', change: () => 'Remote' },
	dropdown: { field: 'region', odd: () => '2026', change: () => 'North' },
	radio: { field: 'priority', odd: () => 'Low, very', change: () => 'High' },
	selector: { field: 'tier', odd: () => 'gold', change: () => 'Gold' },
	status: { field: 'health', odd: () => 'On Track', change: () => 'At Risk' },
	yesnomaybe: { field: 'renews', odd: () => 'No', change: () => 'Maybe' },
	dynamictags: { field: 'keywords', odd: () => ['a, b', '2026'], change: () => ['Urgent'] },
	relationship: {
		field: 'company',
		odd: () => kizen.all('companies_company').filter((one) => one.identity === 'Contoso')[1].id,
		change: () => idOf('companies_company', 'Lumen Studio'),
	},
	'relationship of several': {
		field: 'attendees',
		odd: () => [idOf('client_client', 'Ada Lovelace'), idOf('client_client', 'Grace Hopper')],
		change: () => [idOf('client_client', 'Alan Turing')],
	},
	team_selector: {
		field: 'lead',
		odd: () => kizen.team.find(({ first_name }) => first_name === 'Maya')?.id,
		change: () => kizen.team[0].id,
	},
	phonenumber: {
		field: 'hotline',
		odd: () => '+12133734253x123',
		change: () => '+493012345678',
	},
	timezone: {
		field: 'local_time_zone',
		odd: () => 'US/Eastern',
		change: () => 'America/North_Dakota/Center',
	},
	files: {
		field: 'attachments',
		odd: () => kizen.files.slice(0, 2).map(({ id }) => id),
		change: () => [kizen.files[0].id],
	},
};

/** An engagement that holds all of these. */
function engagement(name: string) {
	kizen.changeField('engagement', 'services', { options: ['Audit', 'Tax', 'Tax, VAT'] });
	kizen.changeField('engagement', 'approach', { options: ['true', 'Remote'] });
	kizen.changeField('engagement', 'region', { options: ['North', '2026'] });
	kizen.changeField('engagement', 'priority', { options: ['Low, very', 'Low', 'High'] });
	kizen.changeField('engagement', 'tier', { options: ['Gold', 'gold'] });
	const values = Object.values(VALUES).map(({ field, odd }) => [field, odd()] as const);
	return kizen.add('engagement', {
		name,
		reference_number: '007',
		...Object.fromEntries(values),
	});
}

const valuesOf = (object: string, id: string) => {
	const values = kizen.find(object, { id })?.values ?? {};
	return Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'updated'));
};

const HOW_KIZEN_ANSWERS: Array<Partial<Switches>> = [
	{},
	{ valueShape: 'raw', decimals: 'string', moneyAmount: 'string' },
	{ valueShape: 'nested', ratingRead: 'option', timezoneRead: 'option' },
	{ valueShape: 'array', optionShapes: ['bare'], recordShapes: ['bare'], memberShapes: ['bare'] },
];

describe.each(HOW_KIZEN_ANSWERS)('With %j', (switches) => {
	it.each(
		Object.keys(READ).flatMap((reading) =>
			Object.keys(WRITE).map((writing) => [reading, writing] as const),
		),
	)(
		'what %s returns is written by %s, and nothing is another value then',
		async (reading, writing) => {
			const { id } = engagement('Round, and Round');
			Object.assign(kizen.switches, switches);
			const before = valuesOf('engagement', id);
			const items = await read('engagement', reading, id, 'Round, and Round');
			expect(items).toHaveLength(1);
			const { json, hints } = await write('engagement', items, writing);
			expect(json).toEqual([expect.objectContaining({ action: 'updated', id })]);
			expect(hints).toHaveLength(1);
			expect(valuesOf('engagement', id)).toEqual(before);
		},
	);

	it('what is changed in a value of each of the 24 types is written, and nothing else', async () => {
		const types = Object.entries(VALUES).map(([type, { field, change }]) => ({
			type,
			field,
			record: engagement(`With another ${type}`),
			other: kizen.add('engagement', { name: `Another ${type}`, [field]: change() }),
		}));
		Object.assign(kizen.switches, switches);
		const before = types.map(({ record }) => valuesOf('engagement', record.id));
		const found = new Map((await read('engagement')).map((item) => [item.id, item]));
		const rows = types.map(({ field, record, other }) => ({
			...found.get(record.id),
			[field]: found.get(other.id)?.[field],
		}));
		const { json } = await write('engagement', rows);
		expect(json.map(({ action, error }) => error ?? action)).toEqual(rows.map(() => 'updated'));
		for (const [n, { type, field, record, other }] of types.entries()) {
			const changed = { [field]: valuesOf('engagement', other.id)[field] };
			expect([type, valuesOf('engagement', record.id)]).toEqual([
				type,
				{ ...before[n], ...changed },
			]);
		}
	});
});

it.each(['client_client', 'companies_company', 'deals', 'engagement', 'tax_lot'])(
	'All records of %s are written as they were read',
	async (object) => {
		const before = kizen.all(object).map(({ id }) => valuesOf(object, id));
		const items = await read(object);
		expect(items.length).toBeGreaterThan(0);
		const { json } = await write(object, items);
		expect(json.map(({ action, error }) => error ?? action)).toEqual(items.map(() => 'updated'));
		expect(kizen.all(object).map(({ id }) => valuesOf(object, id))).toEqual(before);
	},
);

describe('A returned item', () => {
	const odd = (names: string[]) => {
		const fields = names.map((name) => ({ name, field_type: 'text' as const }));
		kizen.addObject({ name: 'odd', object_name: 'Odd', fields });
		const values = Object.fromEntries(names.map((name) => [name, `old ${name}`]));
		// Defined, where an assignment would set the prototype.
		return kizen.add('odd', { name: 'Odd One', ...values });
	};

	it('fills fields that are called like its own keys, and those called like their keys', async () => {
		const names = ['note', 'field_note', 'field_field_note', 'object', 'action', '__proto__'];
		const { id } = odd([...names, 'constructor']);
		const [item] = await read('odd');
		const rows = [{ ...item, field_note: 'new note', field_field_note: 'new field_note' }];
		for (const how of ['update', 'upsert']) {
			const { json, hints } = await write('odd', rows, how);
			expect(json[0]).toMatchObject({ action: 'updated', field_note: 'new note' });
			expect(hints).toHaveLength(1);
			expect(Object.entries(valuesOf('odd', id))).toEqual(
				expect.arrayContaining([
					['note', 'new note'],
					['field_note', 'new field_note'],
					['field_field_note', 'old field_field_note'],
					['object', 'old object'],
					['action', 'old action'],
					['__proto__', 'old __proto__'],
					['constructor', 'old constructor'],
				]),
			);
		}
	});

	it('has no currency of an amount that could be taken for another field', async () => {
		const label = 'Fee Currency';
		kizen.addField('engagement', { name: 'paid_in', display_name: label, field_type: 'text' });
		const { id } = kizen.add('engagement', { name: 'Paid', fee: 5, paid_in: 'shells' });
		const [item] = await read('engagement', 'get', id);
		expect(item).toMatchObject({ fee: 5, paid_in: 'shells' });
		const { json } = await write('engagement', [item]);
		expect(json[0]).toMatchObject({ action: 'updated', paid_in: 'shells' });
	});

	it('of a contact keeps its parts of the name', async () => {
		const [ada] = (await read('client_client')).filter(({ name }) => name === 'Ada Lovelace');
		const rows = [{ ...ada, name: 'Somebody Else', last_name: 'Byron' }];
		const { json } = await write('client_client', rows, 'upsert');
		expect(json[0]).toMatchObject({ action: 'updated', name: 'Ada Byron' });
	});

	it('leaves a relation alone that Kizen only counts', async () => {
		const { id } = kizen.add('companies_company', { name: 'Crowded' });
		for (let n = 0; n < 101; n++) {
			kizen.add('client_client', { email: `c${n}@example.com`, company_primary: id });
		}
		const [crowded] = await read('companies_company', 'get', id);
		expect(crowded.primary_contacts).toEqual({ summarized: true, count: 101 });
		const { json, hints } = await write('companies_company', [{ ...crowded, employees: 7 }]);
		expect(json[0]).toMatchObject({ action: 'updated', employees: 7 });
		expect(hints).toHaveLength(1);
		expect(valuesOf('companies_company', id).primary_contacts).toHaveLength(101);
	});

	it('leaves alone a team member who has left', async () => {
		const { id } = engagement('Of somebody who leaves');
		const maya = kizen.team.find(({ first_name }) => first_name === 'Maya');
		try {
			Object.assign(maya ?? {}, { deleted: true });
			const [item] = await read('engagement', 'get', id);
			expect(item.lead).toEqual({ id: maya?.id, name: 'Maya Lindqvist', deleted: true });
			const { json } = await write('engagement', [{ ...item, headcount: 7 }]);
			expect(json[0]).toMatchObject({ action: 'updated', headcount: 7 });
			expect(valuesOf('engagement', id).lead).toBe(maya?.id);
		} finally {
			Object.assign(maya ?? {}, { deleted: false });
		}
	});

	it('keeps the right one of two options with one label', async () => {
		const options = [1, 2].map((n) => ({
			id: `00000000-0000-4000-8000-00000000000${n}`,
			name: 'Twin',
		}));
		kizen.changeField('engagement', 'region', { options: ['North', ...options] });
		const { id } = kizen.add('engagement', { name: 'Odd', region: options[1].id });
		const [item] = await read('engagement', 'get', id);
		expect(item.region).toEqual(options[1]);
		const { json } = await write('engagement', [item]);
		expect(json[0]).toMatchObject({ action: 'updated', region: options[1] });
	});

	it('says that its stage was not written, which somebody may have changed', async () => {
		const [deal] = (await read('deals')).filter(({ stage }) => stage === 'Proposal');
		const { json, hints } = await write('deals', [{ ...deal, stage: 'Closed Won' }]);
		expect(json[0]).toMatchObject({ action: 'updated' });
		expect(hints.at(-1)?.message).toMatch(/^Left out .*: "stage"\.$/);
		expect(valuesOf('deals', String(deal.id)).stage).toBe('Proposal');
	});

	it('with chosen fields alone writes these, and empties what is emptied', async () => {
		const { id } = kizen.add('client_client', { first_name: 'Ada', mobile_phone: '+13125550100' });
		const selectedFields = ['email', 'first_name', 'mobile_phone', 'birthday'];
		const { json: items } = await run(
			{ ...READ.get, object: byName('client_client'), output: 'selected', selectedFields },
			[{ id }],
		);
		expect(items).toEqual([
			{
				action: 'found',
				id,
				email: null,
				first_name: 'Ada',
				mobile_phone: '+13125550100',
				birthday: null,
			},
		]);
		const rows = [{ ...items[0], mobile_phone: '' }];
		const { json } = await write('client_client', rows, 'update', { emptyValues: 'clear' });
		expect(json[0]).toMatchObject({ action: 'updated', id });
		expect(valuesOf('client_client', id)).not.toHaveProperty('mobile_phone');
		expect(valuesOf('client_client', id)).toMatchObject({ first_name: 'Ada' });
	});

	it('that failed may be corrected and written, with the keys of the failure in it', async () => {
		const [item] = (await read('engagement')).slice(-1);
		const wrong = { ...item, headcount: 'many' };
		const failed = await write('engagement', [wrong]);
		expect(failed.json[0]).toMatchObject({ action: 'failed', headcount: 'many' });
		const again = await write('engagement', [{ ...failed.json[0], headcount: 5 }]);
		expect(again.json[0]).toMatchObject({ action: 'updated', headcount: 5 });
		expect(again.hints).toHaveLength(1);
		// The error output has the action inside the details.
		const fromErrorOutput = { ...stored(failed.json)[0], action: undefined, headcount: 6 };
		const third = await write('engagement', stored([fromErrorOutput]));
		expect(third.json[0]).toMatchObject({ action: 'updated', headcount: 6 });
		expect(third.hints).toHaveLength(1);
	});

	it('of a move or a write goes in again as well', async () => {
		const id = idOf('deals', 'Fleet Leasing');
		const stage = byName('Closed Won');
		const moved = await run({ operation: 'moveToStage', object: byName('deals'), stage }, [{ id }]);
		expect(moved.json[0]).toMatchObject({ action: 'moved', previousStage: 'Proposal' });
		const { json } = await write('deals', stored(moved.json));
		expect(json[0]).toMatchObject({ action: 'updated', id });
		const twice = await write('deals', stored(json), 'upsert');
		expect(twice.json[0]).toMatchObject({ action: 'updated', id });
	});

	it('for a record that was not found is added as it is', async () => {
		for (const [object, lookup] of [
			['companies_company', 'Nova Ltd'],
			['client_client', 'nova@example.com'],
		]) {
			const { json: none } = await run(
				{ ...READ.lookUp, object: byName(object), ifNotFound: 'notFound' },
				[{ lookup }],
			);
			const added = await run({ operation: 'add', ...automatically, object: byName(object) }, none);
			expect(added.json[0]).toMatchObject({ action: 'created' });
			expect(kizen.all(object).at(-1)?.identity).toBe(lookup);
		}
	});

	it('does not hide a key that is misspelt', async () => {
		const [item] = (await read('engagement')).slice(-1);
		const { json } = await write('engagement', [{ ...item, head_cuont: 5 }]);
		expect(json[0].error).toMatch(/^Kizen has no field "head_cuont"/);
	});
});

describe('An item that this node did not return', () => {
	const engagementRow = { name: 'From a Sheet', reference_number: '1' };

	it('writes its columns though they are called like keys of the node', async () => {
		kizen.addField('engagement', { name: 'note', display_name: 'Note', field_type: 'text' });
		kizen.addField('engagement', { name: 'action', field_type: 'text' });
		const rows: IDataObject[] = [
			{ ...engagementRow, note: 'by API name', action: 'created', id: '17' },
			{ ...engagementRow, Note: 'by label' },
			{ ...engagementRow, field_note: 'by key' },
		];
		for (const row of rows) {
			const { json } = await write('engagement', [row], 'upsert');
			expect(json[0].error).toBeUndefined();
			const { id } = json[0];
			expect(valuesOf('engagement', String(id)).note).toBe(row.note ?? row.Note ?? row.field_note);
		}
	});

	it('may have keys of the node that are no fields: they are named in the hint', async () => {
		const row = { ...engagementRow, id: '17', object: 'x', error: '' };
		const { json, hints } = await write('engagement', [row], 'upsert');
		expect(json[0]).toMatchObject({ action: 'created' });
		expect(hints.at(-1)?.message).toMatch(/^Left out .*: "id", "object", "error"\.$/);
	});
});

it('A field is called by its key in JSON and among Selected Fields, too', async () => {
	kizen.addField('engagement', { name: 'note', display_name: 'Remark', field_type: 'text' });
	const { id } = engagement('By key');
	const object = byName('engagement');
	await run(
		{ ...WRITE.update, object, specifyFields: 'json', jsonFields: '{ "field_note": "Hello" }' },
		[{ id }],
	);
	const { json } = await run(
		{ ...READ.get, object, output: 'selected', selectedFields: '={{ "field_note" }}' },
		[{ id }],
	);
	expect(json).toEqual([{ action: 'found', id, field_note: 'Hello' }]);
});
