import { sleep } from 'n8n-workflow';

import { Bound } from './concurrencyLimit';
import { Line } from './queue';
import { Limit, TICK_MS } from './rateLimit';
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
	/** An earlier try, whose answer went missing, may have been carried out. */
	maybeDoneBefore: boolean;
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
		let maybeDoneBefore = false;
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
					return { result, attempts, uncertain, maybeDoneBefore };
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
					return { result, attempts, uncertain, maybeDoneBefore, gaveUpAfterMs: spentMs };
				}
				maybeDoneBefore ||= verdict.maybeDone;
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
