import type { INode } from 'n8n-workflow';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { SavedCredential } from '../../sandbox/n8n/rest';
import { credentialFor, sharedN8n } from './meeting';
import { runByWebhook } from './runs';
import { end, kizenNode, node, switchOnAction } from '../../sandbox/n8n/workflows';

const n8n = sharedN8n();
let kizen: EmbeddedKizen;
let credential: SavedCredential;

beforeAll(async () => {
	kizen = await startKizen();
	credential = await credentialFor(n8n, kizen);
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const contacts = { __rl: true, mode: 'name', value: 'client_client' };
const companies = { __rl: true, mode: 'name', value: 'companies_company' };
const upsertContact = {
	operation: 'upsert',
	object: contacts,
	lookupValue: '={{ $json.email }}',
	specifyFields: 'json',
	jsonFields: '={{ { "First Name": $json.first, "mobile_phone": $json.phone } }}',
	oncreateUnarchive: '={{ $json.ifArchived || "prompt" }}',
};

// One row for each thing that can happen.
const rows = [
	{ email: 'newcomer@example.com', first: 'Nova' },
	{ email: 'ada.lovelace@example.com', first: 'Augusta' },
	{ email: 'charles.babbage@example.com', first: 'Charles', ifArchived: 'unarchive' },
	{ email: 'blaise.pascal@example.com', first: 'Blaise' },
	{ email: 'nobody@example.com', first: 'No', phone: 'none' },
];

function upsert(settings: Partial<INode>, more: INode['parameters'] = {}): INode {
	return kizenNode(credential, { ...upsertContact, ...more }, settings);
}

describe('a workflow that starts with a webhook', () => {
	it('adds a record for each row and answers what Kizen made of them', async () => {
		const add = kizenNode(credential, {
			operation: 'add',
			object: companies,
			specifyFields: 'json',
			jsonFields: '={{ { "name": $json.name, "Employees": $json.size } }}',
		});
		const names = [
			{ name: 'Sextant Maps', size: 12 },
			{ name: 'Quill & Co', size: 4 },
		];
		const { status, answer } = await runByWebhook(n8n, [add], { Rows: ['Kizen'] }, names);
		expect(status).toBe(200);
		expect(JSON.parse(answer)).toEqual(
			names.map(({ name, size }) => {
				const stored = kizen.find('companies_company', { name });
				expect(stored?.values).toMatchObject({ name, employees: size });
				return expect.objectContaining({
					action: 'created',
					id: stored?.id,
					name,
					object: 'companies_company',
				});
			}),
		);
	});

	it('upserts, and one Switch on action sends every row down its own branch', async () => {
		const actions = ['created', 'updated', 'unarchived', 'conflict'];
		const ends = [...actions, 'failed'];
		const { execution } = await runByWebhook(
			n8n,
			[
				upsert({ onError: 'continueRegularOutput' }),
				switchOnAction(...actions),
				...ends.map((name) => end(name)),
			],
			{ Rows: ['Kizen'], Kizen: ['Switch'], Switch: ends },
			rows,
		);
		expect(execution.status).toBe('success');
		for (const [index, name] of ends.entries()) {
			const [items] = execution.outputs(name);
			expect(items.map(({ json }) => [json.by, json.action])).toEqual([[name, name]]);
			expect(items[0].json.email ?? items[0].json.name).toBeTruthy();
			expect(execution.outputs('Kizen')[0][index].pairedItem).toEqual({ item: index });
		}
		expect(kizen.find('client_client', { email: rows[0].email })).toBeDefined();
		expect(kizen.find('client_client', { email: rows[1].email })?.values.first_name).toBe(
			'Augusta',
		);
		expect(kizen.find('client_client', { email: rows[2].email })?.archived).toBe(false);
		expect(kizen.find('client_client', { email: rows[3].email })?.archived).toBe(true);
		expect(kizen.find('client_client', { email: rows[4].email })).toBeUndefined();
	});

	it('sends rows that were not written down the error output, as they came in', async () => {
		const { execution } = await runByWebhook(
			n8n,
			[upsert({ onError: 'continueErrorOutput' }), end('good'), end('bad')],
			{ Rows: ['Kizen'], Kizen: ['good', 'bad'] },
			rows,
		);
		const [good] = execution.outputs('good');
		expect(good.map(({ json }) => json.action)).toEqual(['created', 'updated', 'unarchived']);
		const [bad] = execution.outputs('bad');
		expect(bad.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				...rows[3],
				error: expect.stringContaining('[item 3]') as string,
				details: expect.objectContaining({ action: 'conflict' }) as object,
			}),
			expect.objectContaining({
				...rows[4],
				error: expect.stringContaining('[item 4]') as string,
				details: expect.objectContaining({ action: 'failed' }) as object,
			}),
		]);
	});

	it('has an output for each action when asked to, the last for rows that fail', async () => {
		const names = ['Created', 'Updated', 'Unarchived', 'Conflict', 'Failed'];
		const { execution } = await runByWebhook(
			n8n,
			[
				upsert({ onError: 'continueRegularOutput' }, { splitByAction: true }),
				...names.map((name) => end(name)),
			],
			{ Rows: ['Kizen'], Kizen: names },
			rows,
		);
		expect(execution.status).toBe('success');
		const came = names.map((name) => execution.outputs(name)[0].map(({ json }) => json.action));
		expect(came).toEqual([['created'], ['updated'], ['unarchived'], ['conflict'], ['failed']]);
	});

	it('takes records as they were found, changes one column, and writes it', async () => {
		const engagements = { __rl: true, mode: 'name', value: 'engagement' };
		const search = kizenNode(
			credential,
			{ operation: 'search', object: engagements, returnAll: true },
			{ name: 'Search' },
		);
		const assignment = { id: 'headcount', name: 'headcount', value: 77, type: 'number' };
		const change = node('Change', 'n8n-nodes-base.set', 3.4, {
			assignments: { assignments: [assignment] },
			includeOtherFields: true,
			options: {},
		});
		const update = kizenNode(credential, {
			operation: 'update',
			object: engagements,
			record: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			specifyFields: 'map',
			fields: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema: [] },
		});
		const held = () =>
			kizen
				.all('engagement')
				.filter(({ archived }) => !archived)
				.map(({ values }) => ({ ...values, updated: undefined }));
		const before = held();
		const { execution } = await runByWebhook(
			n8n,
			[search, change, update],
			{ Rows: ['Search'], Search: ['Change'], Change: ['Kizen'] },
			[{ start: true }],
		);
		expect(execution.status).toBe('success');
		const actions = execution.outputs('Kizen')[0].map(({ json }) => json.action);
		expect(actions).toEqual(before.map(() => 'updated'));
		expect(held()).toEqual(before.map((values) => ({ ...values, headcount: 77 })));
	});

	it('stops at the first row that fails, with what to do about it', async () => {
		const { status, execution } = await runByWebhook(n8n, [upsert({})], { Rows: ['Kizen'] }, [
			rows[1],
			rows[4],
		]);
		expect(status).toBe(500);
		expect(execution.status).toBe('error');
		expect(execution.error?.message).toMatch(/Mobile Phone.*\[item 1\]/);
		expect(execution.error?.description).toBeTruthy();
	});
});

describe("n8n's own HTTP Request node", () => {
	it("asks Kizen for anything else with this package's credential", async () => {
		const { id, name } = credential;
		const request = node(
			'Ask Kizen',
			'n8n-nodes-base.httpRequest',
			4.2,
			{
				url: `${kizen.url}/api/business/mine`,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'kizenApi',
				options: {},
			},
			{ credentials: { kizenApi: { id, name } } },
		);
		const { status, answer } = await runByWebhook(n8n, [request], { Rows: ['Ask Kizen'] }, [{}]);
		expect(status).toBe(200);
		expect(JSON.parse(answer)).toEqual([expect.objectContaining({ name: 'Northwind Advisory' })]);
		const { apiKey, businessId, userId } = kizen.credential;
		expect(kizen.log.at(-1)?.headers).toMatchObject({
			'x-api-key': apiKey,
			'x-business-id': businessId,
			'x-user-id': userId,
		});
	});
});
