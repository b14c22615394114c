import {
	NodeHelpers,
	Workflow,
	type IDataObject,
	type INode,
	type INodeParameters,
} from 'n8n-workflow';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { OPERATIONS } from '../../nodes/Kizen/operations';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { runInEngine, type Result } from './engine';

/** Separate Output per Action: an output for each thing that can happen, and each says the truth. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const DEALS = byName('deals');

const run = async (
	parameters: INodeParameters,
	rows: IDataObject[] = [{}],
	onError: INode['onError'] = 'continueRegularOutput',
): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		parameters: {
			object: DEALS,
			record: '={{ $json.id }}',
			lookupValue: '={{ $json.name }}',
			stage: byName('Proposal'),
			specifyFields: 'json',
			jsonFields: '={{ { name: $json.name } }}',
			splitByAction: true,
			...parameters,
		},
		rows,
		node: { onError },
	});

const actions = ({ outputs }: Result) =>
	outputs.map((items) => items.map(({ json }) => json.action));

/** The names of the outputs that the canvas shows. */
function canvas(parameters: INodeParameters): Array<string | undefined> {
	const type = new KizenRecords();
	const node: INode = {
		id: 'kizen',
		name: 'Kizen',
		type: 'kizenRecords',
		typeVersion: 1,
		position: [0, 0],
		parameters,
	};
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => type,
			getByNameAndVersion: () => type,
			getKnownTypes: () => ({}),
		},
	});
	return NodeHelpers.getNodeOutputs(workflow, node, type.description).map((output) =>
		typeof output === 'string' ? output : output.displayName,
	);
}

/** Where the connections of saved workflows begin: none of these may move. */
const OUTPUTS: Record<string, string[]> = {
	add: ['Created', 'Unarchived', 'Conflict', 'Failed'],
	upsert: ['Created', 'Updated', 'Unarchived', 'Conflict', 'Failed'],
	archive: ['Archived', 'Unchanged', 'Failed'],
	get: ['Found', 'Failed'],
	lookUp: ['Found', 'Not Found', 'Failed'],
	moveToStage: ['Moved', 'Unchanged', 'Failed'],
	search: ['Found', 'Failed'],
	unarchive: ['Unarchived', 'Unchanged', 'Conflict', 'Failed'],
	update: ['Updated', 'Unchanged', 'Conflict', 'Failed'],
};

it('They are known of every operation', () => {
	expect(Object.keys(OUTPUTS).sort()).toEqual(OPERATIONS.map(({ value }) => value).sort());
});

describe.each(Object.entries(OUTPUTS))('%s', (operation, names) => {
	it('has its outputs on the canvas, and one if they are not separate', () => {
		expect(canvas({ operation, splitByAction: true })).toEqual(names);
		expect(canvas({ operation, splitByAction: false })).toEqual([undefined]);
		expect(canvas({ operation })).toEqual([undefined]);
	});
});

describe('Unchanged of Upsert', () => {
	const ALL = [...OUTPUTS.upsert, 'Unchanged'];

	it.each([
		[undefined, OUTPUTS.upsert],
		['update', OUTPUTS.upsert],
		['fill', ALL],
		['leave', ALL],
		['={{ $json.ifExists }}', ALL],
		["={{ $('Start').item.json.ifExists }}", ALL],
	])('comes last, where If a Record Exists is %s, and moves no other output', (ifExists, names) => {
		const upsert = { operation: 'upsert', splitByAction: true };
		expect(canvas({ ...upsert, ...(ifExists !== undefined && { ifExists }) })).toEqual(names);
	});

	it('is where records go that are left as they are', async () => {
		kizen.add('deals', { name: 'Here' });
		const rows = [
			{ name: 'Here', ifExists: 'leave' },
			{ name: 'New', ifExists: 'leave' },
			{ name: 'Here', ifExists: 'update' },
			{ name: '', ifExists: 'leave' },
		];
		const result = await run({ operation: 'upsert', ifExists: '={{ $json.ifExists }}' }, rows);
		expect(actions(result)).toEqual([['created'], ['updated'], [], [], ['failed'], ['unchanged']]);
	});
});

it('An Add that Kizen answers with an update is not called created: it goes to Failed, with a note', async () => {
	const { id } = kizen.add('deals', { name: 'Here' });
	const answer = () =>
		kizen.faults.queue.push({
			match: { path: '/add$' },
			fault: { kind: 'status', status: 200, body: { id, fields: {}, action: 'updated' } },
		});
	answer();
	const split = await run({ operation: 'add' }, [{ name: 'Here' }], 'stopWorkflow');
	expect(actions(split)).toEqual([[], [], [], ['updated']]);
	expect(split.outputs[3][0].json).toMatchObject({
		id,
		note: expect.stringMatching(/^Kizen says/),
	});
	expect(split.hints.map(({ message }) => message)).toEqual([
		'1 updated.',
		expect.stringMatching(/^Kizen says that it updated a record/),
	]);
	answer();
	const { json } = await run({ operation: 'add', splitByAction: false }, [{ name: 'Here' }]);
	expect(json).toEqual([expect.objectContaining({ action: 'updated', note: expect.any(String) })]);
});

it('An operation that does not exist has one output, here as on the canvas', async () => {
	const parameters = { operation: 'delete', splitByAction: true };
	expect(canvas(parameters)).toEqual([undefined]);
	expect(actions(await run(parameters))).toEqual([['failed']]);
});

describe('A failed item', () => {
	it('begins with what happened, then has its row, then the details', async () => {
		const rows = [{ name: '', remark: 'a', action: 'call', error: 'none', details: { by: 'me' } }];
		const { outputs } = await run({ operation: 'upsert' }, rows);
		const [{ json }] = outputs[4];
		expect(Object.keys(json)).toEqual(['action', 'error', 'name', 'remark', 'details']);
		expect(json).toMatchObject({
			action: 'failed',
			details: { input: { action: 'call', error: 'none', details: { by: 'me' } } },
		});
	});

	it('does not keep what an earlier Kizen node said about it', async () => {
		const { outputs } = await run({ operation: 'search', splitByAction: false });
		const again = await run({ operation: 'upsert' }, [{ ...outputs[0][0].json, name: ' ' }]);
		const [failed] = again.outputs[4].map(({ json }) => json);
		expect(failed).toMatchObject({ action: 'failed', object: 'deals' });
		expect(failed.details).not.toHaveProperty('input');
		const third = await run({ operation: 'upsert' }, [failed]);
		expect(third.outputs[4][0].json.details).not.toHaveProperty('input');
	});
});
