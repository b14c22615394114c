import {
	NodeHelpers,
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
} from 'n8n-workflow';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { OPERATIONS } from '../../nodes/Kizen/operations';
import type { Operation } from '../../nodes/Kizen/operations/operation';
import type { Action } from '../../nodes/Kizen/outcome/outcome';
import { startKizen, type EmbeddedKizen, type FieldDefinition } from '../../sandbox/kizen';
import type { Fault, FaultRule } from '../../sandbox/kizen/faults';
import { byName, runInEngine, type Result } from './engine';
import { withKizen } from './withKizen';

/** What comes out: items, separate outputs, hints, and everything that can happen to a row. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

/** A record is a flat row: the node's own keys, then the fields by API name. */
describe('A record is a flat row', () => {
	const run = async (parameters: INodeParameters, rows: IDataObject[] = [{}]): Promise<Result> =>
		await runInEngine({
			credential: kizen.credential,
			parameters: { specifyFields: 'json', record: '={{ $json.id }}', ...parameters },
			rows,
		});

	/** An object with these text fields, and a record in which each holds its own API name. */
	function recordWith(names: string[], more: FieldDefinition[] = []) {
		const texts = names.map((name) => ({ name, field_type: 'text' as const }));
		kizen.addObject({ name: 'odd', object_name: 'Odd', fields: [...texts, ...more] });
		const values = new Map(names.map((name) => [name, `value of ${name}`]));
		return kizen.add('odd', Object.fromEntries([['name', 'Odd One'], ...values]));
	}

	const ownKeys = ['action', 'id', 'object', 'note', 'error', 'details', 'previousStage'];

	describe('A field with the API name of a key that is the node’s own', () => {
		it.each(['get', 'search', 'lookUp'])('is returned as field_<name> by %s', async (operation) => {
			const { id } = recordWith(ownKeys);
			const { json } = await run({ operation, object: byName('odd'), lookupValue: 'Odd One' }, [
				{ id },
			]);
			expect(json[0]).toMatchObject({
				action: 'found',
				id,
				object: 'odd',
				name: 'Odd One',
				...Object.fromEntries(ownKeys.map((key) => [`field_${key}`, `value of ${key}`])),
			});
			expect(json[0]).not.toHaveProperty('note');
		});

		it('is chosen by its API name, and returned in the same way', async () => {
			const { id } = recordWith(ownKeys);
			const { json } = await run(
				{ operation: 'get', object: byName('odd'), output: 'selected', selectedFields: ['note'] },
				[{ id }],
			);
			expect(json).toEqual([{ action: 'found', id, field_note: 'value of note' }]);
		});

		it('takes no key from a field that is really called so', async () => {
			const names = ['note', 'field_note', 'field_field_note', 'field_id', 'field_other'];
			const { id } = recordWith(names);
			const { json } = await run({ operation: 'get', object: byName('odd') }, [{ id }]);
			expect(json[0]).toMatchObject({
				field_note: 'value of note',
				field_field_note: 'value of field_note',
				field_field_field_note: 'value of field_field_note',
				// No field `id` needs this key.
				field_id: 'value of field_id',
				field_other: 'value of field_other',
			});
		});

		it('is a name only for contacts, whose own name is made up of others', async () => {
			kizen.addField('client_client', { name: 'name', field_type: 'text' });
			const { id } = kizen.add('client_client', {
				first_name: 'Ada',
				last_name: 'Byron',
				name: 'A',
			});
			const { json } = await run({ operation: 'get', object: byName('client_client') }, [{ id }]);
			expect(json[0]).toMatchObject({ name: 'Ada Byron', field_name: 'A' });
		});

		it('survives, whatever a key means to JavaScript', async () => {
			const names = ['constructor', '__proto__', 'hasOwnProperty', 'toString'];
			const { id } = recordWith(names);
			for (const operation of ['get', 'search']) {
				const { json } = await run({ operation, object: byName('odd') }, [{ id }]);
				const entries = new Map(Object.entries(json[0]));
				for (const name of names) expect(entries.get(name)).toBe(`value of ${name}`);
			}
			const chosen = await run(
				{ operation: 'get', object: byName('odd'), output: 'selected', selectedFields: names },
				[{ id }],
			);
			expect(Object.entries(chosen.json[0])).toHaveLength(2 + names.length);
		});
	});

	it('The currency of an amount gives way to a field that is called so, even an empty one', async () => {
		const { id } = recordWith(
			[],
			[
				{ name: 'fee', field_type: 'money' },
				{ name: 'fee_currency', field_type: 'text' },
				{ name: 'note', field_type: 'money' },
			],
		);
		const odd = byName('odd');
		await run({ operation: 'update', object: odd, jsonFields: '{ "fee": 5, "note": 7 }' }, [
			{ id },
		]);
		const { json } = await run({ operation: 'get', object: odd }, [{ id }]);
		expect(json[0]).toMatchObject({ fee: 5, field_note: 7, note_currency: 'USD' });
		expect(json[0]).not.toHaveProperty('fee_currency');
	});

	it('A record without a name has no key for it', async () => {
		const { id } = kizen.add('client_client', { mobile_phone: '+13125550100' });
		const { json } = await run({ operation: 'get', object: byName('client_client') }, [{ id }]);
		expect(json[0]).toMatchObject({ action: 'found', id, mobile_phone: '+13125550100' });
		expect(json[0]).not.toHaveProperty('name');
	});
});

/** Separate Output per Action: an output for each thing that can happen, and each says the truth. */
describe('Separate outputs', () => {
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
		])(
			'comes last, where If a Record Exists is %s, and moves no other output',
			(ifExists, names) => {
				const upsert = { operation: 'upsert', splitByAction: true };
				expect(canvas({ ...upsert, ...(ifExists !== undefined && { ifExists }) })).toEqual(names);
			},
		);

		it('is where records go that are left as they are', async () => {
			kizen.add('deals', { name: 'Here' });
			const rows = [
				{ name: 'Here', ifExists: 'leave' },
				{ name: 'New', ifExists: 'leave' },
				{ name: 'Here', ifExists: 'update' },
				{ name: '', ifExists: 'leave' },
			];
			const result = await run({ operation: 'upsert', ifExists: '={{ $json.ifExists }}' }, rows);
			expect(actions(result)).toEqual([
				['created'],
				['updated'],
				[],
				[],
				['failed'],
				['unchanged'],
			]);
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
		expect(json).toEqual([
			expect.objectContaining({ action: 'updated', note: expect.any(String) }),
		]);
	});

	it('An operation that does not exist has one output, here as on the canvas', async () => {
		const parameters = { operation: 'delete', splitByAction: true };
		expect(canvas(parameters)).toEqual([undefined]);
		expect(actions(await run(parameters))).toEqual([['failed']]);
	});

	describe('A failed item', () => {
		it('begins with what happened, then has its row, then the details', async () => {
			const rows = [
				{ name: '', remark: 'a', action: 'call', error: 'none', details: { by: 'me' } },
			];
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
});

/** What a person reads above the items: short sentences that name what matters first. */
describe('Hints', () => {
	const MAX_LENGTH = 120;

	/** The hints of an upsert of contacts whose columns find their own fields. */
	async function hintsOf(
		rows: IDataObject[],
		options: INodeParameters = {},
		onError: INode['onError'] = 'continueRegularOutput',
	): Promise<string[]> {
		const { hints } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: byName('Contacts'),
				lookupValue: '={{ $json.Email }}',
				specifyFields: 'map',
				fields: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema: [] },
				options,
			},
			rows,
			node: { onError },
		});
		const messages = hints.map(({ message }) => message);
		expect(messages.filter((message) => message.length > MAX_LENGTH)).toEqual([]);
		return messages;
	}

	const THROTTLED: FaultRule = {
		match: { path: '/upsert$' },
		fault: { kind: 'status', status: 429, retryAfter: 1 },
	};

	const contact = (n: number) => `person.number.${n}@long-name-of-a-company.example.com`;

	it('The first three reasons are named, with the row that met them first, and how many there are', async () => {
		const wrong = (n: number, more: IDataObject) => ({ Email: contact(n), ...more });
		const messages = await hintsOf([
			wrong(0, { 'Email Status': 'Subscribed' }),
			wrong(1, { Birthday: '03/04/1990' }),
			wrong(2, { Birthday: 'a day in spring, which nobody remembers, or only roughly' }),
			wrong(3, { 'Email Status': 'Subscribed' }),
			wrong(4, { 'Email Status': 'None' }),
			wrong(5, {}),
		]);
		expect(messages).toEqual([
			'1 created, 5 failed. The first 3 of 4 reasons:',
			`"Email Status" has no option "Subscribed". (${contact(0)}) [item 0]`,
			expect.stringMatching(
				/^"Birthday" takes a date; "03\/04\/1990" may be.*… \(person\.number\.1@.*\) \[item 1\]$/,
			),
			expect.stringMatching(/^"Birthday" .*… \(person\.number\.2@.*\) \[item 2\]$/),
		]);
	});

	it('A name with a point in it is not taken for the end of a sentence', async () => {
		const [, reason] = await hintsOf([
			{ Email: contact(0), 'Email Status': 'Opted in, acc. to Dr. Who' },
		]);
		expect(reason).toMatch(
			/^"Email Status" has no option "Opted in, acc. to Dr. Who"\. \(.*\) \[item 0\]$/,
		);
	});

	it('A reason that fits is quoted as a whole', async () => {
		const messages = await hintsOf([{ Email: 'ada@example.com', Birthday: 'tomorrow' }]);
		expect(messages[1]).toMatch(/^[^…]+ \(ada@example\.com\) \[item 0\]$/);
	});

	it('Columns that Kizen does not have are named one by one', async () => {
		const columns = (count: number) =>
			Object.fromEntries(
				Array.from({ length: count }, (_, n) => [`Remark ${n} of the office`, 'x']),
			);
		expect(await hintsOf([{ Email: contact(0), ...columns(1) }])).toEqual([
			'1 created.',
			'Left out (Kizen has no such field, or it is read-only): "Remark 0 of the office".',
		]);
		const some = await hintsOf([{ Email: contact(1), ...columns(6) }]);
		expect(some.join(' ').match(/"Remark \d of the office"/g)).toHaveLength(6);
		const [, first, second, third, ...rest] = await hintsOf([
			{ Email: contact(2), ...columns(30) },
		]);
		expect(rest).toEqual([]);
		expect(first).toMatch(/^Left out \(/);
		expect(second).toMatch(/^Also left out: "/);
		const named = `${first} ${second} ${third}`.match(/"Remark \d+ of the office"/g) ?? [];
		expect(third).toMatch(new RegExp(`^Also left out: ".* and ${30 - named.length} more\\.$`));
	});

	it('One column with a name as long as a sentence is cut', async () => {
		const name = 'Please write here what else we should know about you, in a few words of your own';
		const [, hint] = await hintsOf([{ Email: contact(0), [name]: 'x', Other: 'y' }]);
		expect(hint).toMatch(/: "Please write here what else we should…"/);
	});

	it.each([
		[1, "1 created. Waited 1 s for Kizen's rate limit. Sent 1 request again."],
		[2, "1 created. Waited 2 s for Kizen's rate limit. Sent 2 requests again."],
	])('Waiting and retries are said as well: %i', async (times, message) => {
		kizen.faults.queue.push({ ...THROTTLED, times });
		expect(await hintsOf([{ Email: contact(0) }])).toEqual([message]);
	});

	it('What is too much for one hint is said in the next', async () => {
		kizen.faults.queue.push(THROTTLED);
		kizen.add('client_client', { email: contact(1) });
		kizen.add('client_client', { email: contact(2) }, { archived: true });
		const wrong = [3, 4, 5, 6].map((n) => ({ Email: contact(n), 'Email Status': `None ${n}` }));
		const [first, second] = await hintsOf([
			...[0, 1, 2].map((n) => ({ Email: contact(n), 'First Name': 'Ada' })),
			...wrong,
		]);
		expect(first).toMatch(
			/^1 created, 1 updated, .*4 failed\. Waited 1 s .* Sent 1 request again\.$/,
		);
		expect(second).toBe('The first 3 of 4 reasons:');
	});
});

/**
 * Every operation × everything that can happen × On Error × separate outputs: where each row is
 * returned, and what it says. The API key is searched for in all that n8n would keep.
 */
describe('Every outcome', () => {
	let printed = '';

	beforeAll(() => {
		for (const stream of [process.stdout, process.stderr]) {
			const write = stream.write.bind(stream);
			jest.spyOn(stream, 'write').mockImplementation((...args: Parameters<typeof write>) => {
				printed += String(args[0]);
				return write(...args);
			});
		}
	});

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
				object: byName('deals'),
				record: '={{ $json.id }}',
				lookupValue: '={{ $json.name }}',
				searchFor: '={{ $json.name }}',
				stage: byName('Proposal'),
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
});
