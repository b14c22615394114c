/**
 * Pauses and spaces the starts of requests as Kizen's rate limit asks for.
 *
 * A response that says when to retry (429, or 503 with `Retry-After`) pauses all requests for that
 * time. Where Kizen counts per second and says "1", running into the limit over and over would
 * lose much of each second. So from the second time on, the starts are spaced for a while, as in a
 * leaky bucket, at a little less than the rate that Kizen accepted right before (compare the
 * client-side rate limiter of the AWS SDKs, "adaptive" retry mode):
 *
 *     spacing = Retry-After / (CAUTION × accepted)
 *     accepted = requests sent during the last Retry-After that were not throttled
 *
 * All times are in milliseconds and come from the caller's clock.
 */

/** Waits end on multiples of this, so that thousands of them share a few timers. */
export const TICK_MS = 20;

/** A longer Retry-After is no rate per second: nothing is learned from it. */
const LONGEST_RATE_PERIOD_MS = 2000;
/** A second throttled response within so many times Retry-After shows that it is a rate. */
const SUSPECT_PERIODS = 40;
/** So many times Retry-After the starts stay spaced. */
const SPACED_PERIODS = 30;
/**
 * The part of the accepted rate that is used. On their way, requests come closer together by
 * chance, and then a rate that Kizen does accept is throttled as well.
 */
const CAUTION = 0.95;
/** Fewer accepted requests than this before a throttled one: it is not the rate that Kizen minds. */
const FEWEST_OF_A_RATE = 8;
/** How many starts are remembered: more than any second holds. */
const REMEMBERED_STARTS = 2048;

export class RateLimit {
	private pausedSince = 0;
	private pausedUntil = 0;
	/** All pauses that are over. */
	private pausedBeforeMs = 0;
	/** The same when a request was last accepted. */
	private pausedAtAcceptedMs = 0;
	/** When the latest requests started, and those of them that were throttled. */
	private starts: number[] = [];
	private throttledStarts: number[] = [];
	/** When a response was throttled that begins a new flight. */
	private throttledAt = -1;
	/** The request of that response, until its rate is learned. */
	private lesson: { startedAt: number; retryAfterMs: number } | undefined;
	private suspectUntil = 0;
	/** Between two starts, until `spacedUntil`. */
	private spacingMs = 0;
	private spacedUntil = 0;
	private nextStartAt = 0;

	/** No request may start before. */
	get freeAt() {
		return Math.max(this.pausedUntil, this.nextStartAt);
	}

	/** Returns how long all requests were paused so far. */
	pausedMs(now: number) {
		return this.pausedBeforeMs + Math.min(now, this.pausedUntil) - this.pausedSince;
	}

	/** Returns how long all requests were paused, in pauses that are over, since one was accepted. */
	pausedInVainMs(now: number) {
		this.endPause(now);
		return this.pausedBeforeMs - this.pausedAtAcceptedMs;
	}

	/** Returns how long the pause still lasts. */
	pauseLeftMs(now: number) {
		return Math.max(0, this.pausedUntil - now);
	}

	pause(now: number, ms: number) {
		this.endPause(now);
		this.pausedUntil = Math.max(this.pausedUntil, now + ms);
	}

	private endPause(now: number) {
		if (now < this.pausedUntil) return;
		this.pausedBeforeMs = this.pausedMs(now);
		this.pausedSince = this.pausedUntil = now;
	}

	/** Records that Kizen accepted a request. */
	onAccepted(now: number) {
		this.endPause(now);
		this.pausedAtAcceptedMs = this.pausedBeforeMs;
	}

	/** Records a throttled request; others that were in flight with it teach nothing new. */
	onThrottled(now: number, startedAt: number, retryAfterMs: number) {
		remember(this.throttledStarts, startedAt);
		if (startedAt <= this.throttledAt || retryAfterMs > LONGEST_RATE_PERIOD_MS) return;
		this.throttledAt = now;
		if (startedAt < this.suspectUntil) this.lesson = { startedAt, retryAfterMs };
		this.suspectUntil = startedAt + SUSPECT_PERIODS * retryAfterMs;
	}

	/** Records that a request starts. All throttled responses of the last flight have come by now. */
	onStart(now: number) {
		if (this.lesson) this.learn(now, this.lesson.startedAt, this.lesson.retryAfterMs);
		this.lesson = undefined;
		remember(this.starts, now);
		if (now < this.spacedUntil) {
			this.nextStartAt = Math.max(this.nextStartAt, now - TICK_MS) + this.spacingMs;
		}
	}

	private learn(now: number, throttledAt: number, periodMs: number) {
		const countIn = (starts: number[]) => starts.filter((at) => at > throttledAt - periodMs).length;
		const accepted = countIn(this.starts) - countIn(this.throttledStarts);
		const allowed = throttledAt < this.spacedUntil ? periodMs / this.spacingMs : undefined;
		this.spacingMs = periodMs / (CAUTION * Math.min(accepted, allowed ?? Infinity));
		const isRate = accepted >= Math.max(FEWEST_OF_A_RATE, (allowed ?? 0) / 2);
		this.spacedUntil = isRate ? now + SPACED_PERIODS * periodMs : 0;
	}
}

function remember(starts: number[], at: number) {
	if (starts.push(at) > 2 * REMEMBERED_STARTS) starts.splice(0, REMEMBERED_STARTS);
}
