import { sleep } from 'n8n-workflow';

import { ConcurrencyLimit, type RequestGroup } from './concurrencyLimit';
import { Queue } from './queue';
import { RateLimit, TICK_MS } from './rateLimit';
import { backOff, decideRetry, type RequestFailure, type RequestKind } from './retry';

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

const realClock: Clock = { now: () => Date.now(), sleep, random: () => Math.random() };

export interface RequestQueueOptions {
	/** At least 1. */
	maxInFlight: number;
	/** How long one request may wait in all for the rate limit and for retries, in milliseconds. */
	giveUpAfterMs: number;
	/** Ends all waiting when it aborts. */
	signal?: AbortSignal | undefined;
	clock?: Clock;
}

interface Scheduled<T> {
	/** The last response, also when it is a failure that is not retried. */
	result: T;
	/** Kizen may have carried out the request, now or before, although the result is a failure. */
	mayHaveExecuted: boolean;
	/** An earlier attempt, whose response was lost, may have been carried out. */
	mayHaveExecutedBefore: boolean;
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
	/** Gives it a slot, as one of the requests that the concurrency limit judges together. */
	start: (group: RequestGroup) => void;
	reject: (reason: Cancelled) => void;
}

/** How a request came back: its group, when it was sent, and what was wrong, if anything. */
interface EndedAttempt {
	group: RequestGroup;
	sentAt: number;
	failure: RequestFailure | undefined;
}

/** What a request waits for before its retry. */
interface Wait {
	ms: number;
	/** The rate limit pauses all requests; else only this one waits. */
	pausesAll: boolean;
	mayHaveExecuted: boolean;
}

type Decision = { retry: Wait } | { mayHaveExecuted: boolean; gaveUpAfterMs?: number };

/** What one request has been through: its attempts and its waits, in milliseconds. */
class Progress {
	attempts = 0;
	/** The attempts that count: not those that the rate limit turned away. */
	tries = 1;
	waitedMs = 0;
	mayHaveExecutedBefore = false;
	private wait?: { ms: number; pausedMs: number };

	constructor(readonly kind: RequestKind) {}

	/** Begins a wait. Here and below, the rate limit has paused the run for `pausedMs` so far. */
	beginWait({ ms, pausesAll, mayHaveExecuted }: Wait, pausedMs: number) {
		this.wait = { ms: pausesAll ? 0 : ms, pausedMs };
		if (!pausesAll) this.tries += 1;
		this.mayHaveExecutedBefore ||= mayHaveExecuted;
	}

	/** Begins an attempt, which ends the wait before it. */
	beginAttempt(pausedMs: number) {
		this.attempts += 1;
		if (this.wait) this.waitedMs += Math.max(this.wait.ms, pausedMs - this.wait.pausedMs);
	}
}

/** One queue for all the requests of a run. */
export class RequestQueue {
	private readonly clock: Clock;
	private readonly signal: AbortSignal | undefined;
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
		failureOf: (result: T) => RequestFailure | undefined,
	): Promise<Scheduled<T>> {
		this.throwIfStopped();
		// Listened to only while there is something to cancel: the signal outlives the run.
		if (this.unfinished++ === 0) this.signal?.addEventListener('abort', this.cancel);
		try {
			return await this.complete(kind, send, failureOf);
		} finally {
			if (--this.unfinished === 0) this.signal?.removeEventListener('abort', this.cancel);
		}
	}

	/**
	 * Waits beside the queue, without a slot.
	 *
	 * @throws {Cancelled} when the signal aborts
	 */
	async pause(ms: number): Promise<void> {
		const end = this.clock.now() + ms;
		for (let now = this.clock.now(); now < end; now = this.clock.now()) {
			this.throwIfStopped();
			await this.clock.sleep(Math.min(end - now, LONGEST_TIMER_MS));
		}
		this.throwIfStopped();
	}

	/** What the run waited for; `rateLimitedMs` is how long the rate limit paused it. */
	get summary(): { rateLimitedMs: number; retries: number } {
		return { rateLimitedMs: this.rateLimit.pausedMs(this.clock.now()), retries: this.retries };
	}

	private async complete<T>(
		kind: RequestKind,
		send: () => Promise<T>,
		failureOf: (result: T) => RequestFailure | undefined,
	): Promise<Scheduled<T>> {
		const progress = new Progress(kind);
		let retry: Wait | undefined;
		for (;;) {
			const group = await new Promise<RequestGroup>((start, reject) =>
				this.enqueue({ start, reject }, retry),
			);
			let result: T;
			let decision: Decision | undefined;
			try {
				this.throwIfStopped();
				const sentAt = this.clock.now();
				progress.beginAttempt(this.rateLimit.pausedMs(sentAt));
				if (retry) this.retries += 1;
				result = await send();
				decision = this.decide(progress, { group, sentAt, failure: failureOf(result) });
			} finally {
				if (!decision) this.concurrencyLimit.missed(group, this.inFlight);
				this.inFlight -= 1;
				this.startNext();
			}
			if (!('retry' in decision)) {
				return { result, mayHaveExecutedBefore: progress.mayHaveExecutedBefore, ...decision };
			}
			this.throwIfStopped();
			retry = decision.retry;
			progress.beginWait(retry, this.rateLimit.pausedMs(this.clock.now()));
		}
	}

	/** Tells both limits how a request ended, and decides what follows. */
	private decide(
		{ kind, tries, attempts, waitedMs, mayHaveExecutedBefore }: Progress,
		{ group, sentAt, failure }: EndedAttempt,
	): Decision {
		const { concurrencyLimit, rateLimit, inFlight, giveUpAfterMs } = this;
		const now = this.clock.now();
		const decided = failure && decideRetry(kind, failure, { attempt: tries, now });
		const timed = kindOfLatency(kind, failure);
		if (decided?.slowDown) concurrencyLimit.throttled(group);
		else if (decided?.retry || timed === undefined) concurrencyLimit.missed(group, inFlight);
		else concurrencyLimit.answered(group, { kind: timed, latencyMs: now - sentAt, inFlight });

		const mayHaveExecuted =
			decided !== undefined && (decided.mayHaveExecuted || mayHaveExecutedBefore);
		if (!decided?.retry && !decided?.pausesAll) {
			if (!mayHaveExecuted && !decided?.slowDown) rateLimit.onAccepted(now);
			return { mayHaveExecuted };
		}

		const { retry, pausesAll, afterMs } = decided;
		const ownMs = afterMs ?? backOff(attempts, () => this.clock.random());
		const ms = pausesAll ? Math.max(ownMs, rateLimit.pauseLeftMs(now)) : ownMs;
		// While no request gets through, the run's pauses are each request's: else every row of many
		// would try, and wait, for as long as the first.
		const inVainMs = pausesAll ? rateLimit.pausedInVainMs(now) : 0;
		const spentMs = Math.max(waitedMs, inVainMs);
		if (pausesAll && inVainMs + ms <= giveUpAfterMs) rateLimit.pause(now, ms);
		if (afterMs !== undefined) rateLimit.onThrottled(now, sentAt, afterMs);
		if (!retry) return { mayHaveExecuted };
		if (spentMs + ms > giveUpAfterMs) return { mayHaveExecuted, gaveUpAfterMs: spentMs };
		return { retry: { ms, pausesAll, mayHaveExecuted } };
	}

	/** Lets a request wait for a slot: a new one, or a retry, which waits for its time as well. */
	private enqueue(waiter: Waiter, retry: Wait | undefined) {
		if (retry && !retry.pausesAll) return this.setAlarm(this.clock.now() + retry.ms, waiter);
		(retry ? this.retryQueue : this.newQueue).push(waiter);
		this.startNext();
	}

	/** Gives the free slots to those who wait, retries first. */
	private startNext() {
		const { concurrencyLimit, rateLimit, newQueue, retryQueue } = this;
		while (this.inFlight < concurrencyLimit.current && retryQueue.length + newQueue.length > 0) {
			const now = this.clock.now();
			if (now < rateLimit.freeAt) return this.setAlarm(rateLimit.freeAt);
			rateLimit.onStart(now);
			this.inFlight += 1;
			(retryQueue.shift() ?? newQueue.shift())?.start(concurrencyLimit.start(this.inFlight));
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

/**
 * Returns the responses that a latency can be compared with; undefined where it means nothing. A
 * rejection is often faster than a success, so that each status is a kind of its own.
 */
function kindOfLatency(kind: RequestKind, failure: RequestFailure | undefined): string | undefined {
	if (failure === undefined) return kind;
	const isRejection = 'status' in failure && failure.status >= 400 && failure.status < 500;
	return isRejection ? `${kind} ${failure.status}` : undefined;
}
