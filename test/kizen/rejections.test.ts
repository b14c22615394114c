import { at, client, type Send } from '../../sandbox/kizen/client';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen/index';

let kizen: EmbeddedKizen;
let send: Send;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => kizen.reset());
afterAll(() => kizen.stop());

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
