import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { RESPONSE_LOST } from '../../nodes/Kizen/outcome/outcome';
import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { byName, runInEngine, type Result } from './engine';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

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
	it.each([
		['client_client', 'ada.lovelace@example.com', 'plain', 400],
		['client_client', 'ada.lovelace@example.com', 'coded', 400],
		['client_client', 'ada.lovelace@example.com', 'plain', 409],
		['companies_company', 'Cascade Optics', 'plain', 400],
	] as const)(
		'as the row of an Add is said so, with Upsert as the way out: %s %s, %s, %i',
		async (object, value, errors, duplicateStatus) => {
			Object.assign(kizen.switches, { errors, duplicateStatus });
			const name = object === 'client_client' ? 'email' : 'name';
			const parameters = { operation: 'add', object: byName(object), options: { giveUpAfter: 1 } };
			const { error } = await run(parameters, [{ fields: { [name]: value } }]);
			expect(error?.message).toMatch(
				/^"(Contacts|Companies)" already has a record with this name or email\. ".+": A record with this \w+ already exists/,
			);
			expect(error?.description).toMatch(/^Use the operation 'Upsert'/);
		},
	);

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
		expect(lookedBack[0]).toEqual([...rows.slice(0, 20), rows.at(-1)]);
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

describe('If the record exists', () => {
	const COMPANY = 'companies_company';

	const upsert = async (
		ifExists: string,
		rows: IDataObject[],
		more: INodeParameters = {},
	): Promise<Result> =>
		await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: byName('={{ $json.object }}'),
				lookupValue: '={{ $json.name }}',
				specifyFields: 'json',
				jsonFields: '={{ $json.fields ?? {} }}',
				ifExists,
				...more,
			},
			rows: rows.map((row) => ({ object: COMPANY, ...row })),
			node: { onError: 'continueRegularOutput' },
		});

	const actions = ({ json }: Result) => json.map(({ action }) => action);
	const writes = () =>
		kizen.log.filter(({ path, method }) => /upsert$/.test(path) || method === 'PATCH');
	const valuesOf = (object: string, name: string) => kizen.find(object, { name })?.values ?? {};

	describe('Leave It As It Is', () => {
		it('writes nothing to a record that exists, whatever the case of its name', async () => {
			kizen.add(COMPANY, { name: 'Twin Peaks', website: 'https://old.example' });
			const result = await upsert('leave', [
				{ name: 'TWIN peaks', fields: { website: 'https://new.example' } },
				{ name: 'Nobody Yet', fields: { website: 'https://new.example' } },
			]);
			expect(actions(result)).toEqual(['unchanged', 'created']);
			expect(result.json[0]).toMatchObject({ name: 'Twin Peaks', website: 'https://old.example' });
			expect(writes()).toHaveLength(1);
			expect(valuesOf(COMPANY, 'Twin Peaks').website).toBe('https://old.example');
		});

		it('keeps the first of several rows about one record, even if the search shows it late', async () => {
			kizen.switches.searchLagMs = 3_600_000;
			const rows = ['Zed', 'ZED', 'zed '].map((name, n) => ({
				name,
				fields: { website: `https://${n}.example` },
			}));
			const result = await upsert('leave', rows);
			expect(actions(result)).toEqual(['created', 'unchanged', 'unchanged']);
			expect(valuesOf(COMPANY, 'Zed').website).toBe('https://0.example');
		});

		it('leaves an archived record to the choice for archived records', async () => {
			kizen.add(COMPANY, { name: 'Gone Ltd' }, { archived: true });
			const conflict = await upsert('leave', [{ name: 'gone ltd' }]);
			expect(actions(conflict)).toEqual(['conflict']);
			const back = await upsert('leave', [{ name: 'gone ltd' }], {
				oncreateUnarchive: 'unarchive',
			});
			expect(actions(back)).toEqual(['unarchived']);
		});

		it('names the records where several have the name', async () => {
			kizen.switches.activeDuplicates = 'allowed';
			for (const name of ['Twin', 'TWIN']) kizen.add(COMPANY, { name });
			const { json } = await upsert('leave', [{ name: 'twin' }]);
			expect(json[0].error).toMatch(/^"Companies" has 2 records called "twin": Twin .*, TWIN /);
			expect(writes()).toEqual([]);
		});

		it('does not move a record that exists to the stage under Options', async () => {
			const result = await upsert('leave', [{ object: 'deals', name: 'Fleet Leasing' }], {
				options: { stage: byName('Proposal') },
			});
			expect(actions(result)).toEqual(['unchanged']);
			expect(writes()).toEqual([]);
		});
	});

	describe('Fill Empty Fields Only', () => {
		const HELD = {
			name: 'Audit',
			region: 'North',
			fee: 10,
			is_billable: false,
			keywords: ['Urgent'],
		};
		const GIVEN = {
			region: 'South',
			fee: 99,
			is_billable: true,
			keywords: 'Recurring',
			hours: 1.5,
			priority: 'High',
			notes: 'new',
			company: 'Cascade Optics',
		};

		it('writes what is empty and keeps what is there, false and lists included', async () => {
			const object = 'engagement';
			kizen.add(object, { ...HELD, reference_number: 'R' });
			const before = valuesOf(object, 'Audit');
			const result = await upsert('fill', [{ object, name: 'audit', fields: GIVEN }]);
			expect(result.json[0].error).toBeUndefined();
			expect(result.json[0]).toMatchObject({ action: 'updated', hours: 1.5, notes: 'new' });
			const after = valuesOf(object, 'Audit');
			for (const name of ['region', 'fee', 'is_billable', 'keywords']) {
				expect(after[name]).toEqual(before[name]);
			}
			expect(after).toMatchObject({ hours: 1.5, notes: 'new' });
			expect(writes()).toHaveLength(1);
			expect((writes()[0].body as { fields: unknown[] }).fields).toHaveLength(4);
		});

		it('is unchanged where no field of the row is empty, and clears nothing', async () => {
			kizen.add(COMPANY, { name: 'Full', website: 'https://old.example' });
			const result = await upsert(
				'fill',
				[{ name: 'full', fields: { website: 'https://new.example', 'Main Phone': '' } }],
				{ options: { emptyValues: 'clear' } },
			);
			expect(actions(result)).toEqual(['unchanged']);
			expect(writes()).toEqual([]);
		});

		it('fails a row whose value does not fit, or names no field', async () => {
			kizen.add('engagement', { name: 'Audit', reference_number: 'R' });
			const { json } = await upsert('fill', [
				{ object: 'engagement', name: 'Audit', fields: { region: 'Nrth' } },
				{ object: 'engagement', name: 'Audit', fields: { regoin: 'North' } },
			]);
			expect(json.map(({ error }) => error)).toEqual([
				expect.stringMatching(/^"Region" has no option "Nrth"/),
				expect.stringMatching(/no field "regoin"/),
			]);
		});

		it('keeps the order of rows about one record', async () => {
			kizen.faults.latencyMs = { min: 0, max: 20 };
			const rows = Array.from({ length: 12 }, (_, n) => ({
				name: n % 2 ? 'Order' : 'ORDER',
				fields: n % 3 ? { website: `https://${n}.example` } : { employees: n },
			}));
			const result = await upsert('fill', rows);
			expect(actions(result).slice(0, 3)).toEqual(['created', 'updated', 'unchanged']);
			expect(new Set(actions(result).slice(2))).toEqual(new Set(['unchanged']));
			expect(valuesOf(COMPANY, 'ORDER')).toMatchObject({
				employees: 0,
				website: 'https://1.example',
			});
		});
	});
});

/**
 * The name or email that finds a record, as sheets and forms hand it over: with white space and
 * invisible characters at its ends. The embedded Kizen does not trim them.
 */
describe('The name or email that finds a record', () => {
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
			expect(emails().filter((email) => email.includes('ada'))).toEqual([
				'ada.lovelace@example.com',
			]);
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

		it.each(['Ada Lovelace', 'ada example.com', 'ada@example', 'a@example.com, b@example.com'])(
			'of a contact that is to be written is an email: %j',
			async (key) => {
				expect(await said(key)).toBe(
					`'Lookup Value' takes one email address; "${key}" is not one. [item 0] Write it like ada@example.com.`,
				);
				expect(kizen.log.some(({ path }) => path.endsWith('/upsert'))).toBe(false);
			},
		);

		it('that is only looked up may be anything', async () => {
			const look = { operation: 'lookUp', object: CONTACTS, ifNotFound: 'notFound' };
			const { json } = await run(look, [{ key: 'Ada Lovelace' }]);
			expect(json).toEqual([
				expect.objectContaining({ action: 'notFound', email: 'Ada Lovelace' }),
			]);
		});

		it('that Kizen rejects is called by its name in the node', async () => {
			expect(await said('x'.repeat(300), COMPANIES)).toMatch(
				/^Kizen did not accept the row\. 'Lookup Value': Ensure this field has no more than 255/,
			);
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
});
