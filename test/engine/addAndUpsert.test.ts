import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { RESPONSE_LOST } from '../../nodes/Kizen/outcome/outcome';
import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { runInEngine, type Result } from './engine';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const byName = (value: string) => ({ __rl: true, mode: 'name', value });

const run = async (
	parameters: INodeParameters,
	rows: IDataObject[] = [{}],
	onError?: 'continueRegularOutput',
): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		parameters: { specifyFields: 'json', jsonFields: '={{ $json.fields ?? {} }}', ...parameters },
		rows,
		node: { onError },
	});

/** The writes as Kizen received them. */
const writes = () =>
	kizen.log
		.filter(({ path }) => /\/(add|upsert)$/.test(path))
		.map(({ path, query, body }) => ({ path, query, body }));

const fieldId = (object: string, name: string) => kizen.object(object).field(name).id;

describe('On the wire', () => {
	it('Add sends the fields by their IDs and what to do about archived records, and nothing else', async () => {
		await run({ operation: 'add', object: byName('client_client'), unarchive: 'unarchive' }, [
			{ fields: { email: 'ada@example.com', 'Email Status': 'opted in' } },
		]);
		const { id } = kizen.object('client_client');
		const optedIn = kizen
			.object('client_client')
			.field('email_status')
			.options.find(({ name }) => name === 'Opted In');
		expect(writes()).toEqual([
			{
				path: `/api/records/${id}/add`,
				query: {},
				body: {
					fields: [
						{ id: fieldId('client_client', 'email'), value: 'ada@example.com' },
						{ id: fieldId('client_client', 'email_status'), value: { id: optedIn?.id } },
					],
					unarchive: 'unarchive',
				},
			},
		]);
	});

	it('Upsert sends the lookup value without white space at its ends, and nothing that was not asked for', async () => {
		await run({ operation: 'upsert', object: byName('companies_company'), lookupValue: ' Acme ' });
		expect(writes()).toEqual([
			{
				path: `/api/records/${kizen.object('companies_company').id}/upsert`,
				query: {},
				body: { lookup_value: 'Acme', fields: [], oncreate_unarchive: 'prompt' },
			},
		]);
	});

	it('Upsert sends each of its settings when it is set', async () => {
		await run({
			operation: 'upsert',
			object: byName('companies_company'),
			lookupValue: 'Acme',
			oncreateUnarchive: 'overwrite',
			onupdateArchivedConflict: 'overwrite',
			returnAllFields: true,
		});
		expect(writes()[0]).toMatchObject({
			query: { return_all_fields: 'true' },
			body: { oncreate_unarchive: 'overwrite', onupdate_archived_conflict: 'overwrite' },
		});
	});

	it('a number is a lookup value, too', async () => {
		const { json } = await run(
			{ operation: 'upsert', object: byName('companies_company'), lookupValue: '={{ $json.n }}' },
			[{ n: 4711 }],
		);
		expect(json[0]).toMatchObject({ action: 'created', name: '4711' });
	});

	it("Kizen's own list of fields is taken as well, by name or ID, with values to add and remove", async () => {
		const tag = (name: string) => kizen.object('client_client').tag('tags', name);
		await run(
			{ operation: 'upsert', object: byName('client_client'), lookupValue: 'a@b.example' },
			[
				{
					fields: [
						{ name: 'first_name', value: 'Ada' },
						{ id: fieldId('client_client', 'last_name'), value: 'Byron' },
						{ name: 'tags', add_values: ['VIP'], remove_values: ['Partner'] },
					],
				},
			],
		);
		expect(writes()[0].body).toMatchObject({
			fields: [
				{ id: fieldId('client_client', 'first_name'), value: 'Ada' },
				{ id: fieldId('client_client', 'last_name'), value: 'Byron' },
				{
					id: fieldId('client_client', 'tags'),
					add_values: [{ id: tag('VIP') }],
					remove_values: [{ id: tag('Partner') }],
				},
			],
		});
	});

	it('every request carries the three headers, and the key is in none of their addresses', async () => {
		await run({ operation: 'upsert', object: byName('companies_company'), lookupValue: 'Acme' });
		const { apiKey, businessId, userId } = kizen.credential;
		expect(kizen.log.length).toBeGreaterThan(0);
		for (const { headers, url } of kizen.log) {
			expect(headers).toMatchObject({
				'x-api-key': apiKey,
				'x-business-id': businessId,
				'x-user-id': userId,
			});
			expect(url).not.toContain(apiKey);
		}
	});

	it('the object is read once, and each row is one request', async () => {
		const rows = Array.from({ length: 50 }, (_, n) => ({ name: `Company ${n}` }));
		await run(
			{
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: '={{ $json.name }}',
			},
			rows,
		);
		expect(kizen.log.filter(({ method }) => method === 'GET')).toHaveLength(3);
		expect(writes()).toHaveLength(50);
	});

	it('the object and its fields are asked for at once, where Kizen takes the name for both', async () => {
		kizen.switches.fieldsByApiName = 'accepted';
		kizen.faults.latencyMs = 50;
		await run({ operation: 'upsert', object: byName('companies_company'), lookupValue: 'One' }, [
			{},
		]);
		expect(kizen.log.map(({ path }) => path).slice(0, 2)).toEqual([
			'/api/custom-objects/companies_company',
			'/api/custom-objects/companies_company/fields',
		]);
		expect(kizen.log).toHaveLength(3);
		expect(kizen.inFlight.most).toBe(2);
	});

	it('the credential is read twice at most, however many rows there are', async () => {
		const rows = Array.from({ length: 50 }, (_, n) => ({ name: `Company ${n}` }));
		const { credentialReads } = await run(
			{
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: '={{ $json.name }}',
			},
			rows,
		);
		expect(credentialReads).toBeLessThanOrEqual(2);
	});
});

describe('The object', () => {
	it.each(['list', 'id'])('is found in mode %s by its ID', async (mode) => {
		const { id } = kizen.object('deals');
		const { json } = await run({
			operation: 'upsert',
			object: { __rl: true, mode, value: id, cachedResultName: 'Deals' },
			lookupValue: 'New Deal',
		});
		expect(json[0]).toMatchObject({ action: 'created', object: 'deals', name: 'New Deal' });
	});

	it.each(['deals', 'Deals', 'dEALS'])('is found by name as "%s"', async (name) => {
		const { json } = await run({
			operation: 'upsert',
			object: byName(name),
			lookupValue: 'New Deal',
		});
		expect(json[0]).toMatchObject({ action: 'created', object: 'deals', name: 'New Deal' });
	});

	it('that is misspelt is said so, also to a key that may not list objects', async () => {
		kizen.faults.queue.push({
			match: { path: '/custom-objects\\?' },
			fault: { kind: 'status', status: 403 },
			times: 9,
		});
		const { error } = await run({
			operation: 'upsert',
			object: byName('dales'),
			lookupValue: 'New Deal',
		});
		expect(error?.message).toMatch(/^Kizen has no "dales"/);
	});

	it('of a label that two objects share is not guessed', async () => {
		kizen.addObject({ name: 'deals_two', object_name: 'Deals', entity_name: 'Deal' });
		const { error } = await run({
			operation: 'upsert',
			object: byName('DEALS'),
			lookupValue: 'New Deal',
		});
		expect(error?.message).toBe('Kizen has 2 objects called "DEALS" [item 0]');
		expect(error?.description).toContain('deals, deals_two');
	});

	it('may be another one for every item', async () => {
		const { json } = await run(
			{
				operation: 'upsert',
				object: byName('={{ $json.object }}'),
				lookupValue: '={{ $json.name }}',
			},
			[
				{ object: 'companies_company', name: 'Acme' },
				{ object: 'deals', name: 'Acme' },
				{ object: 'client_client', name: 'acme@example.com' },
				{ object: 'deals', name: 'Acme 2' },
			],
		);
		expect(json.map(({ object, name }) => [object, name])).toEqual([
			['companies_company', 'Acme'],
			['deals', 'Acme'],
			['client_client', 'acme@example.com'],
			['deals', 'Acme 2'],
		]);
		const objects = kizen.log.filter(({ method }) => method === 'GET').map(({ path }) => path);
		expect(objects).toHaveLength(9);
		expect(new Set(objects).size).toBe(9);
	});

	it('that the key may not see is told from one that it may not write', async () => {
		const { json } = await run(
			{ operation: 'upsert', object: byName('={{ $json.object }}'), lookupValue: 'X' },
			[{ object: 'payroll_run' }, { object: 'policies_policy' }],
			'continueRegularOutput',
		);
		expect(json[0].error).toMatch(/^Kizen has no "payroll_run", or the API key may not see it/);
		expect(json[1].error).toMatch(/^The API key has no permission for this in "Policies"/);
	});
});

describe('An archived record', () => {
	const archived = () => kizen.find('companies_company', { name: 'Oldtown Press' });

	const MODES: Array<[string, INodeParameters]> = [
		['Add', { operation: 'add' }],
		['Upsert', { operation: 'upsert', lookupValue: 'Oldtown Press' }],
	];

	const row = [{ fields: { name: 'Oldtown Press', employees: 7 } }];

	it.each(MODES)('comes back with its ID with %s and Unarchive It', async (_name, parameters) => {
		const id = archived()?.id;
		const { json } = await run(
			{
				...parameters,
				object: byName('companies_company'),
				unarchive: 'unarchive',
				oncreateUnarchive: 'unarchive',
			},
			row,
		);
		expect(json[0]).toMatchObject({ action: 'unarchived', id });
		expect(archived()).toMatchObject({ archived: false, values: { employees: 7 } });
	});

	it.each(MODES)('makes room for a new one with %s and Overwrite It', async (_name, parameters) => {
		const id = archived()?.id;
		const { json } = await run(
			{
				...parameters,
				object: byName('companies_company'),
				unarchive: 'overwrite',
				oncreateUnarchive: 'overwrite',
			},
			row,
		);
		expect(json[0]).toMatchObject({ action: 'created', name: 'Oldtown Press' });
		expect(json[0].id).not.toBe(id);
		expect(kizen.find('companies_company', { id: String(id) })?.archived).toBe(true);
	});

	it.each(MODES)('is a conflict with %s and Report a Conflict', async (_name, parameters) => {
		const { error } = await run({ ...parameters, object: byName('companies_company') }, row);
		expect(error?.message).toMatch(
			/^An archived record of "Companies" has the name "Oldtown Press"\. .*\[item 0\]$/,
		);
		expect(error?.description).toMatch(/'If an Archived Record Has This Name or Email'/);
		expect(error?.description).not.toMatch(/'If the New Name/);
		expect(archived()?.archived).toBe(true);
	});

	it('that holds the new name is a conflict of an update, or gives the name up', async () => {
		const rename = {
			operation: 'upsert',
			object: byName('companies_company'),
			lookupValue: 'Contoso',
		};
		kizen.add('companies_company', { name: 'Solo' });
		const conflict = await run({ ...rename, lookupValue: 'Solo' }, row);
		expect(conflict.error?.message).toMatch(
			/^An archived record of "Companies" has the name "Oldtown Press"/,
		);
		expect(conflict.error?.description).toMatch(
			/Choose under 'If the New Name Belongs to an Archived Record' what to do/,
		);
		expect(conflict.error?.description).not.toMatch(/'If an Archived Record Has/);
		const { json } = await run(
			{ ...rename, lookupValue: 'Solo', onupdateArchivedConflict: 'overwrite' },
			row,
		);
		expect(json[0]).toMatchObject({ action: 'updated', name: 'Oldtown Press' });
	});

	const CONFLICTS: Array<Partial<Switches>> = [
		{ conflictStatus: 409 },
		{ conflictBody: 'non_field_errors' },
		{ conflictBody: 'detail' },
		{ conflictBody: 'detail', conflictStatus: 409 },
		{ conflictBody: 'errors' },
		{ conflictBody: 'list' },
		{ conflictBody: 'keyed' },
		{ conflictCode: 'unique', errors: 'coded' },
		{ conflictCode: 'archived', errors: 'coded' },
		{ conflictWording: 'as a duplicate' },
		{ conflictWording: 'as a duplicate', conflictBody: 'detail' },
		{ conflictWording: 'as a duplicate', conflictBody: 'list' },
		{ conflictWording: 'as a duplicate', conflictCode: 'unique', errors: 'coded' },
		{ conflictWording: 'as a duplicate', conflictCode: 'conflict', errors: 'coded' },
	];

	it.each(CONFLICTS)('is known as a conflict however Kizen says so: %j', async (switches) => {
		Object.assign(kizen.switches, switches);
		for (const [, parameters] of MODES) {
			const { json } = await run(
				{ ...parameters, object: byName('companies_company') },
				row,
				'continueRegularOutput',
			);
			expect(json[0]).toMatchObject({ action: 'conflict' });
		}
		// No waiting for it to go away: an archived record does not.
		expect(writes()).toHaveLength(2);
	});

	it.each(['id', 'record'] as const)(
		'is named by its ID where Kizen tells it: %s',
		async (conflictNamesRecord) => {
			kizen.switches.conflictNamesRecord = conflictNamesRecord;
			const { json } = await run(
				{ operation: 'add', object: byName('companies_company') },
				row,
				'continueRegularOutput',
			);
			expect(json[0].details).toMatchObject({ archivedRecordId: archived()?.id });
		},
	);

	it('is a conflict as well where the response holds null', async () => {
		kizen.faults.queue.push({
			match: { path: '/add$' },
			fault: { kind: 'status', status: 409, body: { detail: 'It is archived.', record: null } },
		});
		const { json } = await run(
			{ operation: 'add', object: byName('companies_company') },
			row,
			'continueRegularOutput',
		);
		expect(json[0]).toMatchObject({ action: 'conflict' });
	});

	it('is no conflict where the user chose what to do and Kizen rejects the row all the same', async () => {
		kizen.faults.queue.push({
			match: { path: '/add$' },
			fault: { kind: 'status', status: 400, body: { detail: 'It is archived.' } },
		});
		const { json } = await run(
			{ operation: 'add', object: byName('companies_company'), unarchive: 'overwrite' },
			row,
			'continueRegularOutput',
		);
		expect(json[0]).toMatchObject({ action: 'failed', error: expect.stringMatching(/archived/) });
	});
});

describe('An active record with the same name', () => {
	it('is not in the way, nor an archived one, where Kizen rejects another value as taken', async () => {
		const taken = { message: 'This value already exists.', code: 'unique' };
		kizen.faults.queue.push({
			match: { path: '/add$' },
			fault: { kind: 'status', status: 400, body: { fields: [{}, { value: [taken] }] } },
		});
		const { json } = await run(
			{ operation: 'add', object: byName('companies_company') },
			[{ fields: { name: 'New Ltd', website: 'https://taken.example' } }],
			'continueRegularOutput',
		);
		expect(json[0]).toMatchObject({ action: 'failed', error: expect.stringMatching(/"Website"/) });
	});

	it.each([
		{ duplicateCode: 'unique', errors: 'coded' },
		{ duplicateCode: 'conflict', errors: 'coded' },
		{ duplicateStatus: 409, duplicateCode: 'conflict', errors: 'coded' },
		{ errors: 'plain' },
	] as Array<Partial<Switches>>)('is no archived one: %j', async (switches) => {
		Object.assign(kizen.switches, switches);
		const { json } = await run(
			{ operation: 'add', object: byName('companies_company') },
			[{ fields: { name: 'BLUE heron logistics' } }],
			'continueRegularOutput',
		);
		expect(json[0]).toMatchObject({ action: 'failed' });
		expect(json[0].error).not.toMatch(/archived/i);
	});
});

describe('What Kizen answers to Add', () => {
	it.each([
		{ addStatus: 201 },
		{ addFields: 'all' },
		{ addAction: 'absent' },
		{ valueShape: 'raw' },
		{ valueShape: 'nested' },
		{ valueShape: 'array' },
	] as Array<Partial<Switches>>)('is understood in every form: %j', async (switches) => {
		Object.assign(kizen.switches, switches);
		const { json } = await run({ operation: 'add', object: byName('companies_company') }, [
			{ fields: { name: 'Formless Ltd', employees: 3 } },
		]);
		expect(json[0]).toMatchObject({
			action: 'created',
			name: 'Formless Ltd',
			employees: 3,
		});
	});

	it('without an action, tells a record that came back from a new one by its dates', async () => {
		kizen.switches.addAction = 'absent';
		const { json } = await run(
			{ operation: 'add', object: byName('companies_company'), unarchive: 'unarchive' },
			[{ fields: { name: 'Oldtown Press' } }, { fields: { name: 'Brand New Ltd' } }],
		);
		expect(json.map(({ action }) => action)).toEqual(['unarchived', 'created']);
	});
});

it('Upsert says where it can not know whether it was the first to write', async () => {
	kizen.faults.queue.push({
		match: { path: '/upsert' },
		fault: { kind: 'drop' },
		when: 'after',
	});
	const { json } = await run({
		operation: 'upsert',
		object: byName('companies_company'),
		lookupValue: 'Brand New',
	});
	expect(json).toMatchObject([{ action: 'updated', name: 'Brand New', note: RESPONSE_LOST }]);
});

it.each([
	['multipleValues', 'Add', 'Tags and Multi-Select Fields'],
	['emptyValues', 'Clear', 'Empty Values'],
	['unknownFields', 'skip', 'Unknown Columns'],
	['stage', ['Proposal'], 'Stage'],
])('%s as %j is refused, not taken for the default', async (option, value, label) => {
	const { error } = await run({
		operation: 'upsert',
		object: byName('deals'),
		lookupValue: 'New Deal',
		options: { [option]: `={{ ${JSON.stringify(value)} }}` },
	});
	expect(error?.message).toMatch(new RegExp(`^'${label}' can't be`));
	expect(writes()).toEqual([]);
});

describe('The output', () => {
	it('Raw is the answer as it came, with what happened beside it', async () => {
		const { json } = await run({
			operation: 'upsert',
			object: byName('companies_company'),
			lookupValue: 'Acme',
			output: 'raw',
		});
		expect(json[0]).toMatchObject({
			action: 'created',
			id: kizen.find('companies_company', { name: 'Acme' })?.id,
			object_type: 'standard',
			num_upcoming_activities: 0,
			num_associated_team_members: expect.any(Number),
		});
	});

	it('comes in the order of the input, whatever is answered first', async () => {
		kizen.faults.latencyMs = { min: 0, max: 60 };
		kizen.faults.together = { path: '/upsert$', count: 4 };
		const rows = Array.from({ length: 60 }, (_, n) => ({ n, name: `Company ${n}` }));
		const { outputs, lookedBack } = await run(
			{
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: '={{ $json.name }}',
				options: { maxParallel: 32 },
			},
			rows,
		);
		expect(kizen.inFlight.most).toBeGreaterThanOrEqual(4);
		expect(outputs[0].map(({ json }) => json.name)).toEqual(rows.map(({ name }) => name));
		expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual(
			rows.map(({ n }) => ({ item: n })),
		);
		expect(lookedBack[0]).toEqual([...rows.slice(0, 10), rows.at(-1)]);
	});

	it('is summed up in a hint', async () => {
		kizen.add('companies_company', { name: 'There Already' });
		const { hints } = await run(
			{
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: '={{ $json.name }}',
			},
			[{ name: 'One' }, { name: 'Two' }, { name: 'There Already' }, { name: 'Oldtown Press' }],
			'continueRegularOutput',
		);
		expect(hints).toEqual([
			{ message: '2 created, 1 updated, 1 conflict.', type: 'warning', location: 'outputPane' },
		]);
	});
});
