import contracts from '../../sandbox/kizen/captured/openapi-contracts.json';
import capturedTaxLot from '../../sandbox/kizen/captured/record-tax_lot.json';
import { at, client, valuesOf, type Received, type Send } from '../../sandbox/kizen/client';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen/index';

let kizen: EmbeddedKizen;
let send: Send;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => kizen.reset());
afterAll(() => kizen.stop());

const deal = (name: string) => {
	const found = kizen.find('deals', { name });
	if (found === undefined) throw new Error(`No deal ${name}`);
	return found;
};
const identities = ({ body }: Received) =>
	(at(body, 'results') as unknown[]).map(
		(each) => kizen.find('deals', { id: String(at(each, 'id')) })?.identity,
	);
const custom = (object: string, field: string) =>
	`"custom"::${kizen.object(object).field(field).id}`;

describe('A record', () => {
	it('has the keys and kinds of values of the captured one', async () => {
		const found = kizen.find('tax_lot', { name: 'VTI - 20250331' });
		const { status, body } = await send(`GET /api/records/tax_lot/${found?.id}`);
		expect(status).toBe(200);
		// Two keys are of the tool that captured it, not of Kizen.
		const keys = Object.keys(capturedTaxLot).filter(
			(key) => key !== 'env' && key !== 'object_api_name',
		);
		expect(Object.keys(body as object).sort()).toEqual(keys.sort());
		for (const [id, expected] of Object.entries(capturedTaxLot.fields)) {
			const answered = at(body, `fields.${id}`);
			const { value, ...rest } = expected;
			expect(answered).toMatchObject(rest);
			expect(shape(at(answered, 'value'))).toEqual(shape(value));
		}
	});

	it('leaves out blank fields, hidden ones and deleted ones', async () => {
		const id = kizen.find('engagement', { name: 'Alder Audit' })?.id;
		const plain = valuesOf((await send(`GET /api/records/engagement/${id}`)).body);
		expect(plain).not.toHaveProperty('internal_code');
		expect(plain).not.toHaveProperty('old_region');
		const path = `/api/records/engagement/${id}?include_hidden_fields=true`;
		expect(valuesOf((await send(`GET ${path}`)).body)).toHaveProperty('internal_code', 'X0');
		const lot = kizen.find('tax_lot', { name: 'VTI - 20250331' })?.id;
		kizen.changeField('tax_lot', 'ticker_symbol', { deleted: true });
		const answered = await send(`GET /api/records/tax_lot/${lot}`);
		expect(valuesOf(answered.body)).not.toHaveProperty('ticker_symbol');
	});

	it('answers only the fields that are asked for', async () => {
		const { id } = deal('Tax Review 2026');
		const path = `/api/records/deals/${id}`;
		const named = await send(`GET ${path}?field_names=region,stage,nonsense`);
		expect(Object.keys(valuesOf(named.body)).sort()).toEqual(['region', 'stage']);
		const defaults = await send(`GET ${path}?field_names=`);
		expect(valuesOf(defaults.body)).not.toHaveProperty('region');
	});

	it('shows a stage with its status and order', async () => {
		const { body } = await send(`GET /api/records/deals/${deal('Warehouse Audit').id}`);
		expect(valuesOf(body).stage).toEqual({
			id: kizen.object('deals').stage('Qualification').id,
			name: 'Qualification',
			status: 'open',
			order: 0,
		});
	});

	it('is not found when archived, unknown, or of another object', async () => {
		const archived = deal('Y2K Review').id;
		const contact = kizen.find('client_client', { email: 'ada.lovelace@example.com' })?.id;
		for (const id of [archived, contact, '0']) {
			const missing = await send(`GET /api/records/deals/${id}`);
			expect(missing).toMatchObject({ status: 404, body: { code: 'not_found' } });
		}
	});

	it('counts the values of a relation above a hundred, and lists them apart', async () => {
		const company = kizen.add('companies_company', { name: 'Crowd Inc' });
		for (let n = 0; n < 101; n += 1) {
			kizen.add('client_client', { email: `crowd${n}@example.com`, company_primary: company.id });
		}
		const { id: field } = kizen.object('companies_company').field('primary_contacts');
		const answered = await send(`GET /api/records/companies_company/${company.id}`);
		expect(at(answered.body, `fields.${field}.value_summary`)).toEqual({ count: 101 });
		expect(at(answered.body, `fields.${field}`)).not.toHaveProperty('value');
		const page = await send(`GET /api/records/${company.id}/field-values/${field}?page_size=50`);
		expect(at(page.body, 'count')).toBe(101);
		expect(at(page.body, 'results')).toHaveLength(50);
		expect(at(page.body, 'results.0')).toMatchObject({ email: 'crowd0@example.com' });
	});
});

describe('Lookup', () => {
	it('finds by the exact name, or the exact email of a contact', async () => {
		const found = await send('GET /api/records/deals/lookup?identifier=Warehouse%20Audit');
		expect(found).toMatchObject({ status: 200, body: { id: deal('Warehouse Audit').id } });
		const contacts = '/api/records/client_client/lookup';
		const email = await send(`GET ${contacts}?identifier=ada.lovelace@example.com`);
		expect(valuesOf(email.body)).toMatchObject({ first_name: 'Ada', last_name: 'Lovelace' });
		const { status } = await send(`GET ${contacts}?identifier=Ada.Lovelace@example.com`);
		expect(status).toBe(404);
	});

	it('needs an identifier and does not find archived records', async () => {
		expect(await send('GET /api/records/deals/lookup')).toMatchObject({
			status: 400,
			body: { identifier: ['This field is required.'] },
		});
		const archived = await send('GET /api/records/deals/lookup?identifier=Y2K%20Review');
		expect(archived.status).toBe(404);
	});
});

describe('Add', () => {
	it('creates a record and answers its keys and the fields that were written', async () => {
		const { status, body } = await send('POST /api/records/deals/add', {
			fields: [
				{ name: 'name', value: 'New Deal' },
				{ id: kizen.object('deals').field('entity_value').id, value: 99.5 },
			],
			nonsense: true,
		});
		expect(status).toBe(200);
		expect(body).toMatchObject({
			object_type: 'pipeline',
			num_upcoming_activities: 0,
			num_associated_team_members: 1,
			display_name: 'New Deal',
			action: 'created',
		});
		expect(Object.keys(valuesOf(body)).sort()).toEqual(['entity_value', 'name', 'updated']);
		expect(deal('New Deal')).toMatchObject({
			id: at(body, 'id'),
			values: { entity_value: 99.5, stage: 'Qualification', owner: kizen.team[0].id },
		});
	});

	it('refuses an active duplicate', async () => {
		const body = { fields: [{ name: 'name', value: 'warehouse audit' }] };
		expect(await send('POST /api/records/deals/add', body)).toMatchObject({
			status: 400,
			body: { fields: [{ value: ['A record with this name already exists.'] }] },
		});
	});

	it('creates contacts by field ids, and refuses api names with 403', async () => {
		const { id, field } = kizen.object('client_client');
		const path = `/api/records/${id}/add`;
		const byName = { fields: [{ name: 'email', value: 'new@example.com' }] };
		expect(await send(`POST ${path}`, byName)).toMatchObject({
			status: 403,
			body: { code: 'permission_required' },
		});
		const byId = {
			fields: [{ id: field('email').id, value: 'new@example.com' }],
			unarchive: 'prompt',
		};
		expect((await send(`POST ${path}`, byId)).status).toBe(200);
		const again = await send(`POST ${path}`, byId);
		expect(again).toMatchObject({ status: 400 });
		const found = kizen.find('client_client', { email: 'new@example.com' });
		const patch = await send(`PATCH /api/records/client_client/${found?.id}`, {
			fields: [{ name: 'first_name', value: 'New' }],
		});
		expect(patch.status).toBe(200);
	});
});

describe('Upsert', () => {
	it('creates with 201 and puts the lookup value in place itself', async () => {
		const { status, body } = await send('POST /api/records/deals/upsert', {
			lookup_value: 'Fresh',
		});
		expect([status, at(body, 'action')]).toEqual([201, 'created']);
		expect(deal('Fresh').id).toBe(at(body, 'id'));
	});

	it('updates the oldest match regardless of case, with 200 and the same id', async () => {
		const companies = kizen.all('companies_company');
		const [first, second] = companies.filter(({ identity }) => identity === 'Contoso');
		const { status, body } = await send('POST /api/records/companies_company/upsert', {
			lookup_value: 'cONTOSO',
			fields: [{ name: 'employees', value: 7 }],
		});
		expect([status, at(body, 'action'), at(body, 'id')]).toEqual([200, 'updated', first.id]);
		expect(Object.keys(valuesOf(body)).sort()).toEqual(['employees', 'updated']);
		const find = (id: string) => kizen.find('companies_company', { id })?.values.employees;
		expect(find(first.id)).toBe(7);
		expect(find(second.id)).toBe(second.values.employees);
	});

	it('matches contacts by email', async () => {
		const { id, field } = kizen.object('client_client');
		const { body } = await send(`POST /api/records/${id}/upsert`, {
			lookup_value: 'ADA.lovelace@example.com',
			fields: [{ id: field('first_name').id, value: 'Augusta Ada' }],
		});
		expect(body).toMatchObject({ action: 'updated', display_name: 'Augusta Ada Lovelace' });
		const bad = await send(`POST /api/records/${id}/upsert`, { lookup_value: 'not an email' });
		expect(bad.body).toEqual({ lookup_value: ['Enter a valid email address.'] });
	});

	it('answers all fields on request', async () => {
		const path = '/api/records/deals/upsert?return_all_fields=true';
		const { body } = await send(`POST ${path}`, { lookup_value: 'Warehouse Audit' });
		expect(valuesOf(body)).toMatchObject({ name: 'Warehouse Audit', region: { name: 'North' } });
	});

	it('needs a lookup value', async () => {
		const path = 'POST /api/records/deals/upsert';
		const required = { lookup_value: ['This field is required.'] };
		expect(await send(path, {})).toMatchObject({ status: 400, body: required });
		const blank = { lookup_value: ['This field may not be blank.'] };
		expect((await send(path, { lookup_value: '' })).body).toEqual(blank);
	});
});

describe('Update, archive, move', () => {
	it('changes what was sent and nothing else', async () => {
		const before = deal('Warehouse Audit');
		const { status, body } = await send(`PATCH /api/records/deals/${before.id}`, {
			fields: [{ name: 'region', value: { name: 'West' } }],
			archived: true,
		});
		expect(status).toBe(200);
		expect(Object.keys(valuesOf(body)).sort()).toEqual(['region', 'updated']);
		const after = deal('Warehouse Audit');
		expect(after.values).toEqual({ ...before.values, region: 'West' });
		expect(after.archived).toBe(false);
		expect(after.updated > before.updated).toBe(true);
	});

	it('adds and removes single values of a list', async () => {
		const { id, values } = kizen.add('engagement', {
			name: 'Tagged',
			reference_number: '1',
			keywords: ['Urgent'],
		});
		expect(values.keywords).toEqual(['Urgent']);
		const change = (entry: object) =>
			send(`PATCH /api/records/engagement/${id}`, { fields: [{ name: 'keywords', ...entry }] });
		await change({ add_values: [{ name: 'Recurring' }, { name: 'Urgent' }] });
		await change({ remove_values: [{ name: 'Urgent' }] });
		expect(kizen.find('engagement', { id })?.values.keywords).toEqual(['Recurring']);
		const single = await send(`PATCH /api/records/engagement/${id}`, {
			fields: [{ name: 'subtitle', add_values: ['x'] }],
		});
		expect(at(single.body, 'fields.0')).toHaveProperty('add_values');
	});

	it('shows a relation from both sides', async () => {
		const company = kizen.find('companies_company', { name: 'Juniper Health' });
		const contact = kizen.add('client_client', { email: 'both@example.com' });
		await send(`PATCH /api/records/client_client/${contact.id}`, {
			fields: [{ name: 'company_primary', value: { id: company?.id } }],
		});
		const primary = () => kizen.find('companies_company', { id: company?.id })?.values;
		expect(primary()?.primary_contacts).toContain(contact.id);
		await send(`PATCH /api/records/companies_company/${company?.id}`, {
			fields: [{ name: 'primary_contacts', remove_values: [{ id: contact.id }] }],
		});
		const after = kizen.find('client_client', { id: contact.id })?.values;
		expect(after).not.toHaveProperty('company_primary');
	});

	it('archives with 204, once, and brings the same id back', async () => {
		const { id } = deal('Office Move');
		const path = `/api/records/deals/${id}`;
		expect(await send(`DELETE ${path}`)).toMatchObject({ status: 204, body: '' });
		expect((await send(`DELETE ${path}`)).status).toBe(404);
		const back = await send(`PATCH ${path}/unarchive`);
		expect(back).toMatchObject({ status: 200, body: { id } });
		expect((await send(`PATCH ${path}/unarchive`)).status).toBe(400);
		expect(deal('Office Move').archived).toBe(false);
	});

	it('moves a deal, and a closed stage dates the close', async () => {
		const { id } = deal('Warehouse Audit');
		const stage_id = kizen.object('deals').stage('Closed Won').id;
		const moved = await send(`PATCH /api/records/deals/${id}/move`, { stage_id });
		expect(moved.status).toBe(200);
		const { values } = deal('Warehouse Audit');
		expect(values).toMatchObject({ stage: 'Closed Won', percentage_chance_to_close: 100 });
		expect(values).toHaveProperty('actual_close_date');
		const bad = await send(`PATCH /api/records/deals/${id}/move`, { stage_id: 'none' });
		expect(bad).toMatchObject({ status: 400, body: { stage_id: [expect.any(String)] } });
	});
});

describe('Search', () => {
	const search = (query: string, body?: unknown) =>
		send(`POST /api/records/deals/search${query}`, body);
	const filtered = (filter: object, ...more: object[]) =>
		search('?page_size=100', { query: [{ and: true, filters: [filter, ...more] }] });

	it('answers all active records without a body, in pages', async () => {
		const all = await search('?page_size=8&page=3');
		expect(all.body).toMatchObject({ count: 20, next: null, errors: null });
		expect(at(all.body, 'results')).toHaveLength(4);
	});

	it('finds text in the name, and in a contact’s names, email and phones', async () => {
		expect(identities(await search('?search=REVIEW'))).toEqual([
			'Tax Review 2026',
			'Security Review',
		]);
		const contacts = (text: string) =>
			send(`POST /api/records/client_client/search?search=${text}`);
		expect(at((await contacts('hopper')).body, 'count')).toBe(1);
		expect(at((await contacts('ada.lov')).body, 'count')).toBe(1);
		expect(at((await contacts('4155552003')).body, 'count')).toBe(1);
	});

	it('orders both ways', async () => {
		const names = [...identities(await search('?ordering=name'))];
		expect(names).toEqual([...names].sort());
		expect(identities(await search('?ordering=-name'))).toEqual(names.reverse());
		const values = identities(await search('?ordering=-entity_value&page_size=2'));
		expect(values).toEqual(['Office Move', 'Menu Analytics']);
	});

	it('answers the named fields, none for [], and drops unknown names', async () => {
		const fields = async (body: object) =>
			Object.keys(valuesOf(at((await search('?page_size=1', body)).body, 'results.0'))).sort();
		expect(await fields({ field_names: ['name', 'stage', 'zzz'] })).toEqual(['name', 'stage']);
		expect(await fields({ field_names: [] })).toEqual([]);
		expect(await fields({})).not.toContain('stage');
	});

	it('takes references to fields with inner quotes, without, and by api name', async () => {
		const { id } = kizen.object('deals').field('region');
		const value = kizen.object('deals').field('region').options[1].id;
		const counts = await Promise.all(
			[
				{ type: 'fields_v2', subtype: 'custom', field: `"custom"::${id}` },
				{ type: 'fields_v2', subtype: 'custom', field: `custom::${id}` },
				{ type: 'fields', subtype: 'non_custom', field: 'region' },
			].map(async (reference) => {
				const found = await filtered({ ...reference, condition: '=', value });
				return at(found.body, 'count');
			}),
		);
		expect(counts).toEqual([5, 5, 5]);
	});

	it('joins filters and groups by and, or by or', async () => {
		const region = (n: number) => ({
			field: custom('deals', 'region'),
			condition: '=',
			value: kizen.object('deals').field('region').options[n].id,
		});
		const named = { field: 'name', condition: 'contains', value: 'review' };
		expect(at((await filtered(region(1), named)).body, 'count')).toBe(2);
		const either = { and: false, filters: [region(0), region(1)] };
		expect(at((await search('', { query: [either] })).body, 'count')).toBe(10);
		const groups = { and: false, query: [{ filters: [region(0)] }, { filters: [region(2)] }] };
		expect(at((await search('', groups)).body, 'count')).toBe(10);
	});

	it('narrows by groups that people saved', async () => {
		const [{ id }] = kizen.object('deals').groups;
		const within = await search(`?group_id=${id}`);
		const without = await search(`?not_in_group_ids=${id}`);
		const counts = [within, without].map(({ body }) => Number(at(body, 'count')));
		expect(counts[0]).toBeGreaterThan(0);
		expect(counts[0] + counts[1]).toBe(20);
	});

	it('answers a filter it cannot use with 400 and the page’s errors', async () => {
		const wrong = [
			{ field: 'name', condition: 'has', value: 'x' },
			{ field: 'created', condition: 'is_blank', value: true },
			{ field: 'name', condition: '=', value: null },
			{ field: 'nowhere', condition: '=', value: 1 },
		];
		for (const filter of wrong) {
			expect(await filtered(filter)).toMatchObject({
				status: 400,
				body: { results: [], errors: [expect.any(String)] },
			});
		}
	});
});

describe('Kizen’s OpenAPI document', () => {
	it('lists every status that writes answer', async () => {
		const { id } = deal('Fleet Leasing');
		const name = { fields: [{ name: 'name', value: 'From the document' }] };
		const wrong = { fields: [{ name: 'region', value: { name: 'Nowhere' } }] };
		const record = '/api/records/{object_identifier}/{entity_id}';
		const requests: Array<[keyof typeof contracts.contracts, unknown]> = [
			['POST /api/records/{object_identifier}/add', name],
			['POST /api/records/{object_identifier}/add', wrong],
			['POST /api/records/{object_identifier}/upsert', { lookup_value: 'Upserted' }],
			['POST /api/records/{object_identifier}/upsert', { lookup_value: 'Upserted' }],
			['POST /api/records/{object_identifier}/upsert', {}],
			[`PATCH ${record}`, { fields: [{ name: 'region', value: { name: 'East' } }] }],
			[`PATCH ${record}`, wrong],
			[`PATCH ${record}/unarchive`, undefined],
			[`DELETE ${record}`, undefined],
			[`PATCH ${record}/unarchive`, undefined],
		];
		const answered: Record<string, Set<string>> = {};
		for (const [contract, body] of requests) {
			const request = contract.replace('{object_identifier}', 'deals').replace('{entity_id}', id);
			const { status } = await send(request, body);
			(answered[contract] ??= new Set()).add(String(status));
		}
		for (const [contract, statuses] of Object.entries(answered)) {
			const { responses } = contracts.contracts[contract as keyof typeof contracts.contracts];
			expect([contract, [...statuses].sort()]).toEqual([contract, responses]);
		}
	});
});

/** The kind of a value all the way down; texts that are instants and dates as such. */
function shape(value: unknown): unknown {
	if (typeof value === 'string')
		return /^\d{4}-\d\d-\d\dT[\d:.]{15}-0\d:00$/.test(value) ? 'instant' : 'text';
	if (typeof value !== 'object' || value === null) return typeof value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shape(each)]));
}

describe('Archived records', () => {
	const fields = (name: string) => [
		{ name: 'next_step', value: 'Call' },
		{ name: 'name', value: name },
	];
	const add = (unarchive: unknown, name = 'Y2K Review') =>
		send('POST /api/records/deals/add', { fields: fields(name), unarchive });
	const upsert = (oncreate_unarchive: unknown, lookup_value = 'Y2K Review') =>
		send('POST /api/records/deals/upsert', {
			lookup_value,
			oncreate_unarchive,
			fields: [{ name: 'next_step', value: 'Call' }],
		});
	const archived = () => {
		const found = kizen.find('deals', { name: 'Y2K Review' });
		if (found === undefined) throw new Error('The archived deal is gone.');
		return found;
	};
	const outcome = ({ status, body }: Received) => [status, at(body, 'action'), at(body, 'id')];

	describe('Add, when an archived record has the name', () => {
		it.each(['prompt', null, undefined])(
			'reports a conflict under %s and writes nothing',
			async (mode) => {
				const before = kizen.all('deals');
				expect(await add(mode)).toMatchObject({
					status: 400,
					body: { fields: [{}, { value: ['An archived record with this name exists.'] }] },
				});
				expect(kizen.all('deals')).toEqual(before);
			},
		);

		it('brings it back with the same id under unarchive: old values stay, new ones go on top', async () => {
			const { id, values } = archived();
			expect(outcome(await add('unarchive'))).toEqual([200, 'unarchived', id]);
			expect(archived()).toMatchObject({
				archived: false,
				values: { ...values, next_step: 'Call' },
			});
		});

		it('creates another one under overwrite, and the archived one loses its name', async () => {
			const { id } = archived();
			const [status, action, created] = outcome(await add('overwrite'));
			expect([status, action]).toEqual([200, 'created']);
			expect(created).not.toBe(id);
			expect(archived().id).toBe(created);
			const old = kizen.find('deals', { id });
			expect(old?.archived).toBe(true);
			expect(old?.identity).not.toBe('Y2K Review');
		});

		it('refuses a mode that does not exist', async () => {
			expect(await add('ask')).toMatchObject({
				status: 400,
				body: { unarchive: ['"ask" is not a valid choice.'] },
			});
		});

		it('matches regardless of case, as upsert does', async () => {
			const { id } = archived();
			expect(outcome(await add('unarchive', 'y2k review'))).toEqual([200, 'unarchived', id]);
		});

		it('matches contacts by email', async () => {
			const { id, field } = kizen.object('client_client');
			const body = { fields: [{ id: field('email').id, value: 'charles.babbage@example.com' }] };
			expect(await send(`POST /api/records/${id}/add`, body)).toMatchObject({
				status: 400,
				body: { fields: [{ value: ['An archived record with this email exists.'] }] },
			});
			const over = await send(`POST /api/records/${id}/add`, { ...body, unarchive: 'overwrite' });
			expect(at(over.body, 'action')).toBe('created');
			expect(kizen.all('client_client').map(({ identity }) => identity)).toEqual(
				expect.arrayContaining([
					expect.stringMatching(/^charles\.babbage\+archived-.*@example.com$/),
				]),
			);
		});
	});

	describe('Upsert, when only an archived record matches', () => {
		it('reports a conflict under prompt', async () => {
			expect((await upsert('prompt')).status).toBe(400);
			expect((await upsert(undefined)).status).toBe(400);
			expect(archived().archived).toBe(true);
		});

		it('brings it back under unarchive, with 201', async () => {
			const { id } = archived();
			expect(outcome(await upsert('unarchive', 'Y2k REVIEW'))).toEqual([201, 'unarchived', id]);
		});

		it('creates another one under overwrite', async () => {
			const { id } = archived();
			const [status, action, created] = outcome(await upsert('overwrite'));
			expect([status, action]).toEqual([201, 'created']);
			expect(created).not.toBe(id);
		});

		it('takes the active record before the archived one', async () => {
			kizen.add('deals', { name: 'Warehouse Audit' }, { archived: true });
			expect(outcome(await upsert('prompt', 'Warehouse Audit')).slice(0, 2)).toEqual([
				200,
				'updated',
			]);
		});
	});

	describe('An update that takes an archived record’s name', () => {
		const rename = (how: object) => {
			const id = kizen.find('deals', { name: 'Office Move' })?.id;
			return send(`PATCH /api/records/deals/${id}`, { fields: fields('Y2K Review'), ...how });
		};

		it('is a conflict', async () => {
			expect(await rename({})).toMatchObject({
				status: 400,
				body: { fields: [{}, { value: [expect.any(String)] }] },
			});
			expect(kizen.find('deals', { name: 'Office Move' })).toBeDefined();
		});

		it('goes through with archived_conflict: overwrite, and the archived one loses it', async () => {
			const { id } = archived();
			expect((await rename({ archived_conflict: 'overwrite' })).status).toBe(200);
			expect(archived()).toMatchObject({ archived: false });
			expect(kizen.find('deals', { id })?.archived).toBe(true);
		});

		it('goes through upsert with onupdate_archived_conflict alike', async () => {
			const body = { lookup_value: 'Office Move', fields: fields('Y2K Review') };
			const path = 'POST /api/records/deals/upsert';
			expect((await send(path, body)).status).toBe(400);
			const over = { ...body, onupdate_archived_conflict: 'overwrite' };
			expect(outcome(await send(path, over)).slice(0, 2)).toEqual([200, 'updated']);
		});
	});

	it('A name can be archived and used again, over and over', async () => {
		const ids = new Set<unknown>();
		for (let n = 0; n < 3; n += 1) {
			const created = await add('overwrite', 'Recycled');
			ids.add(at(created.body, 'id'));
			await send(`DELETE /api/records/deals/${String(at(created.body, 'id'))}`);
		}
		expect(ids.size).toBe(3);
		const last = [...ids].at(-1);
		expect(outcome(await add('unarchive', 'Recycled'))).toEqual([200, 'unarchived', last]);
	});

	it('An archived record does not come back while an active one has its name', async () => {
		const { id } = archived();
		await add('overwrite');
		kizen.add('deals', { name: 'Busy' });
		const other = kizen.add('deals', { name: 'Busy' }, { archived: true });
		expect((await send(`PATCH /api/records/deals/${other.id}/unarchive`)).status).toBe(400);
		expect((await send(`PATCH /api/records/deals/${id}/unarchive`)).status).toBe(200);
	});
});

describe('Rejections', () => {
	describe('Who is let in', () => {
		const attempt = (change: Record<string, string>) => {
			const { apiKey, businessId, userId } = kizen.credential;
			const own = { 'X-API-KEY': apiKey, 'X-BUSINESS-ID': businessId, 'X-USER-ID': userId };
			return send('GET /api/team', undefined, { ...own, ...change });
		};

		it('takes the three headers, however their names are written', async () => {
			expect((await attempt({})).status).toBe(200);
		});

		it('answers 401 with the captured code when there are none', async () => {
			const { status, body } = await send('GET /api/team', undefined, {});
			expect([status, body]).toEqual([401, { code: 'missing_business_context' }]);
		});

		it.each([
			['key', 'X-API-KEY'],
			['business', 'X-BUSINESS-ID'],
			['user', 'X-USER-ID'],
		])('answers 401 with a reason for a wrong %s', async (_, header) => {
			const { status, body } = await attempt({ [header]: 'wrong' });
			expect([status, at(body, 'code')]).toEqual([401, 'authentication_failed']);
			expect(JSON.stringify(body)).not.toContain(kizen.credential.apiKey);
		});
	});

	describe('What the key may not do', () => {
		it('answers 403 for writing an object that may only be viewed', async () => {
			const fields = [{ name: 'name', value: 'x' }];
			const refused = { status: 403, body: { code: 'permission_required' } };
			const add = await send('POST /api/records/policies_policy/add', { fields });
			expect(add).toMatchObject(refused);
			const { id } = kizen.all('policies_policy')[0];
			const path = `/api/records/policies_policy/${id}`;
			expect((await send(`GET ${path}`)).status).toBe(200);
			expect(await send(`PATCH ${path}`, { fields })).toMatchObject(refused);
			expect(await send(`DELETE ${path}`)).toMatchObject(refused);
		});

		it('does not find records of an object that may not be seen', async () => {
			const { id } = kizen.all('payroll_run')[0];
			expect((await send(`GET /api/records/payroll_run/${id}`)).status).toBe(404);
			expect((await send('POST /api/records/payroll_run/search')).status).toBe(404);
		});

		it.each([
			['that is read-only', 'engagement', 'score', 5],
			['that the key may only view', 'engagement', 'margin', 5],
			['that Kizen keeps itself', 'engagement', 'updated', '2026-01-01T00:00:00Z'],
			['that holds the stage', 'deals', 'stage', { name: 'Proposal' }],
		])('answers 403 in place for a field %s', async (_, object, name, value) => {
			kizen.switches.errors = 'coded';
			const { id } = kizen.all(object)[0];
			const { status, body } = await send(`PATCH /api/records/${object}/${id}`, {
				fields: [
					{ name: 'owner', value: kizen.team[1].id },
					{ name, value },
				],
			});
			expect(status).toBe(403);
			expect(at(body, 'fields')).toEqual([
				{},
				{ name: [{ message: expect.any(String), code: 'forbidden_field_write' }] },
			]);
		});

		it('does not know a field that may not be seen', async () => {
			kizen.addField('deals', {
				name: 'secret_score',
				field_type: 'integer',
				access: { view: false, edit: false },
			});
			const { id } = kizen.object('deals');
			const fields = await send(`GET /api/custom-objects/${id}/fields`);
			expect(JSON.stringify(fields.body)).not.toContain('secret_score');
			const { status } = await send('POST /api/records/deals/add', {
				fields: [
					{ name: 'name', value: 'x' },
					{ name: 'secret_score', value: 1 },
				],
			});
			expect(status).toBe(400);
		});
	});

	describe('What is wrong with what was sent', () => {
		const add = (fields: unknown) => send('POST /api/records/engagement/add', { fields });
		const name = { name: 'name', value: 'N' };
		const reference = { name: 'reference_number', value: 'R' };

		it('is said entry by entry, and nothing is written', async () => {
			const before = kizen.all('engagement').length;
			const { status, body } = await add([
				name,
				{ name: 'headcount', value: 'many' },
				reference,
				{ name: 'comapny', value: 'x' },
				{ id: 'none', value: 'x' },
				{ name: 'fee' },
				{ value: 'x' },
				{ name: 'fee', id: 'both', value: 1 },
			]);
			expect(status).toBe(400);
			const messages = [expect.any(String)];
			expect(body).toEqual({
				non_field_errors: [],
				fields: [
					{},
					{ value: messages },
					{},
					{ name: messages },
					{ id: messages },
					{ value: ['This field is required.'] },
					{ non_field_errors: messages },
					{ non_field_errors: messages },
				],
			});
			expect(kizen.all('engagement')).toHaveLength(before);
		});

		it('carries codes where Kizen gives them', async () => {
			kizen.switches.errors = 'coded';
			const { body } = await add([name, { name: 'comapny', value: 'x' }]);
			expect(at(body, 'fields.1.name.0')).toEqual({
				message: 'Field "comapny" does not exist.',
				code: 'does_not_exist',
			});
		});

		it('names a required field that is missing', async () => {
			expect(await add([name])).toMatchObject({
				status: 400,
				body: { non_field_errors: ['Reference Number: This field is required.'], fields: [{}] },
			});
		});

		it('does not let a required field be blanked', async () => {
			const { id } = kizen.all('engagement')[0];
			for (const value of [null, '']) {
				const fields = [{ name: 'reference_number', value }];
				expect((await send(`PATCH /api/records/engagement/${id}`, { fields })).status).toBe(400);
			}
		});

		it('keeps the case of api names', async () => {
			const { status } = await add([name, reference, { name: 'Headcount', value: 1 }]);
			expect(status).toBe(400);
		});

		it('treats a deleted field as one that does not exist', async () => {
			expect((await add([name, reference, { name: 'old_region', value: 'x' }])).status).toBe(400);
		});

		it('needs fields, as a list', async () => {
			const required = { fields: ['This field is required.'] };
			expect((await send('POST /api/records/deals/add', {})).body).toEqual(required);
			expect(await add('name=x')).toMatchObject({
				status: 400,
				body: { fields: [expect.stringContaining('list')] },
			});
		});

		it('is said of JSON that cannot be read, and of other content', async () => {
			const { apiKey, businessId, userId } = kizen.credential;
			const own = { 'x-api-key': apiKey, 'x-business-id': businessId, 'x-user-id': userId };
			const post = (type: string) =>
				fetch(`${kizen.url}/api/records/deals/add`, {
					method: 'POST',
					headers: { ...own, 'content-type': type },
					body: '{"fields": [',
				});
			expect((await post('application/json')).status).toBe(400);
			expect((await post('text/plain')).status).toBe(415);
		});
	});
});
