import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { Trouble } from '../../sandbox/kizen/faults';
import { runInEngine, type Result } from './engine';

/**
 * Every outcome × operation × On Error × separate outputs: three rows of which the middle one is the
 * case, and where each of them lands. The API key is searched for in all that n8n would keep.
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

type OperationName = 'add' | 'upsert';
type Landing = 'created' | 'updated' | 'unarchived' | 'conflict' | 'failed';

const OUTPUTS: Record<OperationName, string[]> = {
	add: ['created', 'unarchived', 'conflict', 'failed'],
	upsert: ['created', 'updated', 'unarchived', 'conflict', 'failed'],
};

const MIDDLE = 'middle@example.com';

interface Case {
	name: string;
	operations: OperationName[];
	lands: Landing;
	/** A row whose archived namesake is to come back. */
	archived?: 'prompt' | 'unarchive';
	existing?: boolean;
	trouble?: Trouble;
	message?: RegExp;
	/** Of Add, where it differs. */
	messageOfAdd?: RegExp;
	httpCode?: number;
}

const BOTH: OperationName[] = ['add', 'upsert'];

const CASES: Case[] = [
	{ name: 'created', operations: BOTH, lands: 'created' },
	{ name: 'updated', operations: ['upsert'], lands: 'updated', existing: true },
	{ name: 'unarchived', operations: BOTH, lands: 'unarchived', archived: 'unarchive' },
	{
		name: 'an archived record in the way',
		operations: BOTH,
		lands: 'conflict',
		archived: 'prompt',
		message: /^An archived record of "Contacts" holds "middle@example.com"/,
		httpCode: 400,
	},
	{
		name: 'refused by validation',
		operations: BOTH,
		lands: 'failed',
		trouble: {
			kind: 'status',
			status: 400,
			body: { non_field_errors: [], fields: [{}, { value: ['This name is not allowed.'] }] },
		},
		message: /^Kizen did not accept the row\. "First Name": This name is not allowed/,
		httpCode: 400,
	},
	{
		name: 'refused for want of permission',
		operations: BOTH,
		lands: 'failed',
		trouble: {
			kind: 'status',
			status: 403,
			body: { detail: 'You may not do this.', code: 'permission_required' },
		},
		message: /no permission for this in "Contacts"\. You may not do this/,
		httpCode: 403,
	},
	{
		name: 'a lost connection',
		operations: BOTH,
		lands: 'failed',
		trouble: { kind: 'drop' },
		message: /^The connection to Kizen at http\S+ was lost/,
		messageOfAdd: /^Kizen may still have created "middle@example.com"/,
	},
	{
		name: 'a web page',
		operations: BOTH,
		lands: 'failed',
		trouble: { kind: 'html' },
		message: /^Kizen answered with a web page/,
		messageOfAdd: /^Kizen may still have created "middle@example.com"/,
		httpCode: 200,
	},
	{
		name: 'an empty answer',
		operations: BOTH,
		lands: 'failed',
		trouble: { kind: 'empty' },
		message: /^Kizen answered with nothing/,
		messageOfAdd: /^Kizen may still have created "middle@example.com"/,
		httpCode: 200,
	},
];

const ROWS = [
	{ n: 0, email: 'first@example.com', name: 'Ann', mode: 'prompt' },
	{ n: 1, email: MIDDLE, name: 'Bob', mode: 'prompt' },
	{ n: 2, email: 'last@example.com', name: 'Cyd', mode: 'prompt' },
];

const MODES = {
	stop: 'stopWorkflow',
	continue: 'continueRegularOutput',
	'error output': 'continueErrorOutput',
} as const;

function parametersOf(operation: OperationName, splitByAction: boolean): INodeParameters {
	return {
		operation,
		object: { __rl: true, mode: 'name', value: 'client_client' },
		specifyFields: 'json',
		jsonFields: '={{ { email: $json.email, first_name: $json.name } }}',
		lookupValue: '={{ $json.email }}',
		unarchive: '={{ $json.mode }}',
		oncreateUnarchive: '={{ $json.mode }}',
		splitByAction,
		options: { giveUpAfter: 1 },
	};
}

function rowsFor({ archived }: Case): IDataObject[] {
	return ROWS.map((row, n) => (n === 1 && archived ? { ...row, mode: archived } : row));
}

function prepare({ archived, existing, trouble }: Case): void {
	if (archived || existing) {
		kizen.add('client_client', { email: MIDDLE, first_name: 'Old' }, { archived: !existing });
	}
	if (trouble) {
		kizen.faults.queue.push({
			trouble,
			// Kizen would be found to have the row otherwise.
			when: 'before',
			match: { path: '/(add|upsert)', contains: MIDDLE },
			times: 99,
		});
	}
}

/** Per output, the `n` of the rows there, found by their pairing. */
function landed(outputs: INodeExecutionData[][]): number[][] {
	return outputs.map((items) =>
		items.map(({ pairedItem }) =>
			typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : -1,
		),
	);
}

for (const operation of BOTH) {
	for (const [mode, onError] of Object.entries(MODES)) {
		for (const split of [false, true]) {
			describe(`${operation}, On Error ${mode}, ${split ? 'separate outputs' : 'one output'}`, () => {
				for (const each of CASES.filter(({ operations }) => operations.includes(operation))) {
					it(`puts each row where it belongs: ${each.name}`, async () => {
						prepare(each);
						const rows = rowsFor(each);
						const result = await runInEngine({
							credential: kizen.credential,
							parameters: parametersOf(operation, split),
							rows,
							node: { onError },
						});
						const written = each.lands !== 'conflict' && each.lands !== 'failed';
						const ownOutput = written || (split && each.lands === 'conflict');
						if (mode === 'stop' && !ownOutput) expectStopped(result, each, operation);
						else expectLanded(result, each, operation, { split, mode, ownOutput });
						expect(result.stored).not.toContain(kizen.credential.apiKey);
						expect(printed).not.toContain(kizen.credential.apiKey);
					});
				}
			});
		}
	}
}

function messageOf(each: Case, operation: OperationName): RegExp {
	return (operation === 'add' ? each.messageOfAdd : undefined) ?? each.message ?? /never/;
}

function expectStopped(result: Result, each: Case, operation: OperationName): void {
	expect(result.status).toBe('error');
	expect(result.error?.message).toMatch(messageOf(each, operation));
	expect(result.error?.message).toMatch(/\[item 1\]$/);
	expect(result.error?.description).toMatch(/\S/);
	expect(result.error?.context?.itemIndex).toBe(1);
}

function expectLanded(
	{ outputs, lookedBack, error, status }: Result,
	each: Case,
	operation: OperationName,
	{ split, mode, ownOutput }: { split: boolean; mode: string; ownOutput: boolean },
): void {
	expect(error).toBeUndefined();
	expect(status).toBe('success');
	const names = split ? [...OUTPUTS[operation]] : ['all'];
	if (mode === 'error output') names.push('error');
	expect(outputs).toHaveLength(names.length);

	const notWritten = each.lands === 'conflict' || each.lands === 'failed';
	const toErrorOutput = notWritten && !ownOutput && mode === 'error output';
	const place = toErrorOutput ? 'error' : split ? each.lands : 'all';
	const expected: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
	for (const [n, output] of [
		split ? 'created' : 'all',
		place,
		split ? 'created' : 'all',
	].entries()) {
		expected[output].push(n);
	}
	expect(landed(outputs)).toEqual(names.map((name) => expected[name]));
	// A later node finds each row's own item of Start.
	expect(lookedBack.slice(0, names.length).map((found) => found.map(({ n }) => n))).toEqual(
		names.map((name) => expected[name]),
	);

	const middle = outputs[names.indexOf(place)].find((_, at) => expected[place][at] === 1);
	if (!notWritten) {
		expect(middle?.json).toMatchObject({ action: each.lands, object: 'client_client' });
		expect(middle?.json).not.toHaveProperty('error');
		return;
	}
	const details = {
		action: each.lands,
		description: expect.stringMatching(/\S/),
		...(each.httpCode !== undefined && { httpCode: each.httpCode }),
	};
	expect(middle?.json).toMatchObject({
		...ROWS[1],
		mode: each.archived ?? 'prompt',
		error: expect.stringMatching(messageOf(each, operation)),
		details,
	});
	expect(middle?.json.error).toMatch(/\[item 1\]$/);
	if (place === 'error') expect(middle?.json).not.toHaveProperty('action');
	else expect(middle?.json.action).toBe(each.lands);
}
