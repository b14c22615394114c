import { sleep } from 'n8n-workflow';

import { backOff, judge, type RequestKind, type Trouble } from './retry';

/** Time as the pace sees it, in milliseconds, so that tests can bring their own. */
export interface Clock {
	now(): number;
	sleep(ms: number): Promise<void>;
	random(): number;
}

export const realClock: Clock = { now: () => Date.now(), sleep, random: () => Math.random() };

export interface PaceOptions {
	/** The most requests under way at once, from 1. */
	most: number;
	/** How long one request may wait for limits and back-offs in all, in milliseconds. */
	giveUpAfterMs: number;
	signal?: AbortSignal;
	clock?: Clock;
}

export interface Ran<T> {
	/** The last answer, also when it is a trouble that is not tried again. */
	result: T;
	attempts: number;
	/** An Add that Kizen may have carried out although the answer is a trouble. */
	uncertain: boolean;
	/** Given up on after waiting this long: the next wait would have been too much. */
	gaveUpAfterMs?: number;
}

export interface Pace {
	/**
	 * Runs `send` when there is a place for it, and again as `retry.ts` says. While it waits to be
	 * sent again, its place is free for others; `send` itself must not call `run`, as it holds one.
	 *
	 * @throws {Cancelled} when the signal aborts before an answer that counts; what `send` throws
	 */
	run<T>(
		kind: RequestKind,
		send: () => Promise<T>,
		troubleOf: (result: T) => Trouble | undefined,
	): Promise<Ran<T>>;
	readonly summary: {
		/** How long Kizen's limit held the run back, in milliseconds of wall clock. */
		rateLimitedMs: number;
		retries: number;
		/** The bound as it is now, and the most that were under way together. */
		atOnce: number;
		peak: number;
	};
}

export class Cancelled extends Error {
	constructor() {
		super('The workflow was stopped');
		this.name = 'Cancelled';
	}
}

/** No timer is set for longer, so that none outlives a stopped workflow by more. */
const SLICE_MS = 250;
/** Waits end on multiples of this, so that thousands of them share a few timers. */
const TICK_MS = 20;

interface Waiter {
	/** Gives it a place, and the number under which it is sent. */
	start: (number: number) => void;
	reject: (reason: Cancelled) => void;
}

/** One pace for all the requests of a node's run. */
export function createPace(options: PaceOptions): Pace {
	const { most, giveUpAfterMs, signal, clock = realClock } = options;
	const bound = new Bound(Math.max(1, most));
	const limit = new Limit();
	const fresh = new Line<Waiter>();
	const again = new Line<Waiter>();
	const alarms = new Map<number, Waiter[]>();
	let [open, running, peak, retries] = [0, 0, 0, 0];

	function pump() {
		while (running < bound.size && again.length + fresh.length > 0) {
			const now = clock.now();
			if (now < limit.freeAt) return setAlarm(limit.freeAt);
			limit.started(now);
			running += 1;
			peak = Math.max(peak, running);
			(again.shift() ?? fresh.shift())?.start(bound.next());
		}
	}

	function setAlarm(at: number, ...waiters: Waiter[]) {
		const tick = Math.ceil(at / TICK_MS) * TICK_MS;
		const others = alarms.get(tick);
		if (others) return void others.push(...waiters);
		alarms.set(tick, waiters);
		void ring(tick);
	}

	async function ring(tick: number) {
		for (let now = clock.now(); now < tick && !signal?.aborted; now = clock.now()) {
			await clock.sleep(Math.min(tick - now, SLICE_MS));
		}
		for (const waiter of alarms.get(tick) ?? []) again.push(waiter);
		alarms.delete(tick);
		pump();
	}

	function cancel() {
		const waiters = [...again.drain(), ...fresh.drain(), ...[...alarms.values()].flat()];
		alarms.clear();
		for (const waiter of waiters) waiter.reject(new Cancelled());
	}

	const placeIn = async (line: Line<Waiter>) =>
		await new Promise<number>((start, reject) => line.push({ start, reject }));
	const placeAt = async (at: number) =>
		await new Promise<number>((start, reject) => setAlarm(at, { start, reject }));

	const runInPlace: Pace['run'] = async (kind, send, troubleOf) => {
		let place = placeIn(fresh);
		let pause = { ms: 0, heldMs: Infinity };
		pump();
		for (let attempts = 1, tries = 1, waitedMs = 0; ; attempts += 1) {
			const number = await place;
			try {
				if (signal?.aborted) throw new Cancelled();
				const sentAt = clock.now();
				waitedMs += Math.max(pause.ms, limit.heldMs(sentAt) - pause.heldMs);
				if (attempts > 1) retries += 1;

				const result = await send();
				const now = clock.now();
				const trouble = troubleOf(result);
				const verdict = trouble && judge(kind, trouble, tries, now);
				const firstSlow = verdict?.slowDown === true && bound.halve(number);
				const uncertain = verdict?.again === false && verdict.uncertain;
				if (!verdict?.again) {
					if (!uncertain && !verdict?.slowDown) {
						bound.answered(kind, number, now - sentAt, running);
						limit.answered(now, sentAt);
					}
					return { result, attempts, uncertain };
				}

				const { everyone, afterMs } = verdict;
				const ownMs = afterMs ?? backOff(attempts, () => clock.random());
				const ms = everyone ? Math.max(ownMs, limit.leftMs(now)) : ownMs;
				// While no request gets through, the run's waiting is each request's: else every
				// row of many would try, and wait, for as long as the first.
				const inVainMs = everyone ? limit.heldInVainMs(now) : 0;
				const spentMs = Math.max(waitedMs, inVainMs);
				if (everyone && inVainMs + ms <= giveUpAfterMs) limit.hold(now, ms);
				if (firstSlow && afterMs !== undefined) limit.turnedAway(sentAt, afterMs);
				if (spentMs + ms > giveUpAfterMs) {
					return { result, attempts, uncertain, gaveUpAfterMs: spentMs };
				}
				if (signal?.aborted) throw new Cancelled();
				if (!everyone) tries += 1;
				pause = { ms: everyone ? 0 : ms, heldMs: limit.heldMs(now) };
				place = everyone ? placeIn(again) : placeAt(now + ms);
			} finally {
				running -= 1;
				pump();
			}
		}
	};

	return {
		async run(kind, send, troubleOf) {
			if (signal?.aborted) throw new Cancelled();
			// Listened to only while there is something to cancel: the signal outlives the run.
			if (open++ === 0) signal?.addEventListener('abort', cancel);
			try {
				return await runInPlace(kind, send, troubleOf);
			} finally {
				if (--open === 0) signal?.removeEventListener('abort', cancel);
			}
		},
		get summary() {
			const rateLimitedMs = limit.heldMs(clock.now());
			return { rateLimitedMs, retries, atOnce: bound.size, peak };
		},
	};
}

/** How many at once: begins low, rises while answers come well, halves when they do not. */
class Bound {
	private exact: number;
	private soaring = true;
	private sent = 0;
	private sentAtHalving = 0;
	private readonly latencies = new Map<RequestKind, Latency>();

	constructor(private readonly most: number) {
		this.exact = Math.min(most, 4);
	}

	get size() {
		return Math.floor(this.exact);
	}

	/** The number of a request that starts now, to come back with its answer. */
	next() {
		return this.sent++;
	}

	/** Halves, unless request `number` was on its way already when that was last done. */
	halve(number: number) {
		if (number < this.sentAtHalving) return false;
		this.exact = Math.max(1, this.exact / 2);
		this.soaring = false;
		this.sentAtHalving = this.sent;
		for (const latency of this.latencies.values()) latency.forget();
		return true;
	}

	/** A good answer, `ms` after request `number` was sent, with `running` under way. */
	answered(kind: RequestKind, number: number, ms: number, running: number) {
		if (running >= this.size) {
			this.exact = Math.min(this.most, this.exact + (this.soaring ? 1 : 1 / this.exact));
		}
		if (number < this.sentAtHalving) return;
		const latency = this.latencies.get(kind) ?? new Latency();
		this.latencies.set(kind, latency);
		// Two rounds of answers, but fewer while the number soars, and fewest at the very beginning.
		const enough = this.sentAtHalving === 0 ? 8 : this.soaring ? 16 : Math.max(16, 2 * this.size);
		if (!latency.grown(ms, enough)) return;
		if (this.size > 1 && latency.canFall()) this.halve(number);
		else this.soaring = latency.accept();
	}
}

/**
 * Whether answers take longer because too many are asked for at once. Looks at the median of some
 * answers against the best such median, so that neither one slow answer nor jitter counts.
 */
class Latency {
	private seen: number[] = [];
	private median = Infinity;
	private best = Infinity;
	private halvings = 0;
	private mostSeen = 0;

	forget() {
		this.seen = [];
	}

	/** Whether this answer, the last of `enough`, shows that answers take longer. */
	grown(ms: number, enough: number) {
		if (this.seen.push(ms) < enough) return false;
		this.median = this.seen.sort((a, b) => a - b)[(this.seen.length - 1) >> 1];
		this.seen = [];
		this.best = Math.min(this.best, this.median);
		const grown = this.median > 1.5 * this.best + 50;
		if (!grown) this.restart();
		return grown;
	}

	/** Whether halving may help: not when a quarter of the requests takes as long as all did. */
	canFall() {
		if (this.halvings < 2) this.mostSeen = Math.max(this.median, this.mostSeen);
		this.halvings += 1;
		return this.halvings <= 2 || this.median < 0.75 * this.mostSeen;
	}

	/** It is not our doing: this is how long Kizen takes now. */
	accept() {
		this.best = this.median;
		this.restart();
		return true;
	}

	private restart() {
		this.halvings = 0;
		this.mostSeen = 0;
	}
}

/** Kizen's limit: the time to hold back, and the rate it seems to allow. All in milliseconds. */
class Limit {
	private heldFrom = 0;
	private heldUntil = 0;
	private heldBefore = 0;
	private heldAtAnswer = 0;
	/** When the requests were sent that were answered well, the latest of them. */
	private taken: number[] = [];
	private lesson?: { sentAt: number; ms: number };
	/** Between two starts, until `gapUntil`; the next is due at `next`. */
	private gap = 0;
	private gapUntil = 0;
	private next = 0;
	private suspectUntil = 0;

	/** No request starts before. */
	get freeAt() {
		return this.next;
	}

	heldMs(now: number) {
		return this.heldBefore + Math.min(now, this.heldUntil) - this.heldFrom;
	}

	/** How long the run was held back, in waits that are over, since an answer last was good. */
	heldInVainMs(now: number) {
		this.release(now);
		return this.heldBefore - this.heldAtAnswer;
	}

	/** How long the run is still held back. */
	leftMs(now: number) {
		return Math.max(0, this.heldUntil - now);
	}

	hold(now: number, ms: number) {
		this.release(now);
		this.heldUntil = Math.max(this.heldUntil, now + ms);
	}

	private release(now: number) {
		if (now < this.heldUntil) return;
		this.heldBefore = this.heldMs(now);
		this.heldFrom = this.heldUntil = now;
	}

	/** A good answer to a request sent at `sentAt`. */
	answered(now: number, sentAt: number) {
		this.release(now);
		this.heldAtAnswer = this.heldBefore;
		if (this.taken.push(sentAt) > 4096) this.taken = this.taken.slice(-2048);
	}

	/**
	 * A request sent at `sentAt` was turned away, to come back after `ms`. Where Kizen counts per
	 * second and says "1", running into the limit over and over would lose much of each second. So
	 * from the second time on, requests start for a while at the rate that was taken before.
	 */
	turnedAway(sentAt: number, ms: number) {
		if (ms > 2000) return;
		if (sentAt < this.suspectUntil) this.lesson = { sentAt, ms };
		this.suspectUntil = sentAt + 40 * ms;
	}

	/** A request starts. What was under way at the lesson has come back by now. */
	started(now: number) {
		if (this.lesson) this.learn(now, this.lesson.sentAt, this.lesson.ms);
		this.lesson = undefined;
		if (now < this.gapUntil) this.next = Math.max(this.next, now - TICK_MS) + this.gap;
	}

	private learn(now: number, sentAt: number, ms: number) {
		const taken = this.taken.filter((at) => at > sentAt - ms && at <= sentAt).length;
		const allowed = sentAt < this.gapUntil ? ms / this.gap : undefined;
		this.gap = ms / Math.min(0.95 * taken, 0.8 * (allowed ?? Infinity));
		// Turned away when few were taken: then it is not the rate that Kizen minds.
		const isRate = taken >= Math.max(8, (allowed ?? 0) / 2);
		this.gapUntil = isRate ? now + 30 * ms : 0;
	}
}

/** First in, first out, in constant time for any length. */
class Line<T> {
	private items: T[] = [];
	private head = 0;

	get length() {
		return this.items.length - this.head;
	}

	push(item: T) {
		this.items.push(item);
	}

	shift(): T | undefined {
		if (this.length === 0) return undefined;
		const item = this.items[this.head++];
		if (this.head > 1024 && this.head * 2 > this.items.length) {
			this.items = this.items.slice(this.head);
			this.head = 0;
		}
		return item;
	}

	drain(): T[] {
		const items = this.items.slice(this.head);
		this.items = [];
		this.head = 0;
		return items;
	}
}
