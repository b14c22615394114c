import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import capturedFields from '../../sandbox/kizen/captured/fields-raw.json';
import capturedContacts from '../../sandbox/kizen/captured/object-contacts.json';
import { at, client, valuesOf, type Send } from '../../sandbox/kizen/client';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen/index';
import { fieldTypeNames, type FieldTypeName } from '../../sandbox/kizen/model';

let kizen: EmbeddedKizen;
let send: Send;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => kizen.reset());
afterAll(() => kizen.stop());

const list = (body: unknown, path = 'results') => at(body, path) as unknown[];
const names = (body: unknown, path?: string) =>
	list(body, path).map((each) => at(each, 'name')) as string[];
const typesOf = (value: object) =>
	Object.fromEntries(Object.entries(value).map(([key, each]) => [key, kindOf(each)]));
const kindOf = (value: unknown) => (value === null ? 'null' : typeof value);

describe('Objects', () => {
	it('lists custom objects alone, unless custom_only is false', async () => {
		const custom = await send('GET /api/custom-objects');
		expect(names(custom.body)).not.toContain('client_client');
		const all = await send('GET /api/custom-objects?custom_only=false');
		expect(names(all.body)).toEqual(expect.arrayContaining(['client_client', 'deals']));
		expect(all.body).toMatchObject({ next: null, previous: null, access: { edit: true } });
	});

	it('does not list, and does not find, an object that the key may not see', async () => {
		const all = await send('GET /api/custom-objects?custom_only=false');
		expect(names(all.body)).not.toContain('payroll_run');
		expect((await send('GET /api/custom-objects/payroll_run')).status).toBe(404);
	});

	it('searches and orders objects', async () => {
		const found = await send('GET /api/custom-objects?custom_only=false&search=compan');
		expect(names(found.body)).toEqual(['companies_company']);
		const back = await send('GET /api/custom-objects?ordering=-object_name');
		const labels = list(back.body).map((each) => String(at(each, 'object_name')));
		expect(labels).toEqual([...labels].sort().reverse());
		const pipelines = await send('GET /api/custom-objects?object_type=pipeline');
		expect(names(pipelines.body)).toEqual(['deals']);
	});

	it('pages, with addresses of the next and the previous page', async () => {
		for (let n = 0; n < 250; n += 1) kizen.addObject({ name: `extra_${n}` });
		const first = await send('GET /api/custom-objects');
		expect(list(first.body)).toHaveLength(100);
		expect(at(first.body, 'next')).toMatch(/^http:\/\/127.*[?&]page=2/);
		const last = await send('GET /api/custom-objects?page=3');
		expect(at(last.body, 'next')).toBeNull();
		expect(at(last.body, 'previous')).toMatch(/page=2/);
		const large = await send('GET /api/custom-objects?page_size=5000');
		expect(list(large.body).length).toBe(at(large.body, 'count'));
		expect((await send('GET /api/custom-objects?page=9')).status).toBe(404);
	});

	it('answers an object by id and by api name alike', async () => {
		const { id } = kizen.object('client_client');
		const byName = await send('GET /api/custom-objects/client_client');
		const byId = await send(`GET /api/custom-objects/${id}`);
		expect(byName.body).toEqual(byId.body);
		expect(byName.body).toMatchObject({ id, entity_name: 'Contact', number_of_records: 30 });
	});

	it('keeps the case of api names', async () => {
		expect((await send('GET /api/custom-objects/employee_m7SZCzg3')).status).toBe(200);
		expect((await send('GET /api/custom-objects/employee_m7szczg3')).status).toBe(404);
	});
});

describe('Fields', () => {
	it('have the keys and kinds of values of a captured field', async () => {
		const { id, field } = kizen.object('engagement');
		const { body } = await send(`GET /api/custom-objects/${id}/fields`);
		const answered = (body as object[]).find((each) => at(each, 'id') === field('start_date').id);
		expect(typesOf(answered ?? {})).toMatchObject(typesOf(capturedFields[0]));
		const { properties } = capturedFields[0];
		expect(at(answered, 'properties')).toEqual(properties);
		expect(at(answered, 'access')).toEqual({ view: true, edit: true });
	});

	it('of contacts are the captured ones, ids, options and relations included', async () => {
		const { id } = kizen.object('client_client');
		const { body } = await send(`GET /api/custom-objects/${id}/fields`);
		for (const captured of capturedContacts.fields) {
			const answered = (body as object[]).find((each) => at(each, 'id') === captured.id);
			const { api_name: name, display_name, field_type, is_required, options } = captured;
			expect(answered).toMatchObject({ name, display_name, field_type, is_required });
			if (options) expect(at(answered, 'options')).toMatchObject(options);
			if (captured.relation) {
				const category = kizen.object('companies_company').fields[0].category;
				const relation = { ...captured.relation, related_category: category };
				expect(at(answered, 'relation')).toEqual(relation);
			}
		}
	});

	it('of engagements cover all 24 types, and read-only, hidden, deleted and required ones', () => {
		const { fields } = kizen.object('engagement');
		expect(new Set(fields.map((field) => field.field_type))).toEqual(new Set(fieldTypeNames));
		const has = (key: 'is_read_only' | 'is_hidden' | 'deleted' | 'is_required') =>
			fields.some((field) => field[key]);
		expect([has('is_read_only'), has('is_hidden'), has('deleted'), has('is_required')]).toEqual(
			Array(4).fill(true),
		);
	});

	it('are listed under the UUID alone, since nothing else is sure', async () => {
		expect((await send('GET /api/custom-objects/deals/fields')).status).toBe(404);
	});

	it('have categories', async () => {
		const { id, fields } = kizen.object('deals');
		const { body } = await send(`GET /api/custom-objects/${id}/categories`);
		expect(at(body, '0.id')).toBe(fields[0].category);
		expect(Object.keys((body as object[])[0])).toEqual(['id', 'name', 'order', 'meta']);
	});

	it('of tags are not inline; their tags are listed and searched apart', async () => {
		const engagement = kizen.object('engagement');
		const field = engagement.field('keywords');
		expect(field.options).toEqual([]);
		const path = `/api/pipelines/${engagement.id}/fields/${field.id}/tags`;
		const all = await send(`GET ${path}?ordering=name`);
		expect(names(all.body)).toEqual(['Cross-Border', 'Recurring', 'Urgent']);
		expect(names((await send(`GET ${path}?search=urg`)).body)).toEqual(['Urgent']);
		const contactField = kizen.object('client_client').field('tags').id;
		const contactTags = await send(`GET /api/client/fields/${contactField}/tags`);
		expect(names(contactTags.body)).toContain('VIP');
	});

	it('change under the client as an admin changes them', async () => {
		const { id } = kizen.object('deals');
		const before = kizen.object('deals').field('region');
		const north = before.options[0].id;
		kizen.changeField('deals', 'region', {
			name: 'sales_region',
			is_required: true,
			renamedOptions: { North: 'Nord' },
		});
		kizen.changeField('deals', 'next_step', { deleted: true });
		kizen.changeField('deals', 'reasons_lost', null);
		const { body } = await send(`GET /api/custom-objects/${id}/fields`);
		const fields = body as Array<Record<string, unknown>>;
		expect(fields.find(({ name }) => name === 'sales_region')).toMatchObject({
			id: before.id,
			is_required: true,
			allows_nulls: false,
			options: expect.arrayContaining([expect.objectContaining({ id: north, name: 'Nord' })]),
		});
		expect(fields.find(({ name }) => name === 'next_step')).toMatchObject({ deleted: true });
		expect(fields.some(({ name }) => name === 'reasons_lost')).toBe(false);
	});

	it('can be as odd as people make them', async () => {
		kizen.addObject({
			name: 'Odd_Ones',
			object_name: 'Odd "ones" 🧭',
			fields: [
				{ name: 'Twin_A', display_name: 'Twin', field_type: 'text' },
				{ name: 'twin_a', display_name: 'Twin', field_type: 'text' },
				{ name: 'rtl', display_name: 'שם <b>', field_type: 'text' },
				...Array.from({ length: 500 }, (_, n) => ({
					name: `f${n}`,
					display_name: `Field ${n}`,
					field_type: 'integer' as const,
				})),
			],
		});
		const { id } = kizen.object('Odd_Ones');
		const { body } = await send(`GET /api/custom-objects/${id}/fields`);
		expect(body).toHaveLength(508);
		const add = await send('POST /api/records/Odd_Ones/add', {
			fields: [
				{ name: 'name', value: 'x' },
				{ name: 'Twin_A', value: 'A' },
				{ name: 'twin_a', value: 'a' },
			],
		});
		expect(add.status).toBe(200);
		expect(kizen.find('Odd_Ones', { name: 'x' })?.values).toMatchObject({
			Twin_A: 'A',
			twin_a: 'a',
		});
	});
});

describe('The rest of the schema', () => {
	it('gives the stages of a pipeline, and none of another object', async () => {
		const { id, stages } = kizen.object('deals');
		const { body } = await send(`GET /api/pipelines/${id}/stages?ordering=order`);
		expect(body).toEqual(stages);
		expect(new Set(stages.map(({ status }) => status))).toEqual(
			new Set(['open', 'won', 'lost', 'disqualified']),
		);
		const { id: other } = kizen.object('engagement');
		expect((await send(`GET /api/pipelines/${other}/stages`)).status).toBe(404);
	});

	it('finds team members by name, two of one name among them', async () => {
		const found = await send('GET /api/team/typeahead?search=sam%20rivera');
		expect(found.body).toHaveLength(2);
		expect(at(found.body, '0')).toEqual({
			id: expect.any(String),
			email: 'sam.rivera@northwind.example',
			first_name: 'Sam',
			last_name: 'Rivera',
			display_name: 'Sam Rivera',
			account_type: 'full',
		});
		expect(await send('GET /api/team')).toMatchObject({ body: expect.any(Array) });
		expect(at((await send('GET /api/team?page_size=2')).body, 'results')).toHaveLength(2);
		const { id } = kizen.team[1];
		expect((await send(`GET /api/team/${id}`)).body).toMatchObject({ id, first_name: 'Maya' });
	});

	it('says which business and which user the key belongs to', async () => {
		const { businessId } = kizen.credential;
		const mine = await send('GET /api/business/mine');
		expect(mine.body).toMatchObject({
			id: businessId,
			phone_default_region: 'US',
			timezone: { id: 'America/Chicago' },
		});
		expect((await send('GET /api/auth/bootstrap')).body).toMatchObject({
			team: { id: kizen.team[0].id },
			business: { id: businessId, client_object: { id: kizen.object('client_client').id } },
		});
		const currencies = await send('GET /api/constants/currencies');
		expect(at(currencies.body, '0')).toEqual(['USD', 'US Dollar', '$']);
	});

	it('answers an unknown path and a slash at the end with the captured web page', async () => {
		const page = readFileSync(join(__dirname, '../../sandbox/kizen/captured/html_404.txt'), 'utf8');
		for (const path of ['/api/nothing', '/api/custom-objects/', '/api/records/deals/add/']) {
			const missing = await send(`GET ${path}`);
			expect([missing.status, missing.body]).toEqual([404, page]);
			expect(missing.headers.get('content-type')).toMatch('text/html');
		}
	});

	it('answers a method that a path does not know with 405', async () => {
		expect((await send('DELETE /api/custom-objects')).status).toBe(405);
		expect((await send('GET /api/records/deals/add')).status).toBe(405);
	});

	it('gives every answer a request id of its own', async () => {
		const ids = await Promise.all(
			['/api/team', '/api/nothing', '/api/records/deals/none'].map(async (path) =>
				(await send(`GET ${path}`)).headers.get('x-request-id'),
			),
		);
		expect(new Set(ids).size).toBe(3);
		expect(ids).toEqual(expect.arrayContaining(kizen.log.map(({ requestId }) => requestId)));
	});
});

it('starts with the same ids every time', async () => {
	const other = await startKizen();
	const ids = (each: EmbeddedKizen) => each.all('deals').map(({ id }) => id);
	expect(ids(other)).toEqual(ids(kizen));
	expect(other.credential).toEqual({ ...kizen.credential, baseUrl: other.url });
	await other.stop();
});

it('can start without records', async () => {
	const empty = await startKizen({ seed: 'empty' });
	expect(empty.objects().map(({ name, records }) => [name, records])).toEqual([
		['companies_company', 0],
		['client_client', 0],
	]);
	await empty.stop();
});

describe('Values', () => {
	let id: string;
	beforeEach(() => {
		id = kizen.add('engagement', { name: 'Values', reference_number: 'V-1' }).id;
	});

	const write = (name: string, value: unknown) =>
		send(`PATCH /api/records/engagement/${id}`, { fields: [{ name, value }] });
	const read = async () => valuesOf((await send(`GET /api/records/engagement/${id}`)).body);
	const stored = () => kizen.find('engagement', { id })?.values ?? {};
	const option = (field: string, label: string) => {
		const found = kizen.object('engagement').field(field);
		const each = found.options.find(({ name }) => name === label);
		return { id: each?.id, code: each?.code, name: label };
	};
	const record = (object: string, name: string) => kizen.find(object, { name })?.id;

	interface Example {
		field: string;
		/** What is written, and what is read back when that differs. */
		write: () => unknown;
		read?: () => unknown;
		refused: unknown[];
	}

	const labels = (field: string, ...names: string[]) => names.map((name) => option(field, name));

	function choice(field: string, label: string): Example {
		return {
			field,
			write: () => ({ id: option(field, label).id }),
			read: () => option(field, label),
			refused: [{ id: 'nothing' }, { name: 'Nothing' }, label, 3, [{ name: label }]],
		};
	}

	const examples: Record<FieldTypeName, Example> = {
		checkbox: { field: 'is_billable', write: () => false, refused: ['true', 1, [true]] },
		checkboxes: {
			field: 'services',
			write: () => [{ name: 'Tax' }, { id: option('services', 'Audit').id }],
			read: () => labels('services', 'Tax', 'Audit'),
			refused: [{ name: 'Tax' }, 'Tax', [{ name: 'Law' }]],
		},
		choices: choice('approach', 'Remote'),
		date: {
			field: 'start_date',
			write: () => '2024-02-29',
			refused: ['2025-02-29', '29.02.2024', '2024-02-29T00:00:00Z', 20240229],
		},
		datetime: {
			field: 'kickoff_at',
			write: () => '2026-07-01T12:00:00.5+02:00',
			read: () => '2026-07-01T05:00:00.500000-05:00',
			refused: ['2026-07-01', '2026-07-01T25:00:00Z', 'tomorrow', 5],
		},
		decimal: { field: 'hours', write: () => 7.25, refused: ['7.25', true, {}, 1e16] },
		dropdown: choice('region', 'South'),
		dynamictags: {
			field: 'keywords',
			write: () => [{ name: 'Urgent' }],
			read: () => [{ id: kizen.object('engagement').tag('keywords', 'Urgent'), name: 'Urgent' }],
			refused: [[{ name: 'New tag' }], { name: 'Urgent' }],
		},
		email: {
			field: 'billing_email',
			write: () => 'Zoë+1@sub.example.com',
			refused: ['zoe', 'zoe@example', 'a b@example.com', 5],
		},
		files: {
			field: 'attachments',
			write: () => [{ id: kizen.files[0].id }, kizen.files[1].id],
			read: () => [
				expect.objectContaining({ id: kizen.files[0].id, name: 'Engagement Letter.pdf' }),
				expect.objectContaining({ id: kizen.files[1].id }),
			],
			refused: [['nothing'], [{ name: 'Logo.png' }], 'x'],
		},
		integer: {
			field: 'headcount',
			write: () => -2_147_483_648,
			refused: [2_147_483_648, 1.5, '3', true],
		},
		longtext: { field: 'notes', write: () => 'x'.repeat(5000), refused: [5, ['x']] },
		money: {
			field: 'fee',
			write: () => 320.81,
			read: () => ({ currency: 'USD', symbol: '$', amount: 320.81 }),
			refused: ['320.81', { amount: 320.81 }, '$5'],
		},
		phonenumber: {
			field: 'hotline',
			write: () => '(312) 555-0100x123',
			read: () => '+13125550100x123',
			refused: ['+1312555', 'call me', '123', 3125550100],
		},
		radio: choice('priority', 'High'),
		rating: { field: 'satisfaction', write: () => 5, refused: [0, 6, '4', 2.5] },
		relationship: {
			field: 'company',
			write: () => ({ id: record('companies_company', 'Lumen Studio') }),
			read: () => ({
				id: record('companies_company', 'Lumen Studio'),
				name: 'Lumen Studio',
				display_name: 'Lumen Studio',
			}),
			refused: ['nothing', { name: 'Lumen Studio' }, 5],
		},
		selector: choice('tier', 'Gold'),
		status: choice('health', 'At Risk'),
		team_selector: {
			field: 'lead',
			write: () => kizen.team[1].id,
			read: () => ({
				id: kizen.team[1].id,
				deleted: false,
				first_name: 'Maya',
				last_name: 'Lindqvist',
				email: 'maya.lindqvist@northwind.example',
			}),
			refused: ['nobody', { name: 'Maya Lindqvist' }, 'maya.lindqvist@northwind.example'],
		},
		text: { field: 'subtitle', write: () => '😀'.repeat(255), refused: ['x'.repeat(256), 5] },
		timezone: {
			field: 'local_time_zone',
			write: () => 'America/New_York',
			refused: ['America/New York', 'EST', 5],
		},
		wysiwyg: { field: 'summary', write: () => '<p>Hi</p>', refused: [5] },
		yesnomaybe: choice('renews', 'Maybe'),
	};

	describe.each(Object.entries(examples))('A %s field', (type, example) => {
		it('takes a value of its kind and reads it back', async () => {
			expect(kizen.object('engagement').field(example.field).field_type).toBe(type);
			const value = example.write();
			expect(await write(example.field, value)).toMatchObject({ status: 200 });
			const expected = example.read ? example.read() : value;
			expect((await read())[example.field]).toEqual(expected);
		});

		it('refuses every other value, and keeps what it had', async () => {
			await write(example.field, example.write());
			const before = stored();
			for (const value of example.refused) {
				const { status, body } = await write(example.field, value);
				expect([value, status]).toEqual([value, 400]);
				expect(body).toEqual({
					non_field_errors: [],
					fields: [{ value: [expect.any(String)] }],
				});
			}
			expect(stored()).toEqual(before);
		});

		it('is cleared by null, and then not answered at all', async () => {
			await write(example.field, example.write());
			expect((await write(example.field, null)).status).toBe(200);
			expect(await read()).not.toHaveProperty(example.field);
		});
	});

	describe('References', () => {
		it('to archived records and to people who left are refused', async () => {
			const archived = record('companies_company', 'Oldtown Press');
			expect((await write('company', { id: archived })).status).toBe(400);
			const left = kizen.team.find(({ deleted }) => deleted)?.id;
			expect((await write('lead', left)).status).toBe(400);
		});

		it('to records of another object are refused', async () => {
			const deal = record('deals', 'Warehouse Audit');
			expect((await write('company', { id: deal })).status).toBe(400);
		});

		it('to contacts read as people', async () => {
			const { id: contact } =
				kizen.find('client_client', { email: 'ada.lovelace@example.com' }) ?? {};
			await write('attendees', [{ id: contact }]);
			expect((await read()).attendees).toEqual([
				{
					id: contact,
					first_name: 'Ada',
					last_name: 'Lovelace',
					full_name: 'Ada Lovelace',
					email: 'ada.lovelace@example.com',
					display_name: 'Ada Lovelace',
				},
			]);
		});
	});

	describe('Search by value', () => {
		const count = async (field: string, condition: string, value: unknown) => {
			const reference = `"custom"::${kizen.object('engagement').field(field).id}`;
			const filters = [
				{ type: 'fields_v2', subtype: 'custom', field: reference, condition, value },
			];
			const { status, body } = await send('POST /api/records/engagement/search', {
				query: [{ and: true, filters }],
			});
			if (status !== 200) throw new Error(JSON.stringify(body));
			return at(body, 'count');
		};

		// Four engagements hold values; the fifth, added by the test, holds none of these.
		const cases: Array<[field: string, condition: string, value: () => unknown, count: number]> = [
			['subtitle', '=', () => 'phase 1', 1],
			['subtitle', '!=', () => 'Phase 1', 4],
			['subtitle', 'contains', () => 'PHASE', 4],
			['subtitle', '!contains', () => 'phase', 1],
			['subtitle', 'starts_with', () => 'ph', 4],
			['subtitle', '!starts_with', () => 'ph', 1],
			['subtitle', 'ends_with', () => '2', 1],
			['subtitle', '!ends_with', () => '2', 4],
			['subtitle', 'is_blank', () => true, 1],
			['subtitle', 'is_blank', () => false, 4],
			['notes', 'is_blank', () => false, 4],
			['hotline', 'contains', () => '5550100', 4],
			['hotline', '=', () => '+13125550100x12', 4],
			['headcount', '=', () => 4, 1],
			['headcount', '<', () => 5, 2],
			['headcount', '>=', () => 5, 2],
			['headcount', 'between', () => [4, 5], 2],
			['fee', '>', () => 12_001, 3],
			['satisfaction', '=', () => '2', 1],
			['start_date', '<=', () => '2026-03-02', 2],
			['start_date', 'month_equals', () => 3, 4],
			['kickoff_at', '>', () => '2026-03-03T00:00:00.000Z', 2],
			['is_billable', '=', () => true, 2],
			['is_billable', '=', () => false, 3],
			['region', '=', () => option('region', 'North').id, 1],
			['region', '!=', () => option('region', 'North').id, 4],
			['region', 'is_any_of', () => labels('region', 'North', 'East').map((each) => each.id), 2],
			['region', 'is_none_of', () => [option('region', 'North').id], 4],
			['services', 'has', () => [option('services', 'Training').id], 4],
			['services', '!has', () => [option('services', 'Tax').id], 4],
			['services', 'has_any', () => labels('services', 'Tax', 'Audit').map((each) => each.id), 3],
			['services', '!has_any', () => labels('services', 'Tax', 'Audit').map((each) => each.id), 2],
			['keywords', 'has', () => [kizen.object('engagement').tag('keywords', 'Urgent')], 4],
			['company', 'contains', () => record('companies_company', 'Cascade Optics'), 1],
			['company', '!contains', () => record('companies_company', 'Cascade Optics'), 4],
			['company', 'is_any_of', () => [record('companies_company', 'Cascade Optics')], 1],
			['lead', '=', () => kizen.team[1].id, 1],
			['lead', 'is_any_of', () => [kizen.team[1].id, kizen.team[2].id], 2],
			['owner', '=', () => 'is_me', 5],
			['attachments', '>', () => 0, 4],
			['attachments', 'is_blank', () => true, 1],
			['renews', '=', () => 'yes', 2],
		];

		it.each(cases)('%s %s (%#)', async (field, condition, value, expected) => {
			expect(await count(field, condition, value())).toBe(expected);
		});

		it('knows the codes of a contact’s email status', async () => {
			const filter = { field: 'email_status', condition: '=', value: 'opted_in' };
			const { body } = await send('POST /api/records/client_client/search', {
				query: [{ filters: [{ type: 'fields', subtype: 'non_custom', ...filter }] }],
			});
			expect(at(body, 'count')).toBe(10);
		});
	});
});
