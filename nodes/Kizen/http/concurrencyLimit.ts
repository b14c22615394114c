import type { RequestKind } from './retry';

/**
 * How many requests may be in flight at once: TCP's slow start and AIMD (RFC 5681), with growing
 * latency as a sign of congestion beside throttled responses (as in TCP Vegas and Netflix's
 * concurrency-limits).
 *
 *     slow start: + 1 for each response, which doubles the limit with each round of responses
 *     increase:   + 1 / limit for each response, which is one more with each round
 *     decrease:   limit / 2, once for all requests that were in flight together
 *     congested:  median latency > TOLERANCE × lowest median latency + SLACK_MS
 */

const START = 4;
/** How many responses a median is taken of: at the very beginning, and in slow start. */
const FIRST_SAMPLE = 8;
const SAMPLE = 16;
const TOLERANCE = 1.5;
const SLACK_MS = 50;
/** After so many decreases that follow each other, latency must fall to this part for a further one. */
const DECREASES_ON_TRIAL = 2;
const IMPROVEMENT = 0.75;

export class ConcurrencyLimit {
	private exact: number;
	private inSlowStart = true;
	private started = 0;
	private startedAtDecrease = 0;
	private readonly latencies = new Map<RequestKind, Latency>();

	constructor(private readonly max: number) {
		this.exact = Math.min(max, START);
	}

	get current() {
		return Math.floor(this.exact);
	}

	/** Returns the number of a request that starts now, to come back with its response. */
	nextNumber() {
		return this.started++;
	}

	/** Decreases the limit, unless request `number` had started already when that was last done. */
	decrease(number: number) {
		if (number < this.startedAtDecrease) return false;
		this.exact = Math.max(1, this.exact / 2);
		this.inSlowStart = false;
		this.startedAtDecrease = this.started;
		for (const latency of this.latencies.values()) latency.forget();
		return true;
	}

	/** Records a response; `inFlight` includes its own request. */
	onResponse(response: { kind: RequestKind; number: number; latencyMs: number; inFlight: number }) {
		const { kind, number, latencyMs, inFlight } = response;
		if (inFlight >= this.current) {
			this.exact = Math.min(this.max, this.exact + (this.inSlowStart ? 1 : 1 / this.exact));
		}
		if (number < this.startedAtDecrease) return;
		const latency = this.latencies.get(kind) ?? new Latency();
		this.latencies.set(kind, latency);
		if (!latency.isCongested(latencyMs, this.sampleSize)) return;
		if (this.current > 1 && latency.mayDecrease()) this.decrease(number);
		else this.inSlowStart = latency.resetBaseline();
	}

	/** Two rounds of responses, but fewer while the limit rises quickly. */
	private get sampleSize() {
		if (this.startedAtDecrease === 0) return FIRST_SAMPLE;
		return this.inSlowStart ? SAMPLE : Math.max(SAMPLE, 2 * this.current);
	}
}

/**
 * Whether responses take longer because too many are requested at once. Compares the median of
 * some responses with the lowest such median, so that neither one slow response nor jitter counts.
 */
class Latency {
	private sample: number[] = [];
	private median = Infinity;
	private baseline = Infinity;
	private decreases = 0;
	private highestMedian = 0;

	forget() {
		this.sample = [];
	}

	/** Adds a response, and returns whether it completes a sample that shows congestion. */
	isCongested(latencyMs: number, sampleSize: number) {
		if (this.sample.push(latencyMs) < sampleSize) return false;
		this.median = this.sample.sort((a, b) => a - b)[(this.sample.length - 1) >> 1] ?? latencyMs;
		this.sample = [];
		this.baseline = Math.min(this.baseline, this.median);
		const isCongested = this.median > TOLERANCE * this.baseline + SLACK_MS;
		if (!isCongested) this.restart();
		return isCongested;
	}

	/** Whether a decrease may help: not when a quarter of the requests takes as long as all did. */
	mayDecrease() {
		if (this.decreases < DECREASES_ON_TRIAL) {
			this.highestMedian = Math.max(this.median, this.highestMedian);
		}
		this.decreases += 1;
		return this.decreases <= DECREASES_ON_TRIAL || this.median < IMPROVEMENT * this.highestMedian;
	}

	/** Takes the latency of now for normal: it does not depend on this client. */
	resetBaseline() {
		this.baseline = this.median;
		this.restart();
		return true;
	}

	private restart() {
		this.decreases = 0;
		this.highestMedian = 0;
	}
}
