import capturedFields from '../../sandbox/kizen/captured/fields-raw.json';
import capturedContacts from '../../sandbox/kizen/captured/object-contacts.json';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, client, type Send } from '../../sandbox/kizen/client';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen/index';
import { fieldTypeNames } from '../../sandbox/kizen/model';

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
