import core from 'n8n-core/package.json';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen, type Switches, type Fault } from '../../sandbox/kizen';
import { isN8n1 } from '../../sandbox/n8n/versions';
import { until } from '../until';
import { PollingN8n } from './pollingN8n';

/** The trigger in n8n's own polling, against the embedded Kizen. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const where = (field: string, condition: string, value: string) => ({
	conditions: { condition: [{ field, condition, value }] },
});

const DEALS = { object: byName('Deals') };
const UPDATED = { ...DEALS, event: 'updated' };
const BOTH = { ...DEALS, event: 'createdOrUpdated' };

const newN8n = (parameters: INodeParameters = {}) =>
	new PollingN8n({ ...DEALS, ...parameters }, kizen.credential);

/** A trigger that is active and has read what there is. */
const active = async (parameters: INodeParameters = {}) => {
	const n8n = newN8n(parameters);
	await n8n.activate();
	return n8n;
};

const add = (name: string, values: IDataObject = {}) => kizen.add('deals', { name, ...values });
const change = (id: string, values: IDataObject = { next_step: `Step ${++changes}` }) =>
	kizen.bulk('deals', [{ id, values }]);
let changes = 0;
const some = (count: number, name = 'Deal') =>
	kizen.bulk(
		'deals',
		Array.from({ length: count }, (_, n) => ({ values: { name: `${name} ${n}` } })),
	);

const requests = () =>
	kizen.log.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, 'ID')}`);
const names = (items: IDataObject[]) => items.map(({ name }) => name);
const actions = (items: IDataObject[]) => items.map(({ name, action }) => `${action}: ${name}`);

describe('What starts the workflow', () => {
	it('is what is created from the activation on: one run per poll, the oldest first', async () => {
		const n8n = await active();
		await n8n.tick();
		expect(n8n.executions).toEqual([]);
		add('First');
		add('Second');
		await n8n.tick();
		add('Third');
		await n8n.tick();
		await n8n.tick();
		expect(n8n.executions.map(names)).toEqual([['First', 'Second'], ['Third']]);
		expect(n8n.failures).toEqual([]);
	});

	it('is an item as Search returns it, with the action', async () => {
		const n8n = await active();
		const { id } = add('Big One', { entity_value: 1200, stage: 'Proposal' });
		await n8n.tick();
		expect(n8n.sent).toEqual([
			expect.objectContaining({
				action: 'created',
				id,
				object: 'deals',
				name: 'Big One',
				entity_value: 1200,
				stage: 'Proposal',
			}),
		]);
	});

	it('is Raw or Selected Fields, if asked for', async () => {
		const raw = await active({ output: 'raw' });
		const selected = await active({ output: 'selected', selectedFields: ['stage', 'next_step'] });
		const { id } = add('Big One');
		await raw.tick();
		await selected.tick();
		expect(raw.sent[0]).toMatchObject({ action: 'created', id, fields: expect.any(Object) });
		expect(selected.sent).toEqual([
			{ action: 'created', id, stage: 'Qualification', next_step: null },
		]);
	});

	it('with Record Updated is what changes after it was created', async () => {
		const n8n = await active(UPDATED);
		const [{ id }] = kizen.all('deals');
		const created = add('New');
		await n8n.tick();
		change(id);
		await n8n.tick();
		change(id);
		change(created.id);
		await n8n.tick();
		const before = kizen.find('deals', { id })?.identity;
		expect(n8n.executions.map(actions)).toEqual([
			[`updated: ${before}`],
			[`updated: ${before}`, 'updated: New'],
		]);
	});

	it('with Record Created or Updated is both, told apart by the action', async () => {
		const n8n = await active(BOTH);
		const { id } = add('New');
		await n8n.tick();
		change(id);
		await n8n.tick();
		add('Newer');
		change(id);
		await n8n.tick();
		expect(n8n.executions.map(actions)).toEqual([
			['created: New'],
			['updated: New'],
			['created: Newer', 'updated: New'],
		]);
	});

	it('is one item for several changes between two polls, with the newest values', async () => {
		const n8n = await active(UPDATED);
		const [{ id }] = kizen.all('deals');
		for (const next_step of ['Call', 'Write', 'Wait']) change(id, { next_step });
		await n8n.tick();
		expect(n8n.sent).toEqual([expect.objectContaining({ id, next_step: 'Wait' })]);
	});

	it('is not the archiving of a record', async () => {
		const n8n = await active(BOTH);
		const { id } = kizen.all('deals')[0];
		const { apiKey, businessId, userId } = kizen.credential;
		await fetch(`${kizen.url}/api/records/deals/${id}`, {
			method: 'DELETE',
			headers: { 'x-api-key': apiKey, 'x-business-id': businessId, 'x-user-id': userId },
		});
		expect(kizen.find('deals', { id })?.archived).toBe(true);
		await n8n.tick();
		expect(n8n.executions).toEqual([]);
	});

	it.each<[string, INodeParameters]>([
		['conditions', where('Stage', 'is', 'Proposal')],
		['any condition', { ...where('Stage', 'is', 'Proposal'), combine: 'any' }],
	])('meets the %s when n8n reads it', async (_, parameters) => {
		const n8n = await active({ ...UPDATED, ...parameters });
		const [first, second] = kizen.all('deals');
		change(first.id, { stage: 'Proposal' });
		change(second.id, { stage: 'Negotiation' });
		await n8n.tick();
		expect(n8n.sent.map(({ id }) => id)).toEqual([first.id]);
	});

	it('is a change of a record that was created a moment before, but meets the conditions only now', async () => {
		const n8n = await active({ ...UPDATED, ...where('Stage', 'is', 'Proposal') });
		const { id } = add('New');
		await n8n.tick();
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
		change(id, { stage: 'Proposal' });
		clock.mockRestore();
		await n8n.tick();
		expect(actions(n8n.sent)).toEqual(['updated: New']);
	});

	it('is in the segment', async () => {
		const [segment] = kizen.object('client_client').groups;
		const n8n = await active({
			object: byName('Contacts'),
			options: { segment: { __rl: true, mode: 'name', value: segment.name } },
		});
		kizen.add('client_client', { email: 'in@example.com', email_status: 'Opted In' });
		kizen.add('client_client', { email: 'out@example.com', email_status: 'Not Opted In' });
		await n8n.tick();
		expect(n8n.sent.map(({ email }) => email)).toEqual(['in@example.com']);
	});

	it('is at most as many as Most Records per Run; the rest comes with the next polls', async () => {
		const n8n = await active({ options: { maxRecordsPerRun: 4 } });
		some(10);
		for (let poll = 0; poll < 4; poll++) await n8n.tick();
		expect(n8n.executions.map(({ length }) => length)).toEqual([4, 4, 2]);
		expect(new Set(names(n8n.sent)).size).toBe(10);
	});
});

describe('A poll', () => {
	it('at rest is one request', async () => {
		const n8n = await active(BOTH);
		add('New');
		await n8n.tick();
		await n8n.tick();
		kizen.log.length = 0;
		for (let poll = 0; poll < 3; poll++) await n8n.tick();
		expect(requests()).toEqual(Array(3).fill('POST /api/records/ID/search'));
	});

	it('at rest is one request with conditions that name stages, segments and other records', async () => {
		const company = kizen.all('companies_company')[0].identity;
		const n8n = await active({
			...UPDATED,
			conditions: {
				condition: [
					{ field: 'stage', condition: 'is', value: 'Proposal' },
					{ field: 'company', condition: 'is_any_of', value: company },
				],
			},
		});
		kizen.log.length = 0;
		await n8n.tick();
		expect(requests()).toEqual(['POST /api/records/ID/search']);
	});

	it('does nothing while the one before it is at work', async () => {
		const n8n = await active();
		add('New');
		kizen.faults.together = { path: '/search', count: 2 };
		n8n.startTick();
		await until(() => kizen.inFlight.now === 1);
		n8n.startTick();
		await new Promise((resolve) => setImmediate(resolve));
		const other = await active();
		await n8n.settled();
		await n8n.tick();
		expect(n8n.executions.map(names)).toEqual([['New']]);
		expect(other.executions).toEqual([]);
	});

	it('leaves to the next one what it has no time for', async () => {
		const n8n = newN8n();
		n8n.budgetMs = 0;
		await n8n.activate();
		for (let n = 0; n < 1200; n++) add(`Deal ${n}`);
		for (let poll = 0; poll < 4; poll++) await n8n.tick();
		expect(n8n.executions.map(({ length }) => length)).toEqual([
			500,
			expect.any(Number),
			expect.any(Number),
		]);
		expect(new Set(names(n8n.sent)).size).toBe(1200);
	});
});

describe('Nothing is missed and nothing comes twice', () => {
	it.each<[string, number, Partial<Switches>]>([
		// More than any page holds.
		['to the microsecond', 1300, {}],
		['to the millisecond', 600, { filterResolution: 'millisecond' }],
		['to the second', 600, { filterResolution: 'second' }],
		['by the day', 600, { filterResolution: 'day' }],
		['in an order that changes from page to page', 600, { tieOrder: 'changing' }],
		['in another order than by time', 600, { orderingByUpdated: 'ignored' }],
		['without a date in the response', 600, { dateHeader: 'absent' }],
	])('of a bulk write with one time, sorted %s: %i records', async (_, count, switches) => {
		Object.assign(kizen.switches, switches);
		const most = (count + 100) / 2;
		const n8n = await active({ ...BOTH, options: { maxRecordsPerRun: most } });
		const ids = some(count).map(({ id }) => id);
		for (let poll = 0; poll < 3; poll++) await n8n.tick();
		expect(n8n.executions.map(({ length }) => length)).toEqual([most, count - most]);
		expect(new Set(n8n.sent.map(({ id }) => id))).toEqual(new Set(ids));
		expect(new Set(n8n.sent.map(({ action }) => action))).toEqual(new Set(['created']));
		kizen.bulk(
			'deals',
			ids.map((id) => ({ id, values: { next_step: 'Call' } })),
		);
		for (let poll = 0; poll < 3; poll++) await n8n.tick();
		const updated = n8n.sent.slice(count);
		expect(updated).toHaveLength(count);
		expect(new Set(updated.map(({ id }) => id))).toEqual(new Set(ids));
	});

	it('of what the search shows late', async () => {
		const n8n = await active(BOTH);
		kizen.switches.searchLagMs = 3_600_000;
		add('Late');
		kizen.switches.searchLagMs = 0;
		add('At Once');
		kizen.switches.searchLagMs = 3_600_000;
		await n8n.tick();
		kizen.switches.searchLagMs = 0;
		await n8n.tick();
		await n8n.tick();
		expect(n8n.executions.map(names)).toEqual([['At Once'], ['Late']]);
	});

	it('when the workflow is deactivated for a while', async () => {
		const n8n = await active(BOTH);
		add('Before');
		await n8n.tick();
		await n8n.deactivate();
		const { id } = add('Meanwhile');
		change(kizen.all('deals')[0].id);
		await n8n.activate();
		await n8n.tick();
		expect(n8n.executions.map(({ length }) => length)).toEqual([1, 2]);
		expect(n8n.sent.map((item) => item.id)).toContain(id);
	});

	it('when n8n ends without a word, with what it had not stored', async () => {
		const n8n = await active(BOTH);
		add('One');
		await n8n.tick();
		await n8n.tick();
		const stored = n8n.database;
		await n8n.tick();
		expect(n8n.database).toBe(stored);
		add('Two');
		await n8n.restart();
		await n8n.restart();
		await n8n.tick();
		expect(n8n.executions.map(names)).toEqual([['One'], ['Two']]);
	});

	it('when the workflow is published again, with other conditions and another output', async () => {
		const n8n = await active(BOTH);
		add('One');
		await n8n.tick();
		add('Two', { stage: 'Proposal' });
		add('Three');
		Object.assign(n8n.node.parameters, where('Stage', 'is', 'Proposal'), { output: 'raw' });
		await n8n.activate('update');
		await n8n.tick();
		expect(n8n.executions).toHaveLength(2);
		expect(n8n.executions[1]).toHaveLength(1);
		expect(n8n.executions[1][0]).toMatchObject({ id: kizen.find('deals', { name: 'Two' })?.id });
	});

	it('when a page fails: the next poll reads it all again', async () => {
		const n8n = await active({ options: { maxRecordsPerRun: 10_000 } });
		for (let n = 0; n < 600; n++) add(`Deal ${n}`);
		kizen.faults.queue.push({
			fault: { kind: 'status', status: 500 },
			match: { path: '/search' },
			skip: 1,
		});
		const before = n8n.database;
		await n8n.tick();
		expect(n8n.failures).toHaveLength(1);
		expect(n8n.database).toBe(before);
		await n8n.tick();
		expect(n8n.sent).toHaveLength(600);
	});
});

describe('The position', () => {
	it.each<[string, INodeParameters]>([
		['object', { object: byName('Companies') }],
		['event', { event: 'updated' }],
	])('starts anew with another %s', async (_, parameters) => {
		const n8n = await active(BOTH);
		add('Before');
		kizen.add('companies_company', { name: 'Before' });
		await n8n.deactivate();
		Object.assign(n8n.node.parameters, parameters);
		await n8n.activate();
		await n8n.tick();
		expect(n8n.executions).toEqual([]);
	});

	it('starts anew in another environment', async () => {
		const n8n = await active(BOTH);
		const other = await startKizen();
		other.add('deals', { name: 'Before' });
		n8n.credential = other.credential;
		await n8n.activate('update');
		other.add('deals', { name: 'After' });
		await n8n.tick();
		await other.stop();
		expect(names(n8n.sent)).toEqual(['After']);
	});

	it('is small, and replaced as a whole', async () => {
		const n8n = await active(BOTH);
		for (let n = 0; n < 50; n++) add(`Deal ${n}`);
		await n8n.tick();
		expect(Object.keys(n8n.stored ?? {}).sort()).toEqual([
			'floor',
			'isBehind',
			'of',
			'seen',
			'since',
			'top',
			'v',
		]);
		expect(n8n.database.length).toBeLessThan(5000);
	});

	it.each(['nonsense', 7, {}, { v: 2, of: 'x' }, { v: 1, of: 'x', floor: 'y', top: 1, seen: {} }])(
		'that the node does not know (%j) starts anew',
		async (position) => {
			const n8n = newN8n();
			n8n.database = JSON.stringify({ [`node:${n8n.node.name}`]: { position } });
			await n8n.activate();
			add('New');
			await n8n.tick();
			expect(names(n8n.sent)).toEqual(['New']);
		},
	);
});

describe('Fetch Test Event', () => {
	it.each<[string, INodeParameters, string]>([
		['created', {}, 'created: Newest'],
		['created or updated', BOTH, 'updated: Warehouse Audit'],
		['updated', UPDATED, 'updated: Warehouse Audit'],
	])('shows the record that was %s last, and changes nothing', async (_, parameters, expected) => {
		const n8n = await active(parameters);
		add('Newest');
		const { id = '' } = kizen.find('deals', { name: 'Warehouse Audit' }) ?? {};
		change(id);
		const before = n8n.database;
		const { items, error } = await n8n.fetchTestEvent();
		expect(error).toBeUndefined();
		expect(actions(items)).toEqual([expected]);
		expect(n8n.database).toBe(before);
		expect(n8n.executions).toEqual([]);
	});

	it('shows one that meets the conditions', async () => {
		const n8n = newN8n({ ...BOTH, ...where('Name', 'is', 'Office Move') });
		expect(actions((await n8n.fetchTestEvent()).items)).toEqual(['created: Office Move']);
	});

	it('says so if there is none', async () => {
		const { error } = await newN8n(where('Name', 'is', 'Nothing')).fetchTestEvent();
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: 'No record of "Deals" meets the conditions yet',
			description:
				"Create or change one in Kizen, or change 'Conditions' or 'Segment'. Then fetch the test event again.",
		});
		kizen.addObject({ name: 'empty', object_name: 'Empties', entity_name: 'Empty', fields: [] });
		const nothing = newN8n({ object: byName('Empties') });
		expect((await nothing.fetchTestEvent()).error).toMatchObject({
			name: 'NodeOperationError',
			message: 'Kizen has no record of "Empties" yet',
		});
	});
});

describe('A fault', () => {
	const limit = () => {
		kizen.faults.queue.push({
			fault: { kind: 'status', status: 429, retryAfter: 3600 },
			times: Infinity,
		});
	};

	it('at the first activation keeps the workflow inactive and says why', async () => {
		limit();
		await expect(newN8n().activate()).rejects.toThrow(/Kizen's rate limit was reached/);
	});

	it('at a later activation, a start of n8n or a republish is logged, and nothing is lost', async () => {
		const n8n = await active();
		add('Before');
		limit();
		for (const activation of ['init', 'activate', 'update', 'leadershipChange'] as const) {
			await n8n.activate(activation);
			expect(n8n.warnings.at(-1)).toMatch(/^Kizen Trigger: Kizen's rate limit was reached/);
			await n8n.tick();
		}
		expect(n8n.failures).toHaveLength(4);
		kizen.faults.queue.length = 0;
		await n8n.tick();
		expect(n8n.executions.map(names)).toEqual([['Before']]);
	});

	it.each<[string, Fault]>([
		['an outage', { kind: 'status', status: 503 }],
		['a lost connection', { kind: 'drop' }],
		['a response that broke off', { kind: 'broken' }],
		['a timeout', { kind: 'hang' }],
	])('at a start of n8n by %s is logged, and nothing is lost', async (_, fault) => {
		const n8n = await active(fault.kind === 'hang' ? { options: { timeout: 5 } } : {});
		await n8n.deactivate();
		add('Meanwhile');
		kizen.faults.queue.push({ fault, match: { path: '/search' }, times: Infinity });
		// As long as the trigger may wait for Kizen.
		n8n.budgetMs = 1000;
		await n8n.restart();
		expect(n8n.warnings).toEqual([expect.stringMatching(/^Kizen Trigger: .* nothing is lost/)]);
		kizen.faults.queue.length = 0;
		await n8n.tick();
		expect(names(n8n.sent)).toEqual(['Meanwhile']);
	});

	it('that time does not heal keeps a workflow with a position inactive, too', async () => {
		const n8n = await active();
		n8n.credential = { ...kizen.credential, apiKey: 'another key' };
		await expect(n8n.activate()).rejects.toThrow(/Kizen refused the API key/);
	});

	it.each<[string, () => void, { message: string; description: RegExp; failure: unknown }]>([
		[
			'rate limit',
			limit,
			{
				message: "Kizen's rate limit was reached. Request was throttled",
				description: /^The trigger tries again at its next poll, and nothing is lost\./,
				failure: { cause: 'rate-limited', retryAfterMs: 120_000 },
			},
		],
		[
			'outage',
			() => {
				kizen.faults.queue.push({ fault: { kind: 'status', status: 500 }, times: Infinity });
			},
			{
				message: 'Kizen is not available right now (HTTP 500). A server error occurred',
				description: /^The trigger tries again at its next poll, and nothing is lost\./,
				failure: { cause: 'temporarily-unavailable' },
			},
		],
		[
			'key',
			() => {
				kizen.faults.queue.push({ fault: { kind: 'status', status: 401 }, times: Infinity });
			},
			{
				message: 'Kizen refused the API key for this business and user',
				description: /^Open the credential and test it\./,
				failure: { cause: 'credential-invalid' },
			},
		],
		[
			'permission',
			() => {
				kizen.faults.queue.push({
					fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
					times: Infinity,
				});
			},
			{
				message: 'The API key has no permission for this in "Deals"',
				description: /^A key may do what its user may do\./,
				failure: { cause: 'configuration-invalid' },
			},
		],
		[
			'web page',
			() => {
				kizen.faults.queue.push({ fault: { kind: 'html' }, times: Infinity });
			},
			{
				message: 'Kizen answered with a web page',
				description: /./,
				failure: undefined,
			},
		],
	])('at a poll is a failed execution, and the position is kept: %s', async (_, make, expected) => {
		const n8n = await active();
		add('Meanwhile');
		const before = n8n.database;
		make();
		await n8n.tick();
		const [failure] = n8n.failures;
		expect(failure.message).toBe(expected.message);
		expect(failure.description).toMatch(expected.description);
		// n8n 1 knows no causes.
		expect(failure.failure).toEqual(isN8n1(core.version) ? undefined : expected.failure);
		expect(n8n.database).toBe(before);
		kizen.faults.queue.length = 0;
		await n8n.tick();
		expect(n8n.executions.map(names)).toEqual([['Meanwhile']]);
	});
});

describe('What does not fit', () => {
	it.each<[string, INodeParameters, string]>([
		['an object', { object: byName('Deels') }, 'Kizen has no "Deels"'],
		['no object', { object: byName('') }, "'Object' is empty"],
		['a field', where('Gone', 'is', 'x'), '"Deals" has no field "Gone"'],
		['an option', where('Stage', 'is', 'Gone'), '"Stage" has no option "Gone"'],
		['a segment', { options: { segment: 'Gone' } }, '"Gone" is not a segment of "Deals"'],
		['a number', { options: { maxRecordsPerRun: 0 } }, "'Most Records per Run' can't be \"0\""],
		['an event', { event: 'archived' }, "'Event' can't be \"archived\""],
	])('%s is named when the workflow is activated', async (_, parameters, message) => {
		await expect(newN8n(parameters).activate()).rejects.toThrow(message);
	});

	it.each<[string, () => void, string]>([
		[
			'a field that is gone',
			() => kizen.changeField('deals', 'next_step', null),
			'"Deals" has no field "next_step"',
		],
		[
			'an object that is gone',
			() => {
				kizen.faults.queue.push({
					fault: { kind: 'status', status: 404, body: { detail: 'Not found.' } },
					times: Infinity,
				});
			},
			'Kizen has no "Deals", or the API key may not see it',
		],
	])('%s is named at the next poll, and the position is kept', async (_, make, message) => {
		const n8n = await active({ ...BOTH, ...where('next_step', 'is_not_blank', '') });
		add('Meanwhile', { next_step: 'Call' });
		make();
		const before = n8n.database;
		await n8n.tick();
		expect(n8n.failures.map((failure) => failure.message)).toEqual([message]);
		expect(n8n.database).toBe(before);
	});

	it('a business that the key does not belong to is named, and the position is kept', async () => {
		const n8n = await active();
		add('Meanwhile');
		const before = n8n.database;
		n8n.credential = { ...kizen.credential, businessId: '00000000-0000-4000-8000-000000000000' };
		await n8n.activate().catch((error: Error) => {
			expect(error.message).toContain('Kizen refused the API key for this business and user');
		});
		expect(n8n.database).toBe(before);
		n8n.credential = kizen.credential;
		await n8n.activate();
		expect(names(n8n.sent)).toEqual(['Meanwhile']);
	});
});
