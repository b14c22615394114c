import type { INode, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { silence } from '../until';
import { runInEngine, toolOf } from './engine';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const OBJECT = { __rl: true, mode: 'name', value: 'companies_company' };
const PARAMETERS: INodeParameters = {
	object: OBJECT,
	specifyFields: 'json',
	jsonFields: '={{ { name: $json.name } }}',
	lookupValue: '={{ $json.name }}',
};

const NAMES = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'];
const ROWS = NAMES.map((name) => ({ name }));

/** How often each name was sent to be written. */
function sent(): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { method, path, body } of kizen.log) {
		if (method !== 'POST' || !/(add|upsert)$/.test(path)) continue;
		const name = NAMES.find((each) => JSON.stringify(body).includes(each)) ?? '?';
		counts[name] = (counts[name] ?? 0) + 1;
	}
	return counts;
}

const refuseOnce = (name: string) =>
	kizen.faults.queue.push({
		match: { path: '/(add|upsert)', contains: name },
		fault: { kind: 'status', status: 500 },
		times: 1,
	});

const RETRY: Partial<INode> = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

it('Retry On Fail does not undo a row that was written, but not moved, by one before it', async () => {
	kizen.faults.queue.push(
		{
			match: { path: '/upsert' },
			fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			times: 1,
		},
		{ match: { path: '/move' }, fault: { kind: 'status', status: 500 }, times: 1 },
	);
	const { json } = await runInEngine({
		credential: kizen.credential,
		parameters: {
			...PARAMETERS,
			operation: 'upsert',
			object: { ...OBJECT, value: 'deals' },
			jsonFields: '={{ { Region: $json.region } }}',
			options: { stage: { __rl: true, mode: 'name', value: 'Proposal' } },
		},
		rows: [
			{ name: 'Alpha', region: 'North' },
			{ name: 'Alpha', region: 'South' },
		],
		node: { ...RETRY, onError: 'continueRegularOutput' },
	});
	expect(json.map(({ action }) => action)).toEqual(['failed', 'created']);
	expect(json[0].error).toMatch(/^A later row about the same record/);
	expect(kizen.find('deals', { name: 'Alpha' })?.values).toMatchObject({
		region: 'South',
		stage: 'Proposal',
	});
});

it('Retry On Fail writes all rows about one record, in order, if none was written before', async () => {
	kizen.faults.queue.push({
		match: { path: '/upsert' },
		fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
		times: 2,
	});
	const { json } = await runInEngine({
		credential: kizen.credential,
		parameters: {
			...PARAMETERS,
			operation: 'upsert',
			jsonFields: '={{ { website: $json.website } }}',
		},
		rows: ['first', 'second'].map((n) => ({ name: 'Alpha', website: `https://${n}.example` })),
		node: { ...RETRY, onError: 'continueRegularOutput' },
	});
	expect(json.map(({ action }) => action)).toEqual(['created', 'updated']);
	expect(kizen.find(OBJECT.value, { name: 'Alpha' })?.values.website).toBe(
		'https://second.example',
	);
});

describe.each(['add', 'upsert'])('Retry On Fail with %s', (operation) => {
	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'moves a record that was written to its stage, without writing it again (%s)',
		async (onError) => {
			kizen.faults.queue.push({
				match: { path: '/move' },
				fault: { kind: 'status', status: 500 },
				times: 1,
			});
			const { json } = await runInEngine({
				credential: kizen.credential,
				parameters: {
					...PARAMETERS,
					operation,
					object: { ...OBJECT, value: 'deals' },
					options: { stage: { __rl: true, mode: 'name', value: 'Proposal' } },
				},
				rows: [{ name: 'Alpha' }],
				node: { ...RETRY, onError },
			});
			expect(json).toMatchObject([{ action: 'created', name: 'Alpha', stage: 'Proposal' }]);
			expect(sent()).toEqual({ Alpha: 1 });
			expect(kizen.log.filter(({ path }) => path.endsWith('/move'))).toHaveLength(2);
			expect(kizen.find('deals', { name: 'Alpha' })?.values.stage).toBe('Proposal');
		},
	);

	it.each([
		['stop', 1],
		['stop', 8],
		['continue', 1],
		['continue', 8],
	])('writes no row twice (On Error %s, %i at once)', async (mode, maxParallel) => {
		// Of an Add, a 500 leaves open whether the record is there: such a row is never sent again.
		// A 403 is a clear no.
		kizen.faults.queue.push({
			match: { path: '/(add|upsert)', contains: mode === 'stop' ? 'Gamma' : 'Alpha' },
			fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			times: 1,
		});
		const { json, error } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation, options: { maxParallel } },
			rows: ROWS,
			node: { ...RETRY, onError: mode === 'stop' ? 'stopWorkflow' : 'continueRegularOutput' },
		});
		expect(error).toBeUndefined();
		expect(json.map(({ action, name }) => [name, action])).toEqual(
			NAMES.map((name) => [name, 'created']),
		);
		expect(sent()).toEqual({
			...Object.fromEntries(NAMES.map((name) => [name, 1])),
			[mode === 'stop' ? 'Gamma' : 'Alpha']: 2,
		});
		for (const name of NAMES) {
			const found = kizen.all('companies_company').filter(({ values }) => values.name === name);
			expect(found).toHaveLength(1);
		}
	});

	it('carries nothing over into the next run of the node or another execution', async () => {
		const scenario = {
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'upsert' },
			rows: ROWS,
			node: RETRY,
		};
		await runInEngine({ ...scenario, twice: true });
		expect(sent()).toEqual(Object.fromEntries(NAMES.map((name) => [name, 2])));
		const { json } = await runInEngine(scenario);
		expect(json.map(({ action }) => action)).toEqual(NAMES.map(() => 'updated'));
		expect(sent()).toEqual(Object.fromEntries(NAMES.map((name) => [name, 3])));
	});
});

it('A row that Kizen may hold is not added again by Retry On Fail', async () => {
	refuseOnce('Beta');
	const { json } = await runInEngine({
		credential: kizen.credential,
		parameters: { ...PARAMETERS, operation: 'add' },
		rows: ROWS.slice(1),
		node: { ...RETRY, onError: 'continueRegularOutput' },
	});
	expect(json[0]).toMatchObject({
		action: 'failed',
		error: expect.stringMatching(/^Kizen may still have created "Beta"\./),
	});
	expect(sent()).toEqual({ Beta: 1, Gamma: 1, Delta: 1, Epsilon: 1 });
});

it('A row that failed does not undo a later one of the same record when it is tried again', async () => {
	kizen.faults.queue.push({
		match: { path: '/upsert', contains: 'first' },
		fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
		times: 1,
	});
	const { json } = await runInEngine({
		credential: kizen.credential,
		parameters: {
			object: OBJECT,
			operation: 'upsert',
			lookupValue: '={{ $json.name }}',
			specifyFields: 'json',
			jsonFields: '={{ { website: $json.site } }}',
		},
		rows: [
			{ name: 'Same', site: 'first' },
			{ name: 'same', site: 'last' },
			{ name: 'Other', site: 'other' },
		],
		node: { ...RETRY, onError: 'continueRegularOutput' },
	});
	expect(kizen.find('companies_company', { name: 'same' })?.values.website).toBe('last');
	expect(json.map(({ action }) => action)).toEqual(['failed', 'created', 'created']);
	expect(json[0].error).toBe(
		'A later row about the same record, [item 1], was written already [item 0]',
	);
});

describe('As a tool of an agent, with Retry On Fail and On Error set to Stop', () => {
	const tool = (operation: string) =>
		toolOf({
			credential: kizen.credential,
			parameters: {
				operation,
				object: OBJECT,
				lookupValue: "={{ $fromAI('name', 'The name', 'string') }}",
				specifyFields: 'json',
				jsonFields: "={{ { name: $fromAI('name', 'The name', 'string') } }}",
			},
			node: { ...RETRY, maxTries: 4, onError: 'stopWorkflow' },
		});
	const failWith = (status: number, times: number) =>
		kizen.faults.queue.push({
			match: { path: '/(add|upsert)', contains: 'Alpha' },
			fault: { kind: 'status', status, body: { code: 'permission_required' } },
			times,
		});

	it('an Add that Kizen may have carried out is not sent again', async () => {
		failWith(504, 9);
		const message = 'Kizen may still have created "Alpha"';
		await expect(tool('add')({ name: 'Alpha' })).rejects.toThrow(message);
		expect(sent()).toEqual({ Alpha: 1 });
	});

	it('a clear no is tried again', async () => {
		failWith(403, 2);
		expect(JSON.parse(await tool('add')({ name: 'Alpha' }))).toMatchObject([{ action: 'created' }]);
		expect(sent()).toEqual({ Alpha: 3 });
	});

	it('another call of the tool is another Add, also with the same words', async () => {
		kizen.switches.activeDuplicates = 'allowed';
		const call = tool('add');
		failWith(504, 1);
		await expect(call({ name: 'Alpha' })).rejects.toThrow('Kizen may still have created');
		for (const args of [{ name: 'Alpha' }, { name: 'Alpha' }]) {
			expect(JSON.parse(await call(args))).toMatchObject([{ action: 'created' }]);
		}
		expect(sent()).toEqual({ Alpha: 3 });
	});

	it('calls at the same time do not mix', async () => {
		failWith(504, 1);
		const call = tool('add');
		const results = await Promise.allSettled(NAMES.map(async (name) => await call({ name })));
		expect(results.map(({ status }) => status)).toEqual(
			NAMES.map((name) => (name === 'Alpha' ? 'rejected' : 'fulfilled')),
		);
		expect(sent()).toEqual(Object.fromEntries(NAMES.map((name) => [name, 1])));
	});
});

describe('Settings of the node', () => {
	it('Execute Once writes the first row alone', async () => {
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'upsert' },
			rows: ROWS,
			node: { executeOnce: true },
		});
		expect(json.map(({ name }) => name)).toEqual(['Alpha']);
		expect(sent()).toEqual({ Alpha: 1 });
	});

	it('Execute Once with Retry On Fail writes the first row once', async () => {
		kizen.faults.queue.push({
			match: { path: '/upsert' },
			fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
		});
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'upsert' },
			rows: ROWS,
			node: { ...RETRY, executeOnce: true },
		});
		expect(json.map(({ name, action }) => [name, action])).toEqual([['Alpha', 'created']]);
		expect(sent()).toEqual({ Alpha: 2 });
	});

	it('Always Output Data changes nothing: every row comes out anyway', async () => {
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'upsert' },
			rows: ROWS,
			node: { alwaysOutputData: true },
		});
		expect(json).toHaveLength(5);
	});

	it('pinned data is used instead of asking Kizen', async () => {
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'upsert' },
			rows: ROWS,
			pinData: { Kizen: [{ json: { action: 'created', id: 'pinned' } }] },
		});
		expect(json).toEqual([{ action: 'created', id: 'pinned' }]);
		expect(kizen.log).toEqual([]);
	});
});

describe('A workflow that is stopped', () => {
	it('sends nothing more', async () => {
		kizen.faults.latencyMs = 50;
		const rows = Array.from({ length: 400 }, (_, n) => ({ name: `Stopped ${n}` }));
		let sentWhenStopped = 0;
		const { status } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'upsert', options: { maxParallel: 4 } },
			rows,
			stopWhen: () => (sentWhenStopped = kizen.log.length) >= 10,
		});
		expect(status).toBe('canceled');
		await silence(kizen);
		expect(kizen.log.length).toBeLessThanOrEqual(sentWhenStopped + 4);
	});

	it('does not wait for the rate limit any longer', async () => {
		kizen.faults.queue.push({
			match: { path: '/upsert' },
			fault: { kind: 'status', status: 429, retryAfter: 3000 },
			times: 99,
		});
		const { status } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'upsert', options: { giveUpAfter: 3600 } },
			rows: ROWS,
			stopWhen: () => kizen.log.some((request) => request.status === 429),
		});
		expect(status).toBe('canceled');
	});
});
