import { simulate, type Scenario } from '../../bench/simulation/simulate';

const KIZEN = { workers: 16, serviceMs: 385 };

describe('the number of requests in flight, as the node finds it', () => {
	test.each<[string, Scenario]>([
		['4 workers', { ...KIZEN, workers: 4 }],
		['16 workers', KIZEN],
		['16 workers that take 20 ms', { workers: 16, serviceMs: 20 }],
		['40 workers', { ...KIZEN, workers: 40 }],
		['400 workers', { ...KIZEN, workers: 400 }],
		['requests that vary much', { ...KIZEN, jitter: 0.6 }],
		['a request in 100 that takes ten times as long', { ...KIZEN, slow: 0.01 }],
		['pauses of n8n', { ...KIZEN, pauses: true }],
		['look-ups between the writes', { ...KIZEN, lookUps: true }],
		['rows that Kizen rejects quickly', { ...KIZEN, rejected: 0.5 }],
		['responses that are lost', { ...KIZEN, lost: 0.1, rows: 2000 }],
		['workers that go and come back', { ...KIZEN, stepDown: true, rows: 3000 }],
		['a neighbour', { ...KIZEN, neighbour: true, rows: 2000 }],
	])('keeps the workers busy, and few requests waiting: %s', async (_, scenario) => {
		const { share, inFlightPerWorker } = await simulate(scenario, 7);
		expect(share).toBeGreaterThanOrEqual(0.94);
		expect(inFlightPerWorker).toBeLessThanOrEqual(2.1);
	});

	test('comes down to one worker', async () => {
		const { share, inFlightPerWorker } = await simulate({ ...KIZEN, workers: 1, rows: 300 }, 7);
		expect(share).toBeGreaterThanOrEqual(0.95);
		expect(inFlightPerWorker).toBeLessThanOrEqual(2);
	});

	test('reaches 100 within four rounds', async () => {
		const { rampMs } = await simulate({ ...KIZEN, workers: 400, jitter: 0 });
		expect(rampMs).toBeLessThanOrEqual(4 * 385);
	});

	test('returns to what it was if all requests take longer whatever it does', async () => {
		const scenario = { ...KIZEN, workers: 40, slowDown: true, rows: 3000 };
		const { share, tookMs, idealMs } = await simulate(scenario, 7);
		expect(share).toBeGreaterThanOrEqual(0.88);
		expect(tookMs).toBeLessThanOrEqual(1.15 * idealMs);
	});

	test('does not fight the rate limit: 40 a second', async () => {
		const scenario = { workers: 1000, serviceMs: 100, perSecond: 40 };
		const { tookMs, throttled } = await simulate(scenario, 7);
		expect(tookMs).toBeLessThanOrEqual(1.1 * 25_000);
		expect(throttled).toBeLessThanOrEqual(40);
	});

	test('five runs with a fifth of 100 each do not crowd Kizen', async () => {
		const scenario = { ...KIZEN, workers: 40, runs: 5, maxInFlight: 20 };
		const { share, peak } = await simulate(scenario, 7);
		expect(share).toBeGreaterThanOrEqual(0.95);
		expect(peak).toBeLessThanOrEqual(100);
	});
});
