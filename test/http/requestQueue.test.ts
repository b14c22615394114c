import fc from 'fast-check';

import {
	Cancelled,
	RequestQueue,
	type RequestQueueOptions,
} from '../../nodes/Kizen/http/requestQueue';
import type { RequestKind, RequestFailure } from '../../nodes/Kizen/http/retry';
import { VirtualClock } from '../../bench/simulation/virtualClock';

type Answer = 'fine' | RequestFailure;

const LIMITED: Answer = { status: 429, retryAfter: '1' };
const LOST: Answer = { network: 'ECONNRESET' };

interface Sent {
	row: number;
	at: number;
	/** How many were under way, with this one. */
	together: number;
}

/** A Kizen that answers as `answer` says after `latency` milliseconds, and a run against it. */
function scene(
	answer: (sent: Sent, now: number) => Answer,
	latency: (sent: Sent, now: number) => number,
	options: Partial<RequestQueueOptions> = {},
) {
	const clock = new VirtualClock();
	const queue = new RequestQueue({ maxInFlight: 16, giveUpAfterMs: 120_000, clock, ...options });
	const log: Sent[] = [];
	let together = 0;
	const run = async (row: number, kind: RequestKind = 'upsert') =>
		await queue.schedule<Answer>(
			kind,
			async () => {
				together += 1;
				const sent = { row, at: clock.now(), together };
				log.push(sent);
				const said = answer(sent, clock.now());
				await clock.sleep(latency(sent, clock.now()));
				together -= 1;
				return said;
			},
			(said) => (said === 'fine' ? undefined : said),
		);
	const rows = (count: number, kind?: RequestKind) =>
		Array.from({ length: count }, async (_, row) => await run(row, kind));
	/** Runs that many rows to their end; resolves with what came of them and the time it took. */
	const finish = async (count: number, kind?: RequestKind) => {
		let took = 0;
		const all = Promise.all(rows(count, kind)).finally(() => (took = clock.now()));
		await clock.run();
		return { outcomes: await all, took };
	};
	return { clock, queue, log, run, rows, finish };
}

const largest = (log: Sent[]) => log.reduce((most, sent) => Math.max(most, sent.together), 0);
const fine = (): Answer => 'fine';
const ms = (time: number) => () => time;

/** Turns away what is more than `perSecond`, counted as different servers count. */
const limits: Record<string, (perSecond: number) => (now: number) => boolean> = {
	'over the last second': (perSecond) => {
		let recent: number[] = [];
		return (now) => {
			recent = recent.filter((at) => at > now - 1000);
			return recent.length < perSecond && recent.push(now) > 0;
		};
	},
	'by the second of the clock': (perSecond) => {
		let [second, count] = [-1, 0];
		return (now) => {
			const current = Math.floor((now + 600) / 1000);
			if (current !== second) [second, count] = [current, 0];
			return ++count <= perSecond;
		};
	},
	'as a bucket that fills again': (perSecond) => {
		let [tokens, last] = [perSecond, 0];
		return (now) => {
			tokens = Math.min(perSecond, tokens + ((now - last) * perSecond) / 1000);
			last = now;
			return tokens >= 1 && tokens-- >= 1;
		};
	},
};

describe('how many requests are under way', () => {
	test.each([1, 2, 16, 64])('never more than %i, and as many as that', async (maxInFlight) => {
		const { finish, log, queue } = scene(fine, ms(100), { maxInFlight });
		await finish(2000);
		expect(largest(log)).toBe(maxInFlight);
		expect(queue.summary).toEqual({ rateLimitedMs: 0, retries: 0 });
	});

	test('begins with sixteen', async () => {
		const { clock, rows, log } = scene(fine, ms(100), { maxInFlight: 100 });
		void rows(100);
		await clock.run(0);
		expect(log).toHaveLength(16);
	});

	test.each([0, 1, 5, 50, 1000])('rises to the bound with answers in %i ms', async (latency) => {
		const { finish, log } = scene(fine, ms(latency), { maxInFlight: 64 });
		await finish(2000);
		expect(largest(log.slice(-150))).toBe(64);
	});

	test('stays at the bound when answers take more or less long by chance', async () => {
		const chance = new VirtualClock(7);
		const { finish, log } = scene(fine, () => 60 + 80 * chance.random());
		await finish(4000);
		const later = log.slice(400, -16);
		expect(later.filter((sent) => sent.together >= 14).length).toBeGreaterThan(later.length * 0.9);
	});

	test('decreases once for a burst that is throttled, and rises again', async () => {
		const { finish, log, queue } = scene(
			({ row }, now) => (row >= 200 && row < 216 && now < 2000 ? LIMITED : 'fine'),
			ms(100),
		);
		await finish(1000);
		const heldUntil = log.findIndex(({ at }, i) => i > 0 && at - log[i - 1].at >= 1000);
		const afterwards = log.filter(({ at }) => at === log[heldUntil].at);
		expect(afterwards).toHaveLength(11);
		expect(largest(log.filter(({ at }) => at > 3400 && at <= 3600))).toBe(16);
		expect(queue.summary.rateLimitedMs).toBeLessThanOrEqual(1100);
	});

	test('comes down to one, and no lower, while Kizen is overwhelmed', async () => {
		const { finish, log } = scene((_, now) => (now < 60_000 ? { status: 503 } : 'fine'), ms(100));
		const { outcomes } = await finish(100);
		expect(outcomes).toHaveLength(100);
		expect(largest(log.filter(({ at }) => at > 10_000 && at < 60_000))).toBe(1);
	});

	test.each([
		[8, 64],
		[4, 32],
		[20, 64],
	])('settles near the %i that Kizen works on at once, not at %i', async (able, maxInFlight) => {
		const { finish, log } = scene(fine, (sent) => 100 * Math.max(1, sent.together / able), {
			maxInFlight,
		});
		const { took } = await finish(4000);
		const later = log.slice(2000, -maxInFlight).map((sent) => sent.together);
		const mean = later.reduce((sum, n) => sum + n, 0) / later.length;
		expect(mean).toBeGreaterThan(able * 0.8);
		expect(mean).toBeLessThan(able * 2.5);
		expect(took).toBeLessThan((4000 / able) * 100 * 1.1);
	});

	test('takes it as it is when Kizen gets slower for all, whatever we do', async () => {
		const { finish, log } = scene(fine, (_, now) => (now < 3000 ? 100 : 600));
		const { took } = await finish(4000);
		expect(largest(log.slice(-40))).toBe(16);
		expect(took).toBeLessThan(1.15 * (3000 + ((4000 - 480) / 16) * 600));
	});

	test('reads that are quicker than writes do not make the writes look slow', async () => {
		const { clock, log, run } = scene(fine, ({ row }) => (row < 500 ? 20 : 400));
		const all = Promise.all(
			Array.from({ length: 1500 }, async (_, row) => await run(row, row < 500 ? 'read' : 'upsert')),
		);
		await clock.run(6000);
		expect(largest(log.slice(-40))).toBe(16);
		await clock.run();
		await all;
	});

	test('one response that does not come does not stop it from rising', async () => {
		const { finish, log } = scene(fine, ({ row }) => (row === 3 ? 50_000 : 100), {
			maxInFlight: 64,
		});
		await finish(2000);
		expect(largest(log.filter(({ at }) => at < 2000))).toBe(64);
	});

	test('a run whose rows Kizen rejects rises as well', async () => {
		const { finish, log } = scene(() => ({ status: 404 }), ms(100), { maxInFlight: 64 });
		await finish(2000);
		expect(largest(log.slice(-150))).toBe(64);
	});

	test('a run that loses every third response rises as well', async () => {
		const { finish, log } = scene(({ row }) => (row % 3 === 0 ? LOST : 'fine'), ms(100), {
			maxInFlight: 64,
		});
		await finish(2000, 'add');
		expect(largest(log)).toBe(64);
	});

	test('rows that come one after another do not raise it', async () => {
		const { clock, run, rows, log } = scene(fine, ms(100), { maxInFlight: 64 });
		const all = (async () => {
			for (let row = 0; row < 100; row++) await run(row);
			await Promise.all(rows(100));
		})();
		await clock.run();
		await all;
		expect(log.filter(({ at }) => at === log[100].at)).toHaveLength(16);
	});

	test('one standstill of our own does not bring it down', async () => {
		const { finish, log } = scene(fine, (_, now) => (now > 1900 && now < 2000 ? 900 : 100));
		await finish(2000);
		expect(largest(log.filter(({ at }) => at > 4800 && at <= 5000))).toBeGreaterThanOrEqual(12);
	});
});

describe('the order', () => {
	test('is that in which the requests came', async () => {
		const { finish, log } = scene(fine, ({ row }) => 50 + ((row * 37) % 100));
		await finish(500);
		expect(log.map((sent) => sent.row)).toEqual(Array.from({ length: 500 }, (_, row) => row));
	});

	test('of what was turned away is kept, ahead of what was not sent yet', async () => {
		const { finish, log } = scene((_, now) => (now < 500 ? LIMITED : 'fine'), ms(10));
		await finish(20);
		const second = log.filter(({ at }) => at >= 500).map((sent) => sent.row);
		expect(second).toEqual(Array.from({ length: 20 }, (_, row) => row));
	});

	test('a request that waits to be sent again leaves its place to others', async () => {
		const tries = new Map<number, number>();
		const { finish, log } = scene(
			({ row }) => {
				tries.set(row, (tries.get(row) ?? 0) + 1);
				return row === 0 && tries.get(0) === 1 ? LOST : 'fine';
			},
			ms(10),
			{ maxInFlight: 1 },
		);
		const { outcomes } = await finish(3);
		expect(log.map((sent) => sent.row)).toEqual([0, 1, 2, 0]);
		expect(outcomes[0]).toEqual({
			result: 'fine',
			mayHaveExecuted: false,
			mayHaveExecutedBefore: true,
		});
	});
});

describe('when Kizen says to wait', () => {
	test('all hold back for an Add as well, which is not sent again after a 503', async () => {
		const busy: Answer = { status: 503, retryAfter: '3' };
		const { finish, log } = scene(
			({ row }, now) => (row === 2 && now < 500 ? busy : 'fine'),
			ms(100),
		);
		const { outcomes } = await finish(50, 'add');
		expect(log.filter(({ row }) => row === 2)).toHaveLength(1);
		expect(outcomes[2]).toMatchObject({ result: busy, mayHaveExecuted: true });
		expect(log.filter(({ at }) => at > 100 && at < 3000)).toEqual([]);
		expect(outcomes.filter(({ result }) => result === 'fine')).toHaveLength(49);
	});

	test.each([
		['seconds', '3', 3000],
		['a date', 'Thu, 01 Jan 1970 00:00:05 GMT', 5000],
		['far too long', '86400', 120_000],
	])('all hold back: %s', async (_, retryAfter, until) => {
		const { finish, log, queue } = scene(
			({ row }, now) => (row === 2 && now < 500 ? { status: 429, retryAfter } : 'fine'),
			ms(100),
			{ giveUpAfterMs: 200_000 },
		);
		await finish(50);
		// Two of the first sixteen were answered before the one that is throttled.
		expect(log.filter(({ at }) => at <= 100).length).toBeLessThanOrEqual(16 + 2);
		expect(log.filter(({ at }) => at > 100 && at < until)).toEqual([]);
		expect(log.find(({ at }) => at > 100)?.at).toBeLessThan(until + 200);
		expect(queue.summary.rateLimitedMs).toBeGreaterThanOrEqual(until - 100);
	});

	test('backs off when it does not say how long', async () => {
		const { finish, log, queue } = scene(
			(_, now) => (now < 5000 ? { status: 429, retryAfter: 'later' } : 'fine'),
			ms(100),
		);
		const { outcomes } = await finish(10);
		expect(outcomes.every(({ result }) => result === 'fine')).toBe(true);
		expect(log.length).toBeLessThan(10 + 40);
		expect(queue.summary.rateLimitedMs).toBeGreaterThan(4000);
	});

	test('waits that overlap are counted once', async () => {
		const { finish, queue } = scene((_, now) => (now < 500 ? LIMITED : 'fine'), ms(100));
		await finish(4);
		expect(queue.summary).toMatchObject({ rateLimitedMs: 1000, retries: 4 });
	});

	test('starts again with no more than the bound at once', async () => {
		const { finish, log } = scene(
			(_, now) => (now > 1000 && now < 1200 ? LIMITED : 'fine'),
			ms(100),
		);
		await finish(1000);
		const [first] = log.filter(({ at }) => at > 2000);
		expect(log.filter(({ at }) => at === first.at)).toHaveLength(11);
	});
});

describe('the end of waiting', () => {
	test('a request gives up when the next wait would be more than it may wait in all', async () => {
		const { finish, log } = scene(() => ({ status: 429, retryAfter: '40' }), ms(100));
		const { outcomes, took } = await finish(1, 'add');
		expect(log).toHaveLength(4);
		expect(outcomes[0]).toMatchObject({ mayHaveExecuted: false });
		expect(outcomes[0].gaveUpAfterMs).toBeGreaterThanOrEqual(120_000);
		expect(outcomes[0].gaveUpAfterMs).toBeLessThan(120_100);
		expect(took).toBeLessThan(121_000);
	});

	test('at once when the first wait is too long already', async () => {
		const { finish } = scene(() => ({ status: 429, retryAfter: '60' }), ms(100), {
			giveUpAfterMs: 30_000,
		});
		const { outcomes, took } = await finish(1);
		expect(outcomes[0]).toMatchObject({ gaveUpAfterMs: 0 });
		expect(took).toBe(100);
	});

	test('time in flight and time in the line do not count', async () => {
		const { finish } = scene(fine, ms(50_000), { maxInFlight: 1, giveUpAfterMs: 1000 });
		const { outcomes } = await finish(20);
		expect(outcomes.every(({ gaveUpAfterMs }) => gaveUpAfterMs === undefined)).toBe(true);
	});

	test('a run of many rows ends soon when Kizen lets none through', async () => {
		const { finish, log } = scene(() => LIMITED, ms(10));
		const { outcomes, took } = await finish(2000);
		expect(outcomes.every(({ gaveUpAfterMs }) => gaveUpAfterMs !== undefined)).toBe(true);
		expect(took).toBeLessThan(120_000 * 1.5);
		expect(log.length).toBeLessThan(2000 + 500);
	});

	test('a long run is not given up while Kizen lets some through', async () => {
		const allows = limits['over the last second'](10);
		const { finish } = scene((_, now) => (allows(now) ? 'fine' : LIMITED), ms(100), {
			giveUpAfterMs: 20_000,
		});
		const { outcomes, took } = await finish(2000);
		expect(outcomes.every(({ result }) => result === 'fine')).toBe(true);
		expect(took).toBeGreaterThan(190_000);
	});

	test('a run is not given up for the sum of its pauses, each of which Kizen ends', async () => {
		let asked = 0;
		const { finish } = scene(
			() => (++asked % 100 === 0 ? { status: 429, retryAfter: '15' } : 'fine'),
			ms(100),
			{ giveUpAfterMs: 20_000 },
		);
		const { outcomes, took } = await finish(1000);
		expect(outcomes.every(({ result }) => result === 'fine')).toBe(true);
		expect(took).toBeGreaterThan(10 * 15_000);
	});

	test('all the waits of a request count, not only the longest one', async () => {
		const { finish } = scene(() => LOST, ms(10), { giveUpAfterMs: 3000 });
		const { outcomes, took } = await finish(1);
		expect(outcomes[0].gaveUpAfterMs).toBeGreaterThanOrEqual(1500);
		expect(took).toBeLessThan(3000 + 100);
	});

	test('a lost connection is tried four times again', async () => {
		const { finish, log } = scene(() => LOST, ms(10));
		const { outcomes } = await finish(1);
		expect(log).toHaveLength(5);
		expect(outcomes[0]).toEqual({
			result: LOST,
			mayHaveExecuted: true,
			mayHaveExecutedBefore: true,
		});
	});

	test('an Add whose connection is lost is not sent again, and in doubt', async () => {
		const { finish, log } = scene(() => LOST, ms(10));
		const { outcomes } = await finish(1, 'add');
		expect(log).toHaveLength(1);
		expect(outcomes[0]).toEqual({
			result: LOST,
			mayHaveExecuted: true,
			mayHaveExecutedBefore: false,
		});
	});
});

describe('stopping the workflow', () => {
	const stopped = () => {
		const controller = new AbortController();
		return { signal: controller.signal, stop: () => controller.abort() };
	};

	/** What came of each request so far. */
	const watched = (requests: Array<Promise<unknown>>) => {
		const fates = requests.map(() => 'open');
		requests.forEach((request, i) => {
			request.then(
				() => (fates[i] = 'answered'),
				(error: unknown) => (fates[i] = error instanceof Cancelled ? 'cancelled' : 'broken'),
			);
		});
		return fates;
	};

	test('ends the line at once, and lets what is in flight come home', async () => {
		const { signal, stop } = stopped();
		const { clock, rows, log } = scene(fine, ms(100), { signal });
		const fates = watched(rows(22));
		await clock.run(50);
		stop();
		await clock.run(50);
		expect(fates).toEqual([...Array(16).fill('open'), ...Array(6).fill('cancelled')]);
		await clock.run();
		expect(fates).toEqual([...Array(16).fill('answered'), ...Array(6).fill('cancelled')]);
		expect(log).toHaveLength(16);
	});

	test.each([
		['a back-off', LOST],
		['a hold-back', { status: 429, retryAfter: '100' }],
	])('ends %s at once, with no timer left for long', async (_, answer) => {
		const { signal, stop } = stopped();
		const { clock, rows, log } = scene(() => answer, ms(100), { signal });
		const fates = watched(rows(10));
		await clock.run(150);
		const sent = log.length;
		stop();
		await clock.run(150);
		expect(fates.slice(0, 4)).toEqual(Array(4).fill('cancelled'));
		expect(Math.max(0, ...clock.timersLeft)).toBeLessThanOrEqual(250);
		await clock.run();
		expect(fates.every((fate) => fate === 'cancelled')).toBe(true);
		expect(log).toHaveLength(sent);
		expect(clock.now()).toBeLessThanOrEqual(400);
	});

	test('no timer is ever longer than a quarter of a second', async () => {
		const { clock, rows } = scene(() => ({ status: 429, retryAfter: '100' }), ms(1));
		void rows(10);
		for (let at = 0; at < 90_000; at += 777) {
			await clock.run(at);
			expect(Math.max(0, ...clock.timersLeft)).toBeLessThanOrEqual(250);
		}
	});

	test('sends nothing when it was stopped before', async () => {
		const { signal, stop } = stopped();
		stop();
		const { run, log } = scene(fine, ms(1), { signal });
		await expect(run(0)).rejects.toThrow(Cancelled);
		expect(log).toEqual([]);
	});

	test('nothing listens to the signal once all is done', async () => {
		const { signal } = stopped();
		const listening = jest.spyOn(signal, 'addEventListener');
		const left = jest.spyOn(signal, 'removeEventListener');
		await scene(fine, ms(1), { signal }).finish(100);
		expect(listening.mock.calls).toEqual(left.mock.calls);
	});
});

test('a request that throws gives its place back', async () => {
	const { clock, queue, finish } = scene(fine, ms(1), { maxInFlight: 1 });
	const broken = async () => await Promise.reject(new Error('broken'));
	const run = queue.schedule('read', broken, () => undefined);
	await expect(run).rejects.toThrow('broken');
	expect((await finish(3)).outcomes).toHaveLength(3);
	expect(clock.timersLeft).toEqual([]);
});

test('thirty thousand requests at once', async () => {
	const failsFirst = new Set(Array.from({ length: 300 }, (_, row) => row * 100));
	const clock = new VirtualClock();
	const large = new RequestQueue({ maxInFlight: 16, giveUpAfterMs: 120_000, clock });
	const all = Promise.all(
		Array.from({ length: 30_000 }, async (_, row) =>
			large.schedule<Answer>(
				'upsert',
				async () => await Promise.resolve(failsFirst.delete(row) ? LOST : 'fine'),
				(answer) => (answer === 'fine' ? undefined : answer),
			),
		),
	);
	await clock.run();
	const outcomes = await all;
	expect(outcomes.every(({ result }) => result === 'fine')).toBe(true);
	expect(large.summary).toMatchObject({ retries: 300 });
});

describe('the time that many rows take', () => {
	test('1,000 rows of 100 ms, sixteen at once: all that is possible', async () => {
		const { finish } = scene(fine, ms(100));
		const { took } = await finish(1000);
		expect(took).toBe(Math.ceil(1000 / 16) * 100);
	});

	test.each(
		Object.keys(limits).flatMap((counted) =>
			[10, 32, 100].map((maxInFlight) => ({ counted, maxInFlight })),
		),
	)('1,000 rows where 40 a second are allowed, $counted, $maxInFlight at once', async (given) => {
		const allows = limits[given.counted](40);
		const { finish, log } = scene((_, now) => (allows(now) ? 'fine' : LIMITED), ms(100), {
			maxInFlight: given.maxInFlight,
		});
		const { outcomes, took } = await finish(1000);
		expect(outcomes.filter(({ result }) => result !== 'fine')).toEqual([]);
		// Here Kizen takes as long to turn a request away as to answer it, so a whole flight comes back.
		expect(took).toBeLessThanOrEqual(25_000 * 1.2);
		expect(log.length).toBeLessThanOrEqual(1120);
	});

	test.each(Object.keys(limits))(
		'the same, where requests take more or less long on their way, counted %s',
		async (counted) => {
			const times: number[] = [];
			for (let seed = 1; seed <= 8; seed++) {
				const chance = new VirtualClock(seed * 7919);
				const allows = limits[counted](40);
				const clock = new VirtualClock();
				const queue = new RequestQueue({ maxInFlight: 100, giveUpAfterMs: 120_000, clock });
				let stalledUntil = 0;
				const send = async () => {
					if (chance.random() < 0.01) stalledUntil = clock.now() + 60 * chance.random();
					await clock.sleep(15 * chance.random() + Math.max(0, stalledUntil - clock.now()));
					if (!allows(clock.now())) return LIMITED;
					await clock.sleep(100);
					return 'fine';
				};
				const all = Promise.all(
					Array.from({ length: 1000 }, async () =>
						queue.schedule<Answer>('upsert', send, (said) => (said === 'fine' ? undefined : said)),
					),
				).finally(() => times.push(clock.now()));
				await clock.run();
				expect((await all).every(({ result }) => result === 'fine')).toBe(true);
			}
			const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
			expect(mean).toBeLessThanOrEqual(25_000 * 1.15);
		},
	);

	test('one 429 in passing does not slow a run down for long', async () => {
		let count = 0;
		const { finish } = scene(() => (++count === 20 ? LIMITED : 'fine'), ms(100));
		expect((await finish(1000)).took).toBeLessThan(8000);
	});
});

test('whatever happens, each request ends once, in bounds, and no Add is sent in doubt', async () => {
	const fault = fc.constantFrom<Answer>(
		{ status: 429, retryAfter: '1' },
		{ status: 429 },
		{ status: 503 },
		{ status: 503, retryAfter: '2' },
		{ status: 502 },
		{ status: 500 },
		{ status: 409, code: 'conflict' },
		{ status: 400 },
		{ network: 'ECONNRESET' },
		{ network: 'ECONNREFUSED' },
		{ network: 'ETIMEDOUT' },
	);
	const request = fc.record({
		kind: fc.constantFrom<RequestKind>('read', 'upsert', 'add', 'idempotent'),
		faults: fc.array(fault, { maxLength: 7 }),
		latency: fc.nat(300),
	});
	const run = fc.record({
		requests: fc.array(request, { minLength: 1, maxLength: 60 }),
		maxInFlight: fc.integer({ min: 1, max: 128 }),
		stopAt: fc.option(fc.nat(20_000)),
	});
	await fc.assert(
		fc.asyncProperty(run, async ({ requests, maxInFlight, stopAt }) => {
			const controller = new AbortController();
			const { signal } = controller;
			const clock = new VirtualClock();
			const queue = new RequestQueue({ maxInFlight, giveUpAfterMs: 30_000, signal, clock });
			if (stopAt !== null) void clock.sleep(stopAt).then(() => controller.abort());
			let underWay = 0;
			const ended = requests.map(() => 0);
			const answers = requests.map((): Answer[] => []);
			const all = requests.map(async ({ kind, faults, latency }, row) => {
				const send = async () => {
					expect(signal.aborted).toBe(false);
					underWay += 1;
					expect(underWay).toBeLessThanOrEqual(maxInFlight);
					const answer = faults[answers[row].length] ?? 'fine';
					answers[row].push(answer);
					await clock.sleep(latency);
					underWay -= 1;
					return answer;
				};
				try {
					const ran = await queue.schedule<Answer>(kind, send, (a) =>
						a === 'fine' ? undefined : a,
					);
					expect(ran.result).toBe(answers[row].at(-1));
				} catch (error) {
					expect(error).toBeInstanceOf(Cancelled);
					expect(stopAt).not.toBeNull();
				}
				ended[row] += 1;
			});
			await clock.run();
			await Promise.all(all);
			expect(ended).toEqual(requests.map(() => 1));
			expect(clock.timersLeft).toEqual([]);
			answers.forEach((said, row) => {
				if (requests[row].kind !== 'add') return;
				expect(said.slice(0, -1).filter(mayHaveWritten)).toEqual([]);
			});
		}),
		{ numRuns: 200 },
	);
});

function mayHaveWritten(answer: Answer): boolean {
	if (answer === 'fine') return true;
	if ('network' in answer) return answer.network !== 'ECONNREFUSED';
	return !(answer.status === 429 || (answer.status === 503 && answer.retryAfter !== undefined));
}
