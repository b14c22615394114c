import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { OPERATIONS } from '../../nodes/Kizen/operations';
import type { Operation } from '../../nodes/Kizen/operations/operation';
import type { Action } from '../../nodes/Kizen/outcome/outcome';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { Fault, FaultRule } from '../../sandbox/kizen/faults';
import { runInEngine, type Result } from './engine';
import { withKizen } from './withKizen';

/**
 * Every operation × everything that can happen × On Error × separate outputs: where each row is
 * returned, and what it says. The API key is searched for in all that n8n would keep.
 */

let kizen: EmbeddedKizen;
let printed = '';

beforeAll(async () => {
	kizen = await startKizen();
	for (const stream of [process.stdout, process.stderr]) {
		const write = stream.write.bind(stream);
		jest.spyOn(stream, 'write').mockImplementation((...args: Parameters<typeof write>) => {
			printed += String(args[0]);
			return write(...args);
		});
	}
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

/** Brings a deal of this name into the state that it takes, and returns the row about it. */
type Arrange = (name: string, own: EmbeddedKizen) => IDataObject;

const absent: Arrange = (name) => ({ name });
const active: Arrange = (name, own) => ({ name, id: own.add('deals', { name }).id });
const archived: Arrange = (name, own) => ({
	name,
	id: own.add('deals', { name }, { archived: true }).id,
});

/** What makes each thing happen that an operation has an output for; Failed is for all the same. */
const WAYS: Record<string, Partial<Record<Action, Arrange>>> = {
	add: {
		created: absent,
		unarchived: (name, own) => ({ ...archived(name, own), ifArchived: 'unarchive' }),
		conflict: archived,
	},
	upsert: {
		created: absent,
		updated: active,
		unarchived: (name, own) => ({ ...archived(name, own), ifArchived: 'unarchive' }),
		conflict: archived,
		unchanged: (name, own) => ({ ...active(name, own), ifExists: 'leave' }),
	},
	archive: { archived: active, unchanged: archived },
	get: { found: active },
	lookUp: { found: active, notFound: absent },
	moveToStage: {
		moved: active,
		unchanged: (name, own) => ({ name, id: own.add('deals', { name, stage: 'Proposal' }).id }),
	},
	search: { found: active },
	unarchive: {
		unarchived: archived,
		unchanged: active,
		conflict: (name, own) => {
			own.add('deals', { name });
			return archived(name, own);
		},
	},
	update: {
		updated: active,
		unchanged: (name, own) => ({ ...active(name, own), fields: {} }),
		conflict: (name, own) => {
			const taken = archived(`${name}-archived`, own);
			return { ...active(name, own), fields: { name: taken.name ?? '' } };
		},
	},
};

const actionsOf = ({ outputs, optionalOutput }: Operation): Action[] => [
	...outputs,
	...(optionalOutput ? [optionalOutput.action] : []),
];

it('Every operation is here, with all that can happen', () => {
	const known = Object.entries(WAYS).map(([name, ways]) => [name, Object.keys(ways).sort()]);
	expect(Object.fromEntries(known)).toEqual(
		Object.fromEntries(
			OPERATIONS.map((operation) => [
				operation.value,
				actionsOf(operation)
					.filter((action) => action !== 'failed')
					.sort(),
			]),
		),
	);
});

interface Row {
	action: Action;
	json: IDataObject;
}

/** A row for one of the things that can happen. For Failed, Kizen forbids what is asked of it. */
function rowFor(operation: Operation, action: Action, name: string, own = kizen): Row {
	const ways = WAYS[operation.value] ?? {};
	const arrange = (action === 'failed' ? Object.values(ways)[0] : ways[action]) ?? absent;
	const json = arrange(name, own);
	if (action === 'failed') own.faults.queue.push(...faultsAt(json, FORBIDDEN));
	return { action, json };
}

const FORBIDDEN: Fault = {
	kind: 'status',
	status: 403,
	body: { detail: 'You may not do this.', code: 'permission_required' },
};

/** Meets each request about this row, whether its path or its body says so. */
const faultsAt = ({ id, name }: IDataObject, fault: Fault): FaultRule[] =>
	[{ path: `${String(id)}|${String(name)}` }, { contains: String(name) }].map((match) => ({
		match,
		fault,
		// An Add would be found in Kizen otherwise.
		when: 'before',
		times: Infinity,
	}));

const ON_ERROR = {
	stop: 'stopWorkflow',
	continue: 'continueRegularOutput',
	'error output': 'continueErrorOutput',
} as const;

type Mode = keyof typeof ON_ERROR;

interface Setting {
	operation: Operation;
	mode: Mode;
	split: boolean;
}

async function run(
	{ operation, mode, split }: Setting,
	rows: Row[],
	{ credential } = kizen,
): Promise<Result> {
	const result = await runInEngine({
		credential,
		parameters: {
			operation: operation.value,
			object: { __rl: true, mode: 'name', value: 'deals' },
			record: '={{ $json.id }}',
			lookupValue: '={{ $json.name }}',
			searchFor: '={{ $json.name }}',
			stage: { __rl: true, mode: 'name', value: 'Proposal' },
			specifyFields: 'json',
			jsonFields: '={{ $json.fields ?? { name: $json.name } }}',
			unarchive: '={{ $json.ifArchived ?? "prompt" }}',
			oncreateUnarchive: '={{ $json.ifArchived ?? "prompt" }}',
			ifExists: '={{ $json.ifExists ?? "update" }}',
			ifNotFound: 'notFound',
			splitByAction: split,
			options: { giveUpAfter: 1 },
		},
		rows: rows.map(({ json }) => json),
		node: { onError: ON_ERROR[mode] },
	});
	expect(result.stored).not.toContain(credential.apiKey);
	expect(printed).not.toContain(credential.apiKey);
	return result;
}

const isDone = (action: Action) => action !== 'conflict' && action !== 'failed';
const stopsRun = ({ mode, split }: Setting, action: Action) =>
	mode === 'stop' && !isDone(action) && !(split && action === 'conflict');

function outputOf({ mode, split }: Setting, action: Action): string {
	const ownOutput = isDone(action) || (split && action === 'conflict');
	if (mode === 'error output' && !ownOutput) return 'error';
	return split ? action : 'all';
}

describe.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
	'%s',
	(_, operation) => {
		const settings = Object.keys(ON_ERROR).flatMap((mode) =>
			[false, true].map((split): Setting => ({ operation, mode: mode as Mode, split })),
		);
		const actions = actionsOf(operation);

		it.each(settings)(
			'returns each row where it belongs (On Error $mode, separate outputs $split)',
			async (setting) => {
				// Something comes before and after each of them.
				const rows = [...actions, ...actions]
					.filter((action) => !stopsRun(setting, action))
					.map((action, n) => rowFor(operation, action, `row-${n}-`));
				expectReturned(await run(setting, rows), setting, rows);
			},
		);

		const stopping = settings.flatMap((setting) =>
			actions
				.filter((action) => stopsRun(setting, action))
				.map((action) => ({ ...setting, action })),
		);
		it.each(stopping)(
			'stops the workflow with $action (separate outputs $split)',
			async ({ action, ...setting }) => {
				const rows = [...actions.slice(0, 1), action, ...actions.slice(0, 1)].map((each, n) =>
					rowFor(operation, each, `row-${n}-`),
				);
				const { status, error } = await run(setting, rows);
				expect(status).toBe('error');
				expect(error?.message).toMatch(messageOf(action));
				expect(error?.message).toMatch(/\[item 1\]$/);
				expect(error?.description).toMatch(/\S/);
				expect(error?.context?.itemIndex).toBe(1);
			},
		);
	},
);

const messageOf = (action: Action): RegExp =>
	action === 'conflict'
		? /^An (archived|active) record of "Deals" has the name/
		: /no permission for this in "Deals"\. You may not do this/;

function expectReturned(result: Result, setting: Setting, rows: Row[]): void {
	const { operation, mode, split } = setting;
	const names = split ? actionsOf(operation) : ['all'];
	if (mode === 'error output') names.push('error' as Action);
	const expected = names.map((name) =>
		rows.flatMap(({ action }, n) => (outputOf(setting, action) === name ? [n] : [])),
	);
	expect(result.error).toBeUndefined();
	expect(result.status).toBe('success');
	expect(result.outputs.map((items) => items.map(pairedRow))).toEqual(expected);
	// A later node finds each row's own item of Start.
	expect(result.lookedBack.slice(0, names.length)).toEqual(
		expected.map((list) => list.map((n) => rows[n]?.json)),
	);
	for (const item of result.outputs.flat()) expectItem(item, setting, rows[pairedRow(item)]);
}

const pairedRow = ({ pairedItem }: INodeExecutionData): number =>
	typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : -1;

function expectItem(item: INodeExecutionData, setting: Setting, row: Row | undefined): void {
	const action = row?.action ?? 'failed';
	if (outputOf(setting, action) === 'error') expect(item.json).not.toHaveProperty('action');
	else expect(item.json.action).toBe(action);
	if (isDone(action)) {
		expect(item.json).toMatchObject({ object: 'deals' });
		expect(item.json).not.toHaveProperty('error');
		return;
	}
	expect(item.json).toMatchObject({
		...row?.json,
		error: expect.stringMatching(messageOf(action)),
		details: { action, description: expect.stringMatching(/\S/), httpCode: expect.any(Number) },
	});
	expect(item.json.error).toMatch(new RegExp(`\\[item ${pairedRow(item)}\\]$`));
}

/** Where nobody knows whether an Add was carried out, that is what is said first. */
const DOUBT = /^Kizen may still have created "/;

const FAULTS: Array<{ fault: Fault; says: RegExp; ofAdd?: RegExp; httpCode?: number }> = [
	{ fault: { kind: 'drop' }, says: /^The connection to Kizen at http\S+ was lost/, ofAdd: DOUBT },
	{
		fault: { kind: 'html' },
		says: /^Kizen answered with a web page/,
		ofAdd: DOUBT,
		httpCode: 200,
	},
	{
		fault: { kind: 'empty' },
		says: /^Kizen answered with nothing/,
		ofAdd: DOUBT,
		httpCode: 200,
	},
];

/** Kizen answers these with a status alone (204): an empty response is a success. */
const WITHOUT_BODY = ['archive', 'unarchive'];

describe('A row fails where the response', () => {
	it.concurrent.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
		'is lost, is a web page or is empty: %s',
		withKizen(async (own, _, operation) => {
			const [action = 'failed'] = actionsOf(operation);
			const faults = FAULTS.filter(
				({ fault }) => fault.kind !== 'empty' || !WITHOUT_BODY.includes(operation.value),
			);
			const rows = faults.map(({ fault }, n) => {
				const row = rowFor(operation, action, `row-${n}-`, own);
				own.faults.queue.push(...faultsAt(row.json, fault));
				return row;
			});
			const { json } = await run({ operation, mode: 'continue', split: false }, rows, own);
			expect(json).toEqual(
				faults.map(({ says, ofAdd = says, httpCode }, n) =>
					expect.objectContaining({
						...rows[n]?.json,
						action: 'failed',
						error: expect.stringMatching(operation.value === 'add' ? ofAdd : says),
						details: expect.objectContaining(httpCode === undefined ? {} : { httpCode }),
					}),
				),
			);
		}),
	);
});
