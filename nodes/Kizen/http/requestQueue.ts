import { sleep } from 'n8n-workflow';

import { ConcurrencyLimit } from './concurrencyLimit';
import { Queue } from './queue';
import { RateLimit, TICK_MS } from './rateLimit';
import { backOff, judge, type RequestKind, type Trouble } from './retry';

/**
 * Sends the requests of a run, first in, first out: as many at once as the concurrency limit says,
 * no faster than the rate limit says, and again where `retry.ts` says so.
 *
 *     acquire a slot → send → decide → wait, and once more
 */

/** Time in milliseconds. Tests bring their own. */
export interface Clock {
	now(): number;
	sleep(ms: number): Promise<void>;
	random(): number;
}

export const realClock: Clock = { now: () => Date.now(), sleep, random: () => Math.random() };

export interface RequestQueueOptions {
	/** At least 1. */
	maxInFlight: number;
	/** How long one request may wait in all for the rate limit and for retries, in milliseconds. */
	giveUpAfterMs: number;
	/** Ends all waiting when it aborts. */
	signal?: AbortSignal;
	clock?: Clock;
}

export interface Scheduled<T> {
	/** The last response, also when it is a trouble that is not retried. */
	result: T;
	/** Kizen may have carried out the request, now or before, although the result is a trouble. */
	maybeDone: boolean;
	/** An earlier attempt, whose response was lost, may have been carried out. */
	maybeDoneBefore: boolean;
	/** How long the request had waited when the next wait would have been too long. */
	gaveUpAfterMs?: number;
}

export class Cancelled extends Error {
	constructor() {
		super('The workflow was stopped');
		this.name = 'Cancelled';
	}
}

/** No timer is set for longer, so that none outlives a stopped workflow by more. */
const LONGEST_TIMER_MS = 250;

/** Somebody who waits for a slot. */
interface Waiter {
	/** Gives it a slot: the place of its request in the order in which requests start. */
	start: (slot: number) => void;
	reject: (reason: Cancelled) => void;
}

/** What a request waits for before its retry. */
interface Wait {
	ms: number;
	/** The rate limit pauses all requests; else only this one waits. */
	everyone: boolean;
	maybeDone: boolean;
}

type Decision = { retry: Wait } | { maybeDone: boolean; gaveUpAfterMs?: number };

/** What one request has been through: its attempts and its waits. */
class Progress {
	attempts = 0;
	/** The attempts that count: not those that the rate limit turned away. */
	tries = 1;
	waitedMs = 0;
	maybeDoneBefore = false;

	constructor(readonly kind: RequestKind) {}

	/** Adds a wait that is over; meanwhile the rate limit paused all requests for `pausedMs`. */
	waited({ ms, everyone, maybeDone }: Wait, pausedMs: number) {
		this.waitedMs += Math.max(everyone ? 0 : ms, pausedMs);
		if (!everyone) this.tries += 1;
		this.maybeDoneBefore ||= maybeDone;
	}
}

/** One queue for all the requests of a run. */
export class RequestQueue {
	private readonly clock: Clock;
	private readonly signal?: AbortSignal;
	private readonly giveUpAfterMs: number;
	private readonly concurrencyLimit: ConcurrencyLimit;
	private readonly rateLimit = new RateLimit();
	private readonly newQueue = new Queue<Waiter>();
	private readonly retryQueue = new Queue<Waiter>();
	/** Those who wait for a time before they join the retry queue. */
	private readonly alarms = new Map<number, Waiter[]>();
	private inFlight = 0;
	private unfinished = 0;
	private retries = 0;

	constructor({ maxInFlight, giveUpAfterMs, signal, clock = realClock }: RequestQueueOptions) {
		this.clock = clock;
		this.signal = signal;
		this.giveUpAfterMs = giveUpAfterMs;
		this.concurrencyLimit = new ConcurrencyLimit(maxInFlight);
	}

	/**
	 * Sends a request as soon as there is a slot for it, and again as `retry.ts` says. While it waits
	 * for its retry, others use its slot. `send` must not schedule another request and wait for it,
	 * as it occupies a slot itself.
	 *
	 * @throws {Cancelled} when the signal aborts before a response that counts; what `send` throws
	 */
	async schedule<T>(
		kind: RequestKind,
		send: () => Promise<T>,
		troubleOf: (result: T) => Trouble | undefined,
	): Promise<Scheduled<T>> {
		this.throwIfStopped();
		// Listened to only while there is something to cancel: the signal outlives the run.
		if (this.unfinished++ === 0) this.signal?.addEventListener('abort', this.cancel);
		try {
			return await this.complete(kind, send, troubleOf);
		} finally {
			if (--this.unfinished === 0) this.signal?.removeEventListener('abort', this.cancel);
		}
	}

	/** What the run waited for; `rateLimitedMs` is how long the rate limit paused it. */
	get summary(): { rateLimitedMs: number; retries: number } {
		return { rateLimitedMs: this.rateLimit.pausedMs(this.clock.now()), retries: this.retries };
	}

	private async complete<T>(
		kind: RequestKind,
		send: () => Promise<T>,
		troubleOf: (result: T) => Trouble | undefined,
	): Promise<Scheduled<T>> {
		const progress = new Progress(kind);
		let slot = await this.acquire(this.newQueue);
		for (;;) {
			let result: T;
			let decision: Decision;
			try {
				this.throwIfStopped();
				progress.attempts += 1;
				const sentAt = this.clock.now();
				result = await send();
				decision = this.decide(progress, { slot, sentAt, trouble: troubleOf(result) });
			} finally {
				this.inFlight -= 1;
				this.startNext();
			}
			if (!('retry' in decision)) {
				return { result, maybeDoneBefore: progress.maybeDoneBefore, ...decision };
			}
			slot = await this.wait(progress, decision.retry);
		}
	}

	/** Tells both limits about a response, and decides what follows from it. */
	private decide(
		progress: Progress,
		{ slot, sentAt, trouble }: { slot: number; sentAt: number; trouble: Trouble | undefined },
	): Decision {
		const { concurrencyLimit, rateLimit, giveUpAfterMs } = this;
		const now = this.clock.now();
		const verdict = trouble && judge(progress.kind, trouble, progress.tries, now);
		const firstOfFlight = verdict?.slowDown === true && concurrencyLimit.decrease(slot);
		const maybeDone = verdict !== undefined && (verdict.maybeDone || progress.maybeDoneBefore);
		if (!verdict?.again) {
			if (!maybeDone && !verdict?.slowDown) {
				concurrencyLimit.onResponse({
					kind: progress.kind,
					number: slot,
					latencyMs: now - sentAt,
					inFlight: this.inFlight,
				});
				rateLimit.onAccepted(now, sentAt);
			}
			if (verdict?.everyone) {
				const ms = verdict.afterMs ?? backOff(progress.attempts, () => this.clock.random());
				if (rateLimit.pausedInVainMs(now) + ms <= giveUpAfterMs) rateLimit.pause(now, ms);
			}
			return { maybeDone };
		}

		const { everyone, afterMs } = verdict;
		const ownMs = afterMs ?? backOff(progress.attempts, () => this.clock.random());
		const ms = everyone ? Math.max(ownMs, rateLimit.pauseLeftMs(now)) : ownMs;
		// While no request gets through, the run's pauses are each request's: else every row of many
		// would try, and wait, for as long as the first.
		const inVainMs = everyone ? rateLimit.pausedInVainMs(now) : 0;
		const waitedMs = Math.max(progress.waitedMs, inVainMs);
		if (everyone && inVainMs + ms <= giveUpAfterMs) rateLimit.pause(now, ms);
		if (firstOfFlight && afterMs !== undefined) rateLimit.onThrottled(sentAt, afterMs);
		if (waitedMs + ms > giveUpAfterMs) return { maybeDone, gaveUpAfterMs: waitedMs };
		return { retry: { ms, everyone, maybeDone } };
	}

	/** Waits for the time of the retry and for a slot. */
	private async wait(progress: Progress, wait: Wait): Promise<number> {
		this.throwIfStopped();
		const from = this.clock.now();
		const pausedBeforeMs = this.rateLimit.pausedMs(from);
		const slot = await (wait.everyone
			? this.acquire(this.retryQueue)
			: this.acquireAt(from + wait.ms));
		progress.waited(wait, this.rateLimit.pausedMs(this.clock.now()) - pausedBeforeMs);
		this.retries += 1;
		return slot;
	}

	private async acquire(queue: Queue<Waiter>): Promise<number> {
		return await new Promise((start, reject) => {
			queue.push({ start, reject });
			this.startNext();
		});
	}

	private async acquireAt(time: number): Promise<number> {
		return await new Promise((start, reject) => this.setAlarm(time, { start, reject }));
	}

	/** Gives the free slots to those who wait, retries first. */
	private startNext() {
		const { concurrencyLimit, rateLimit, newQueue, retryQueue } = this;
		while (this.inFlight < concurrencyLimit.current && retryQueue.length + newQueue.length > 0) {
			const now = this.clock.now();
			if (now < rateLimit.freeAt) return this.setAlarm(rateLimit.freeAt);
			rateLimit.onStart(now);
			this.inFlight += 1;
			(retryQueue.shift() ?? newQueue.shift())?.start(concurrencyLimit.nextNumber());
		}
	}

	private setAlarm(time: number, ...waiters: Waiter[]) {
		const tick = Math.ceil(time / TICK_MS) * TICK_MS;
		const others = this.alarms.get(tick);
		if (others) return void others.push(...waiters);
		this.alarms.set(tick, waiters);
		void this.ring(tick);
	}

	private async ring(tick: number) {
		const { clock, alarms } = this;
		for (let now = clock.now(); now < tick && !this.signal?.aborted; now = clock.now()) {
			await clock.sleep(Math.min(tick - now, LONGEST_TIMER_MS));
		}
		for (const waiter of alarms.get(tick) ?? []) this.retryQueue.push(waiter);
		alarms.delete(tick);
		this.startNext();
	}

	private readonly cancel = () => {
		const { newQueue, retryQueue, alarms } = this;
		const waiters = [...retryQueue.drain(), ...newQueue.drain(), ...[...alarms.values()].flat()];
		alarms.clear();
		for (const waiter of waiters) waiter.reject(new Cancelled());
	};

	private throwIfStopped() {
		if (this.signal?.aborted) throw new Cancelled();
	}
}
