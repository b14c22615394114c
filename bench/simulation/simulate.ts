import { RequestQueue } from '../../nodes/Kizen/http/requestQueue';
import type { RequestKind, RequestFailure } from '../../nodes/Kizen/http/retry';
import { FaultInjector, noFaults } from '../../sandbox/kizen/faults';
import { Workers } from '../../sandbox/kizen/workers';
import { Timeline } from './timeline';
import { VirtualClock } from './virtualClock';

/** A Kizen with so many workers, and the runs that write to it. Times in milliseconds. */
export interface Scenario {
	workers: number;
	/** How long a worker takes for a request, in the mean. */
	serviceMs: number;
	/** The spread of that time, the sigma of its logarithm. Default 0.3. */
	jitter?: number;
	/** This part of the requests takes ten times as long. */
	slow?: number;
	/** Rows of each run. Default 1,000. */
	rows?: number;
	/** Runs at the same time, each with a queue of its own. Default 1. */
	runs?: number;
	/** Requests at Once. Default 100. */
	maxInFlight?: number;
	/** A row in two is looked up first, which takes a tenth of the time. */
	lookUps?: boolean;
	/** For this part of the rows, Kizen rejects the write after a tenth of the time. */
	rejected?: number;
	/** The responses to this part of the requests are lost. */
	lost?: number;
	/** Only a quarter of the workers is there from 0.3 to 1.5 of the time that all would take. */
	stepDown?: boolean;
	/** Requests take four times as long, in that time. */
	slowDown?: boolean;
	/** Somebody else keeps half of the workers busy, from 0.3 of that time on. */
	neighbour?: boolean;
	/** n8n is busy with something else for 300 ms, every three seconds. */
	pauses?: boolean;
	/** CPU time that n8n takes for each response. */
	cpuMs?: number;
	/** More requests in a second are answered 429 with `Retry-After: 1`. */
	perSecond?: number;
}

export interface Figures {
	/** Work done in the steady state, as a part of what the workers could do. */
	share: number;
	/** Requests in flight in the steady state, for each worker: the median. */
	inFlightPerWorker: number;
	/** When nine tenths of the workers were busy for the first time. */
	rampMs: number;
	tookMs: number;
	/** The time that the same work takes if the workers are busy from the first moment on. */
	idealMs: number;
	/** The most requests in flight. */
	peak: number;
	/** Requests answered 429. */
	throttled: number;
}

const PAUSE = { everyMs: 3000, forMs: 300 };
const LOST: RequestFailure = { network: 'ECONNRESET' };
const REJECTED: RequestFailure = { status: 400 };
/** The part of the time after which the limit has risen. */
const STEADY_FROM = 0.4;

/** Runs a scenario with the node's own queue and limits, to its end and without waiting. */
export async function simulate(scenario: Scenario, seed = 1): Promise<Figures> {
	const { serviceMs, rows = 1000, runs = 1, maxInFlight = 100, perSecond } = scenario;
	const { jitter = 0.3, slow = 0, lost = 0, rejected = 0, cpuMs = 0 } = scenario;
	const clock = new VirtualClock(seed * 7919);
	const meanMs = serviceMs * (1 + 9 * slow);
	const mostAtOnce = Math.min(
		maxInFlight * runs,
		((perSecond ?? Infinity) * meanMs) / 1000,
		meanMs / cpuMs,
	);
	const plannedMs = (rows * runs * meanMs) / Math.min(scenario.workers, mostAtOnce);
	const isBetween = (at: number, from: number, to: number) =>
		at > from * plannedMs && at < to * plannedMs;
	const isDown = (at: number) => isBetween(at, 0.3, 1.5);
	const workersAt = (at: number) =>
		scenario.stepDown && isDown(at) ? Math.max(1, scenario.workers / 4) : scenario.workers;
	/** How many workers could work for the runs at that time. */
	const possibleAt = (at: number) => {
		const neighbours = scenario.neighbour && isBetween(at, 0.3, Infinity) ? 2 : 1;
		return Math.min(workersAt(at) / neighbours, mostAtOnce);
	};

	const normal = () =>
		Math.sqrt(-2 * Math.log(1 - clock.random())) * Math.cos(2 * Math.PI * clock.random());
	const draw = (ms: number) =>
		ms *
		Math.exp(jitter * normal() - jitter ** 2 / 2) *
		(clock.random() < slow ? 10 : 1) *
		(scenario.slowDown && isDown(clock.now()) ? 4 : 1);

	const workers = new Workers(() => workersAt(clock.now()));
	const rateLimit = perSecond === undefined ? null : { perSecond, retryAfter: 1 };
	const injector = new FaultInjector({ ...noFaults(), rateLimit });
	const [inFlight, busy] = [new Timeline(clock), new Timeline(clock)];
	let throttled = 0;

	async function answer(ms: number): Promise<RequestFailure | undefined> {
		if (injector.tooMany(clock.now())) {
			throttled += 1;
			return { status: 429, retryAfter: '1' };
		}
		const isRejected = clock.random() < rejected;
		inFlight.add(1);
		await workers.serve(async () => {
			busy.add(1);
			await clock.sleep(draw(isRejected ? ms / 10 : ms));
			busy.add(-1);
		});
		inFlight.add(-1);
		if (isRejected) return REJECTED;
		return clock.random() < lost ? LOST : undefined;
	}

	let lastSentAt = Infinity;
	async function writeRows(startAt: number): Promise<void> {
		await clock.sleep(startAt);
		const queue = new RequestQueue({ maxInFlight, giveUpAfterMs: 1e9, clock });
		let [cpuFreeAt, sentAt] = [0, 0];
		const send = async (ms: number) => {
			sentAt = clock.now();
			const failure = await answer(ms);
			cpuFreeAt = Math.max(clock.now(), cpuFreeAt) + cpuMs;
			const into = cpuFreeAt % PAUSE.everyMs;
			if (scenario.pauses && into < PAUSE.forMs) cpuFreeAt += PAUSE.forMs - into;
			if (cpuFreeAt > clock.now()) await clock.sleep(cpuFreeAt - clock.now());
			return failure;
		};
		const request = async (kind: RequestKind, ms: number) =>
			await queue.schedule(
				kind,
				async () => await send(ms),
				(failure) => failure,
			);
		const row = async (index: number) => {
			if (scenario.lookUps && index % 2 === 0) await request('read', serviceMs / 10);
			await request('upsert', serviceMs);
		};
		await Promise.all(Array.from({ length: rows }, async (_, index) => await row(index)));
		lastSentAt = Math.min(lastSentAt, sentAt);
	}

	let isOver = false;
	async function beNeighbour(): Promise<void> {
		await clock.sleep(0.3 * plannedMs);
		while (!isOver) await workers.serve(async () => await clock.sleep(draw(serviceMs)));
	}

	// The runs begin one after another, the last one when the first is half done at the soonest.
	const startAt = (run: number) => ((run / runs) * plannedMs) / runs / 2;
	const writing = Promise.all(
		Array.from({ length: runs }, async (_, run) => await writeRows(startAt(run))),
	).finally(() => (isOver = true));
	if (scenario.neighbour)
		void Promise.all(Array.from({ length: scenario.workers / 2 }, beNeighbour));
	await clock.run();
	await writing;

	const tookMs = busy.lastAt;
	const hasChange = scenario.stepDown || scenario.slowDown || scenario.neighbour;
	const from = Math.max(startAt(runs - 1), (hasChange ? 0.1 : STEADY_FROM) * lastSentAt);
	const work = busy.integrate(0, tookMs);
	return {
		share: busy.integrate(from, lastSentAt) / integrate(possibleAt, from, lastSentAt),
		inFlightPerWorker: inFlight.median(from, lastSentAt, possibleAt),
		rampMs: busy.firstAt((count, at) => count >= 0.9 * possibleAt(at)),
		tookMs,
		idealMs: timeFor(work, possibleAt),
		peak: inFlight.highest,
		throttled,
	};
}

const STEPS = 5000;

function integrate(rate: (at: number) => number, from: number, to: number): number {
	const step = (to - from) / STEPS;
	let sum = 0;
	for (let index = 0; index < STEPS; index++) sum += rate(from + (index + 0.5) * step) * step;
	return sum;
}

/** How long it takes until `rate` adds up to this sum. */
function timeFor(sum: number, rate: (at: number) => number): number {
	const step = sum / rate(0) / STEPS;
	let at = 0;
	for (let left = sum; left > 0; at += step) left -= rate(at) * step;
	return at;
}
