import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { usualBodies, type Fault, type RetryAfter } from '../../sandbox/kizen/faults';
import { freePorts } from '../../sandbox/n8n/ports';
import { until } from '../until';
import { withKizen } from './withKizen';
import { executeAlone, runInEngine, type Result, type Scenario } from './engine';

const COMPANIES = { __rl: true, mode: 'name', value: 'companies_company' };
const TRY_ALL: Partial<INode> = { onError: 'continueRegularOutput' };

type OperationName = 'add' | 'upsert';

const companies = (count: number): IDataObject[] =>
	Array.from({ length: count }, (_, n) => ({ name: `Many ${n}`, website: `https://${n}.example` }));

const isWrite = ({ path }: { path: string }) => /\/(add|upsert)$/.test(path);
const nameIn = (body: unknown) => /Many \d+/.exec(JSON.stringify(body))?.[0];
const WRITES = { path: '/(add|upsert)$' };

const byName = (a: IDataObject, b: IDataObject) => String(a.name).localeCompare(String(b.name));
const sorted = (rows: IDataObject[]) => [...rows].sort(byName);

/** What a test does at its own Kizen, so that those that wait do so side by side. */
function sceneAt(kizen: EmbeddedKizen) {
	/** Companies, of which each row gives the name and a website. */
	const write = async (
		operation: OperationName,
		rows: IDataObject[],
		{ options = {}, ...scenario }: Partial<Scenario> & { options?: IDataObject } = {},
	): Promise<Result> =>
		await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation,
				object: COMPANIES,
				specifyFields: 'json',
				jsonFields:
					operation === 'add'
						? '={{ { name: $json.name, website: $json.website } }}'
						: '={{ { website: $json.website } }}',
				lookupValue: '={{ $json.name }}',
				options,
			} as INodeParameters,
			rows,
			node: TRY_ALL,
			...scenario,
		});

	const writes = () => kizen.log.filter(isWrite);

	/** What Kizen holds of the rows: the website by name, one entry for each record. */
	const held = () =>
		kizen
			.all('companies_company')
			.filter(({ identity }) => /^many \d+$/i.test(identity))
			.map(({ identity, values }) => ({ name: identity, website: values.website }));

	return { kizen, write, writes, held };
}

type Scene = ReturnType<typeof sceneAt>;

const inScene = <Given extends unknown[]>(test: (scene: Scene, ...given: Given) => Promise<void>) =>
	withKizen<Given>(async (kizen, ...given) => await test(sceneAt(kizen), ...given));

describe('Requests at Once', () => {
	it.concurrent.each([1, 3, 128])(
		'no more than %i are under way',
		inScene(async ({ kizen, write, writes, held }, maxParallel: number) => {
			kizen.faults.latencyMs = 10;
			// It begins with sixteen; how far it rises depends on how fast answers come.
			const first = Math.min(16, maxParallel);
			kizen.faults.together = { path: WRITES.path, count: first };
			const rows = companies(20 + 3 * maxParallel);
			const { json } = await write('upsert', rows, { options: { maxParallel } });
			expect(json.map(({ action }) => action)).toEqual(rows.map(() => 'created'));
			expect(kizen.inFlight.most).toBeLessThanOrEqual(maxParallel);
			expect(kizen.inFlight.most).toBeGreaterThanOrEqual(first);
			expect(sorted(held())).toEqual(sorted(rows));
			expect(writes()).toHaveLength(rows.length);
		}),
	);

	it.concurrent(
		'looking up related names shares the bound, and asks once for each name',
		inScene(async ({ kizen }) => {
			kizen.faults.latencyMs = 10;
			kizen.faults.together = { path: '/(search|upsert)', count: 4 };
			const names = Array.from({ length: 20 }, (_, n) => `Partner ${n}`);
			names.forEach((name) => kizen.add('companies_company', { name }));
			const rows = Array.from({ length: 100 }, (_, n) => ({ n, company: names[n % 20] }));
			const { json } = await runInEngine({
				credential: kizen.credential,
				parameters: {
					operation: 'upsert',
					object: { __rl: true, mode: 'name', value: 'deals' },
					lookupValue: '=Deal {{ $json.n }}',
					specifyFields: 'json',
					jsonFields: '={{ { company: $json.company } }}',
					options: { maxParallel: 4 },
				},
				rows,
			});
			expect(json.map(({ action }) => action)).toEqual(rows.map(() => 'created'));
			expect(kizen.inFlight.most).toBe(4);
			expect(kizen.log.filter(({ path }) => path.endsWith('/search'))).toHaveLength(20);
		}),
	);
});

describe('The order', () => {
	it.concurrent(
		'of rows with the same lookup value is kept, in whatever case, and the last one wins',
		inScene(async ({ kizen, write, writes, held }) => {
			kizen.faults.latencyMs = { min: 0, max: 10 };
			const rows = Array.from({ length: 120 }, (_, n) => ({
				name: n % 3 ? `Many ${n % 7}` : `MANY ${n % 7}`,
				website: `https://${n}.example`,
			}));
			const { json } = await write('upsert', rows);
			// Kizen refuses with 409 what overlaps with another write to the same record.
			expect(writes().map(({ status }) => status)).not.toContain(409);
			expect(json.filter(({ action }) => action === 'created')).toHaveLength(7);
			expect(json.slice(0, 7).every(({ action }) => action === 'created')).toBe(true);
			expect(
				held()
					.map(({ website }) => website)
					.sort(),
			).toEqual(
				rows
					.slice(-7)
					.map(({ website }) => website)
					.sort(),
			);
		}),
	);

	describe('of a block of rows with one key', () => {
		const block = (count: number) =>
			Array.from({ length: count }, (_, n) => ({
				name: 'Many 0',
				website: `https://block-${n}.example`,
			}));
		const others = companies(30).slice(1);
		const ofBlock = ({ writes }: Scene) => writes().filter(({ body }) => nameIn(body) === 'Many 0');

		it.concurrent(
			'holds no other row back, however long the block is',
			inScene(async (scene) => {
				const { kizen, write, held } = scene;
				kizen.faults.queue.push({
					match: { path: '/upsert', contains: '"Many 0"' },
					fault: { kind: 'hang' },
					times: 99,
				});
				const { status } = await write('upsert', [...block(1000), ...others], {
					options: { maxParallel: 4 },
					stopWhen: () => held().length === others.length,
				});
				expect(status).toBe('canceled');
				expect(ofBlock(scene)).toHaveLength(1);
			}),
		);

		it.concurrent(
			'ends with the row that stops the workflow',
			inScene(async (scene) => {
				const { kizen, write, held } = scene;
				kizen.faults.queue.push({
					match: { path: '/upsert', contains: 'block-7.' },
					fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
				});
				const { error } = await write('upsert', [...block(300), ...others], { node: {} });
				expect(error?.message).toMatch(/\[item 7\]$/);
				expect(ofBlock(scene)).toHaveLength(8);
				expect(held()[0].website).toBe('https://block-6.example');
			}),
		);
	});

	it.concurrent(
		'holds for Add as well: the first of several is created, the others are told why not',
		inScene(async (scene) => {
			const { kizen, write, writes, held } = scene;
			kizen.faults.latencyMs = { min: 0, max: 10 };
			const rows = Array.from({ length: 40 }, (_, n) => ({
				name: n % 2 ? `Many ${n % 5}` : `MANY ${n % 5}`,
				website: `https://${n}.example`,
			}));
			const { json } = await write('add', rows);
			expect(writes().map(({ status }) => status)).not.toContain(409);
			expect(json.map(({ action }) => action)).toEqual(
				rows.map((_, n) => (n < 5 ? 'created' : 'failed')),
			);
			expect(json[5].error).toMatch(/A record with this name already exists/);
			expect(sorted(held())).toEqual(sorted(rows.slice(0, 5)));
		}),
	);
});

describe("Kizen's rate limit", () => {
	/** How many requests arrived in the time after the first 429 that it asked for, in milliseconds. */
	const meanwhile = ({ kizen }: Scene, pauseMs: number) => {
		const first = kizen.log.findIndex(({ status }) => status === 429);
		const end = kizen.log[first].at + pauseMs;
		return kizen.log.slice(first + 1).filter(({ at }) => at < end).length;
	};

	it.concurrent.each<[string, RetryAfter, number]>([
		['seconds', 1, 990],
		['a date', 'date', 990],
		['nothing', null, 200],
	])(
		'holds all of the run back, and no row is lost: %s',
		inScene(async (scene, _: string, retryAfter: RetryAfter, pauseMs: number) => {
			const { kizen, write, writes, held } = scene;
			kizen.faults.latencyMs = 5;
			kizen.faults.queue.push({
				match: WRITES,
				fault: { kind: 'status', status: 429, retryAfter },
				skip: 20,
				times: 2,
			});
			for (const operation of ['upsert', 'add'] as const) {
				kizen.log.length = 0;
				const rows = companies(operation === 'add' ? 150 : 100).slice(
					operation === 'add' ? 100 : 0,
				);
				const { json, hints } = await write(operation, rows, { options: { maxParallel: 8 } });
				expect(json.map(({ name, action }) => [name, action])).toEqual(
					rows.map(({ name }) => [name, 'created']),
				);
				if (operation === 'add') continue;
				// Those on their way, and each of them followed by another one before the 429 was read.
				expect(meanwhile(scene, pauseMs)).toBeLessThanOrEqual(2 * 8);
				expect(writes()).toHaveLength(rows.length + 2);
				const waited = retryAfter === null ? '' : "Waited \\d+ s for Kizen's rate limit\\. ";
				expect(hints[0].message).toMatch(new RegExp(`^100 created\\. .*${waited}Sent 2 requests`));
			}
			expect(held()).toHaveLength(150);
		}),
	);

	it.concurrent(
		'has an end: rows give up, say so, and do not all ask for it',
		inScene(async ({ kizen, write, writes, held }) => {
			kizen.faults.queue.push({
				match: WRITES,
				fault: { kind: 'status', status: 429, retryAfter: 1 },
				times: Infinity,
			});
			const { json } = await write('upsert', companies(100), {
				options: { giveUpAfter: 1, maxParallel: 8 },
			});
			expect(json).toHaveLength(100);
			for (const { action, error, details } of json) {
				expect(action).toBe('failed');
				expect(error).toMatch(/^Kizen's rate limit was reached/);
				expect((details as IDataObject).description).toMatch(
					/'Give Up After \(Seconds\)'.*held back for \d+ s/,
				);
			}
			expect(held()).toEqual([]);
			expect(writes().length).toBeLessThan(100 + 50);
		}),
	);
});

/** Waits until somebody in this process was refused a connection. */
async function refusedConnection(): Promise<void> {
	let refused = 0;
	const count = (message: unknown) => {
		const { socket } = message as { socket: Socket };
		socket.on('error', ({ code }: NodeJS.ErrnoException) => {
			if (code === 'ECONNREFUSED') refused += 1;
		});
	};
	subscribe('net.client.socket', count);
	await until(() => refused > 0);
	unsubscribe('net.client.socket', count);
}

/** Faults after which nobody knows whether Kizen has written. */
const UNCERTAIN: Array<[string, Fault, 'before' | 'after']> = [
	...[408, 502, 503, 504].map((status): [string, Fault, 'before'] => [
		`${status}`,
		{ kind: 'status', status },
		'before',
	]),
	['504 after it wrote', { kind: 'status', status: 504 }, 'after'],
	['a connection lost before it wrote', { kind: 'drop' }, 'before'],
	['a connection lost after it wrote', { kind: 'drop' }, 'after'],
];

describe('When the answer goes missing', () => {
	it.concurrent(
		'Upsert tries again, and each row is there once, whatever the fault',
		inScene(async ({ kizen, write, writes, held }) => {
			kizen.switches.activeDuplicates = 'allowed';
			const locked: Fault = { kind: 'status', status: 409, body: usualBodies[409] };
			const faults = [...UNCERTAIN, ['409', locked, 'before'] as const];
			faults.forEach(([, fault, when], n) => {
				const match = { path: '/upsert', contains: `"Many ${10 * n}"` };
				kizen.faults.queue.push({ match, fault, when });
			});
			const rows = companies(100);
			const { json, hints } = await write('upsert', rows);
			expect(json.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
			expect(json.filter(({ action }) => action === 'failed')).toEqual([]);
			expect(sorted(held())).toEqual(sorted(rows));
			expect(writes()).toHaveLength(rows.length + faults.length);
			expect(hints[0].message).toContain(`Sent ${faults.length} requests again.`);
		}),
	);

	it.concurrent(
		'four times is enough: then the row fails, and the others do not',
		inScene(async ({ kizen, write, writes }) => {
			kizen.add('companies_company', { name: 'Many 3' });
			kizen.faults.queue.push({
				match: { path: '/upsert', contains: '"Many 3"' },
				fault: { kind: 'status', status: 409, body: { detail: 'Busy.', code: 'conflict' } },
				times: 99,
			});
			// The waits between the tries come to more than this.
			const { json } = await write('upsert', companies(10), { options: { giveUpAfter: 1 } });
			expect(json.filter(({ action }) => action === 'created')).toHaveLength(9);
			expect(json[3]).toMatchObject({
				action: 'failed',
				error: expect.stringMatching(/^Kizen is busy writing this record for someone else/),
			});
			expect(writes().filter(({ body }) => nameIn(body) === 'Many 3').length).toBeLessThanOrEqual(
				5,
			);
		}),
	);

	it.concurrent(
		'Timeout ends a request that is never answered',
		inScene(async ({ kizen, write, writes, held }) => {
			// So long that a busy machine answers all else in time.
			const timeout = 10;
			const hang = (times: number) =>
				kizen.faults.queue.push({ match: WRITES, fault: { kind: 'hang' }, times });
			hang(2);
			const upserted = await write('upsert', companies(10), { options: { timeout } });
			expect(upserted.json.map(({ action }) => action)).toEqual(Array(10).fill('created'));
			hang(2);
			const added = await write('add', companies(30).slice(10), { options: { timeout } });
			const failed = added.json.filter(({ action }) => action === 'failed');
			expect(failed.map(({ error }) => error)).toEqual(
				failed.map(({ name }) =>
					expect.stringMatching(
						new RegExp(`^Kizen may still have created "${String(name)}".*did not answer in time`),
					),
				),
			);
			// On a machine that takes that long for it, others may have failed as well.
			const unanswered = writes().filter(({ path, status }) => path.endsWith('/add') && !status);
			const failedNames = failed.map(({ name }) => name);
			expect(failedNames).toEqual(
				expect.arrayContaining(unanswered.map(({ body }) => nameIn(body))),
			);
			expect(unanswered).toHaveLength(2);
			expect(held().length).toBeGreaterThanOrEqual(30 - failed.length);
		}),
	);

	it.concurrent(
		'a refused connection is tried again for Add as well: nothing was sent',
		inScene(async ({ write }) => {
			const [port] = await freePorts(1);
			const first = await startKizen({ port });
			first.faults.latencyMs = 20;
			const rows = companies(60);
			const running = write('add', rows, {
				options: { maxParallel: 2 },
				credential: first.credential,
			});
			await until(() => first.log.filter(isWrite).length >= 10);
			await first.stop();
			await refusedConnection();
			const second = await startKizen({ port });
			try {
				const { json, hints } = await running;
				const received = [...first.log, ...second.log].filter(isWrite);
				const names = received.map(({ body }) => nameIn(body));
				const failed = json.filter(({ action }) => action !== 'created');
				expect(failed.length).toBeLessThanOrEqual(2);
				for (const { error } of failed) expect(error).toMatch(/^Kizen may still have created/);
				// What was on its way when the first one stopped may have reached it or not.
				expect(names).toHaveLength(new Set(names).size);
				expect(new Set([...names, ...failed.map(({ name }) => name)])).toEqual(
					new Set(rows.map(({ name }) => name)),
				);
				expect(hints[0].message).toMatch(/Sent \d+ requests? again\.$/);
			} finally {
				await second.stop();
			}
		}),
	);
});

it.concurrent(
	'30,000 items overflow no stack, and each of them comes out',
	inScene(async ({ kizen, writes }) => {
		const items = Array.from({ length: 30_000 }, (_, n) => ({ json: { n } }));
		// Such rows can't be read, so none is sent: what is tried is all that happens around it.
		const parameters = {
			operation: 'add',
			object: COMPANIES,
			specifyFields: 'json',
			jsonFields: '1',
		};
		const [output] = await executeAlone({
			credential: kizen.credential,
			parameters,
			items,
			node: TRY_ALL,
		});
		expect(output).toHaveLength(30_000);
		expect(output.findIndex(({ json }, n) => json.n !== n || json.action !== 'failed')).toBe(-1);
		expect(writes()).toEqual([]);
	}),
);

describe('A redirect', () => {
	let elsewhere: Server;
	let seen = 0;

	beforeAll(async () => {
		elsewhere = createServer((_, response) => {
			seen += 1;
			response.end('{}');
		});
		await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
	});
	afterAll(() => void elsewhere.close());

	it.concurrent.each([301, 302, 303, 307, 308])(
		'%i takes the key to no other host',
		inScene(async ({ kizen, write }, status: number) => {
			const { port } = elsewhere.address() as AddressInfo;
			const to = `http://localhost:${port}/api/records`;
			kizen.faults.queue.push({
				fault: { kind: 'redirect', to, status },
				match: WRITES,
				times: 99,
			});
			for (const operation of ['add', 'upsert'] as const) {
				const { json } = await write(operation, companies(5));
				for (const { error } of json) expect(error).toMatch(/which was not followed/);
			}
			kizen.faults.queue.unshift({ fault: { kind: 'redirect', to, status }, times: 99 });
			const { json } = await write('upsert', companies(5));
			for (const { error } of json) expect(error).toMatch(/which was not followed/);
			expect(seen).toBe(0);
		}),
	);
});
