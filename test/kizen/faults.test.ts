import { at, client, type Send } from '../../sandbox/kizen/client';
import { startKizen, type EmbeddedKizen, type FaultRule } from '../../sandbox/kizen/index';
import { Workers } from '../../sandbox/kizen/workers';
import { until } from '../until';

let kizen: EmbeddedKizen;
let send: Send;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => kizen.reset());
afterAll(() => kizen.stop());

const fail = (...faults: FaultRule[]) => kizen.faults.queue.push(...faults);
const team = () => send('GET /api/team');
const add = (name: string) =>
	send('POST /api/records/deals/add', { fields: [{ name: 'name', value: name }] });
const statuses = async (times: number, request: () => ReturnType<Send> = team) => {
	const all: number[] = [];
	for (let n = 0; n < times; n += 1) all.push((await request()).status);
	return all;
};

describe('A fault in the queue', () => {
	it('meets one request and is gone', async () => {
		fail({ fault: { kind: 'status', status: 503, retryAfter: 7 } });
		const first = await team();
		expect([first.status, first.headers.get('retry-after')]).toEqual([503, '7']);
		expect(kizen.log.at(-1)).toMatchObject({ status: 503, outcome: 'answered' });
		expect(await statuses(2)).toEqual([200, 200]);
		expect(kizen.faults.queue).toEqual([]);
	});

	it('meets as many as it says, after those that it lets pass', async () => {
		fail({ fault: { kind: 'status', status: 500 }, times: 2, skip: 1 });
		expect(await statuses(5)).toEqual([200, 500, 500, 200, 200]);
	});

	it('meets only requests that fit', async () => {
		const fault = { kind: 'status', status: 409 } as const;
		fail({ fault, match: { method: 'POST', path: /records\/deals/, contains: '"Second"' } });
		expect(await statuses(1)).toEqual([200]);
		expect((await add('First')).status).toBe(200);
		expect(await add('Second')).toMatchObject({ status: 409, body: { code: 'conflict' } });
		expect(kizen.find('deals', { name: 'Second' })).toBeUndefined();
	});

	it('meets by chance, the same requests for the same seed', async () => {
		const chance = async (seed: number) => {
			kizen.reset();
			kizen.faults.seed = seed;
			fail({ fault: { kind: 'status', status: 502 }, probability: 0.5 });
			return await statuses(20);
		};
		const [one, again, other] = [await chance(7), await chance(7), await chance(8)];
		expect(one).toEqual(again);
		expect(one).not.toEqual(other);
		expect(new Set(one)).toEqual(new Set([200, 502]));
	});

	it('carries a body of its own, or the usual one', async () => {
		fail({ fault: { kind: 'status', status: 408, body: { detail: 'mine' } } });
		fail({ fault: { kind: 'status', status: 502 } });
		expect((await team()).body).toEqual({ detail: 'mine' });
		expect((await team()).body).toMatch('<html>');
	});
});

describe('Rubbish', () => {
	it('can be a web page with status 200', async () => {
		fail({ fault: { kind: 'html' } });
		const { status, headers, body } = await team();
		expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
		expect(body).toMatch('<!doctype html>');
	});

	it('can be nothing at all, or half an answer; what was sent is written', async () => {
		fail({ fault: { kind: 'empty' } }, { fault: { kind: 'truncated' } });
		expect(await add('Empty')).toMatchObject({ status: 200, body: '' });
		const half = await add('Half');
		expect(half).toMatchObject({ status: 200, body: expect.stringMatching(/^\{"id".*[^}]$/) });
		expect(kizen.find('deals', { name: 'Empty' })).toBeDefined();
		expect(kizen.find('deals', { name: 'Half' })).toBeDefined();
	});

	it('can be a redirect to another host', async () => {
		fail({ fault: { kind: 'redirect', to: 'http://elsewhere.invalid/api/team' } });
		const { status, headers } = await team();
		expect([status, headers.get('location')]).toEqual([302, 'http://elsewhere.invalid/api/team']);
	});
});

describe('A lost connection', () => {
	it('before the work leaves nothing behind', async () => {
		fail({ fault: { kind: 'drop' } });
		await expect(add('Before')).rejects.toThrow();
		expect(kizen.find('deals', { name: 'Before' })).toBeUndefined();
		expect(kizen.log.at(-1)).toMatchObject({ status: null, outcome: 'dropped-before' });
	});

	it('after the work leaves a record that the client does not know of', async () => {
		fail({ fault: { kind: 'drop' }, when: 'after' });
		await expect(add('After')).rejects.toThrow();
		expect(kizen.find('deals', { name: 'After' })).toBeDefined();
		expect(kizen.log.at(-1)).toMatchObject({ status: null, outcome: 'dropped-after' });
		expect((await add('Next')).status).toBe(200);
	});

	it('can hang until the client gives up', async () => {
		fail({ fault: { kind: 'hang' } });
		const { apiKey, businessId, userId } = kizen.credential;
		const patience = new AbortController();
		const hanging = fetch(`${kizen.url}/api/team`, {
			headers: { 'x-api-key': apiKey, 'x-business-id': businessId, 'x-user-id': userId },
			signal: patience.signal,
		});
		await until(() => kizen.log.length === 1);
		patience.abort(new Error('had enough'));
		await expect(hanging).rejects.toThrow('had enough');
		await until(() => kizen.inFlight.now === 0);
		expect(kizen.log.at(-1)).toMatchObject({ status: null, outcome: 'dropped-before' });
	});
});

describe('Time', () => {
	it('can be slow, the same for every answer or drawn', async () => {
		const took = async () => {
			const start = performance.now();
			await team();
			return performance.now() - start;
		};
		kizen.faults.latencyMs = 60;
		// A timer may be a millisecond early, and late by as much as the machine is busy.
		expect(await took()).toBeGreaterThan(58);
		kizen.faults.latencyMs = { min: 40, max: 80 };
		expect(await took()).toBeGreaterThan(38);
	});

	it('grows with each other request in flight', async () => {
		kizen.faults.latencyPerRequestMs = 40;
		kizen.faults.together = { path: '/team$', count: 3 };
		const start = performance.now();
		await Promise.all(Array.from({ length: 3 }, team));
		expect(performance.now() - start).toBeGreaterThan(78);
	});

	it('is that of the workers, who do one request after another', async () => {
		kizen.faults.capacity = { workers: 1, serviceMs: 30 };
		const start = performance.now();
		await Promise.all(Array.from({ length: 3 }, team));
		expect(performance.now() - start).toBeGreaterThan(87);
	});

	it('is shared by the workers first come, first served, whose number may change', async () => {
		let count = 1;
		const workers = new Workers(() => count);
		const done: number[] = [];
		let end = () => {};
		const first = workers.serve(async () => await new Promise<void>((resolve) => (end = resolve)));
		const waiting = [1, 2].map(
			async (order) => await workers.serve(async () => await Promise.resolve(done.push(order))),
		);
		await Promise.resolve();
		expect(done).toEqual([]);
		count = 2;
		waiting.push(workers.serve(async () => await Promise.resolve(done.push(3))));
		await Promise.all(waiting);
		expect(done).toEqual([1, 2, 3]);
		end();
		await first;
	});

	it('counts the most requests that were in flight at once', async () => {
		kizen.faults.together = { path: '/team$', count: 6 };
		await Promise.all(Array.from({ length: 6 }, team));
		await until(() => kizen.inFlight.now === 0);
		expect(kizen.inFlight.most).toBe(6);
		kizen.reset();
		expect(kizen.inFlight).toEqual({ now: 0, most: 0 });
	});

	it('limits the rate, and says how long to wait in each known way', async () => {
		const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-05-01T10:00:00.400Z'));
		kizen.faults.rateLimit = { perSecond: 3, retryAfter: 2 };
		expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
		const limited = await team();
		expect(limited.headers.get('retry-after')).toBe('2');
		expect(limited.body).toMatchObject({ code: 'throttled' });
		kizen.faults.rateLimit.retryAfter = 'date';
		expect((await team()).headers.get('retry-after')).toBe('Fri, 01 May 2026 10:00:02 GMT');
		kizen.faults.rateLimit.retryAfter = null;
		expect((await team()).headers.get('retry-after')).toBeNull();
		clock.mockReturnValue(Date.parse('2026-05-01T10:00:01.400Z'));
		expect(await statuses(4)).toEqual([200, 200, 200, 429]);
		clock.mockRestore();
	});

	it('refuses to write a record that is being written', async () => {
		kizen.faults.together = { path: '/upsert$', count: 3 };
		const upsert = (lookup_value: string) =>
			send('POST /api/records/deals/upsert', { lookup_value });
		const both = await Promise.all([upsert('Twice'), upsert('TWICE'), upsert('Other')]);
		expect(both.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
		expect((await upsert('Twice')).status).toBe(200);
	});
});

it('The log holds what was sent, undecoded and whole', async () => {
	await send('GET /api/records/deals/lookup?identifier=a%2Fb%20c&x=1');
	await add('Logged');
	expect(kizen.log).toMatchObject([
		{
			method: 'GET',
			url: '/api/records/deals/lookup?identifier=a%2Fb%20c&x=1',
			path: '/api/records/deals/lookup',
			query: { identifier: 'a/b c', x: '1' },
			status: 404,
		},
		{
			method: 'POST',
			headers: { 'x-api-key': kizen.credential.apiKey },
			body: { fields: [{ name: 'name', value: 'Logged' }] },
			status: 200,
			outcome: 'answered',
		},
	]);
	expect(kizen.log[1].at).toBeGreaterThanOrEqual(kizen.log[0].at);
});

it('Stopping does not wait for requests that hang', async () => {
	const other = await startKizen({
		faults: { queue: [{ fault: { kind: 'hang' } }], latencyMs: 5 },
	});
	const hanging = client(other)('GET /api/team').catch(() => 'no answer');
	await until(() => other.log.length === 1);
	other.faults.latencyMs = 60_000;
	const slow = client(other)('GET /api/team').catch(() => 'no answer');
	await until(() => other.log.length === 2);
	await other.stop();
	expect(await hanging).toBe('no answer');
	expect(await slow).toBe('no answer');
});

describe('From another process', () => {
	it('everything is at hand under /_sandbox, without credentials and without a trace', async () => {
		const control = (request: string, body?: unknown) => send(request, body, {});
		const about = await control('GET /_sandbox');
		expect(about.body).toMatchObject({ url: kizen.url, credential: kizen.credential });

		await control('POST /_sandbox/switches', { addStatus: 201, optionShapes: ['id'] });
		expect(kizen.switches).toMatchObject({ addStatus: 201, optionShapes: ['id'] });
		expect((await control('GET /_sandbox/switches')).body).toEqual(kizen.switches);
		for (const wrong of [{ nonsense: 1 }, { addStatus: 500 }, { optionShapes: ['code'] }]) {
			expect((await control('POST /_sandbox/switches', wrong)).status).toBe(400);
		}

		const queue = [{ fault: { kind: 'status', status: 504 }, match: { path: '/team$' } }];
		await control('POST /_sandbox/faults', { queue });
		expect((await control('GET /_sandbox/faults')).body).toMatchObject({ queue });
		expect((await team()).status).toBe(504);

		expect((await add('Seen')).status).toBe(201);
		const records = await control('GET /_sandbox/records/deals');
		expect(JSON.stringify(records.body)).toContain('"Seen"');
		await control('POST /_sandbox/records/deals', { values: { name: 'Old' }, archived: true });
		expect(kizen.find('deals', { name: 'Old' })?.archived).toBe(true);
		expect((await control('GET /_sandbox/records/nothing')).status).toBe(400);

		const log = await control('GET /_sandbox/log');
		expect([at(log.body, '0.path'), at(log.body, 'length')]).toEqual(['/api/team', 2]);
		expect((await control('DELETE /_sandbox/log')).status).toBe(204);
		expect(kizen.log).toEqual([]);

		await control('POST /_sandbox/reset');
		expect(kizen.find('deals', { name: 'Seen' })).toBeUndefined();
		expect(kizen.switches.addStatus).toBe(200);
	});
});
