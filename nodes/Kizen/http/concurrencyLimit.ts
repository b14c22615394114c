/**
 * Finds how many requests in flight keep Kizen busy, without many of them waiting there.
 *
 * Built from the slow start and AIMD of TCP (RFC 5681), the gradient of Netflix's concurrency-limits
 * (`Gradient2Limit`), and the probe for the latency without a queue of TCP BBR and of Envoy's
 * adaptive concurrency. Requests are judged in groups, in the order in which they were sent:
 *
 *     slowdown = mean latency of the group / baseline, which is the latency without a queue
 *     useful   = requests in flight / slowdown: those that do not wait (Little's law)
 *
 *     slowdown ≤ QUIET → limit × GROWTH: the slow start, and whenever Kizen can process more
 *     otherwise        → limit = HEADROOM × useful
 *     now and then     → limit = PROBE × useful for one group, whose latency is the new baseline
 *     throttled        → limit × BACK_OFF, and from there at most one more with each group
 *
 * No constant is a time: a Kizen that takes 20 ms and one that takes 2 s are treated alike.
 */

const START = 16;
const GROWTH = 2;
/** As in TCP CUBIC (RFC 9438). */
const BACK_OFF = 0.7;
/** The slowdown at which the limit comes to rest. */
const HEADROOM = 1.5;
/** Clearly below HEADROOM, so that chance does not make the limit grow at rest. */
const QUIET = 1.25;

/** A group has as many requests as the limit, and at least these. */
const SMALLEST_GROUP = 16;
/** A group is judged without its slowest fifth, so that a few slow responses count for little. */
const QUORUM = 0.8;

const PROBE = 0.6;
/** The baseline is measured again after so many slow groups, the first time sooner. */
const SLOW_GROUPS = 25;
const FIRST_SLOW_GROUPS = 2;
/** It is also measured again once the limit is below this part of what it was after the last time. */
const COLLAPSE = 0.7;
/** A baseline below this part of the one before may hold a queue still: it is measured once more. */
const STILL_FALLING = 0.9;

/** Requests that were sent one after another. Each comes back to its group once. */
export interface RequestGroup {
	readonly size: number;
	/** Groups of an older generation were sent under another limit, and are not judged. */
	readonly generation: number;
	isJudged: boolean;
	started: number;
	answered: number;
	missed: number;
	/** The sum, over its requests, of how many were in flight when each was sent. */
	inFlight: number;
	readonly latencies: Map<string, { count: number; sumMs: number }>;
}

export class ConcurrencyLimit {
	/** The limit, with its fraction. */
	private exact: number;
	/** What the limit may rise to since a request was throttled. */
	private ceiling: number;
	private generation = 0;
	/** The group of the requests that start now. */
	private group: RequestGroup;
	/** The latency without a queue, of each kind of response. */
	private readonly baselines = new Map<string, number>();
	/** Of the group before. */
	private lastUseful = 0;
	private slowGroups = SLOW_GROUPS - FIRST_SLOW_GROUPS;
	/** Before the probe that is in progress. */
	private usefulBeforeProbe: number | undefined;
	private exactAfterProbe = 0;

	constructor(private readonly max: number) {
		this.ceiling = max;
		this.exact = Math.min(max, START);
		this.group = this.newGroup();
	}

	get current() {
		return Math.floor(this.exact);
	}

	/**
	 * Records that a request starts; `inFlight` includes it, here and below.
	 *
	 * @returns its group, to come back with the request as answered, missed or throttled
	 */
	start(inFlight: number): RequestGroup {
		if (this.group.started === this.group.size) this.group = this.newGroup();
		this.group.started += 1;
		this.group.inFlight += inFlight;
		return this.group;
	}

	/** Records a response. Its latency is compared with that of others of its kind. */
	answered(group: RequestGroup, response: { kind: string; latencyMs: number; inFlight: number }) {
		const { count, sumMs } = group.latencies.get(response.kind) ?? { count: 0, sumMs: 0 };
		group.latencies.set(response.kind, { count: count + 1, sumMs: sumMs + response.latencyMs });
		group.answered += 1;
		this.judge(group, response.inFlight);
	}

	/** Records a request whose latency means nothing: lost, to be retried, or cancelled. */
	missed(group: RequestGroup, inFlight: number) {
		group.missed += 1;
		this.judge(group, inFlight);
	}

	/** Records a throttled request. Others that were in flight with it change nothing more. */
	throttled(group: RequestGroup) {
		if (group.generation !== this.generation) return;
		this.exact = this.ceiling = Math.max(1, BACK_OFF * this.exact);
		this.exactAfterProbe = this.exact;
		this.usefulBeforeProbe = undefined;
		this.startGeneration();
	}

	private judge(group: RequestGroup, inFlight: number) {
		const due = QUORUM * (group.size - group.missed);
		const isComplete = group.started === group.size && group.answered > 0 && group.answered >= due;
		if (!isComplete || group.isJudged || group.generation !== this.generation) return;
		group.isJudged = true;
		this.ceiling = Math.min(this.max, this.ceiling + 1);
		const slowdown = this.slowdownOf(group);
		if (this.usefulBeforeProbe !== undefined) {
			return this.endProbe(group, slowdown, this.usefulBeforeProbe);
		}
		// If the rows or the rate limit hold the run back, nothing is known about a higher limit.
		const max = inFlight >= this.current ? this.ceiling : this.exact;
		if (slowdown <= QUIET) {
			this.lastUseful = 0;
			this.exact = Math.min(max, GROWTH * this.exact);
			return;
		}
		const useful = group.inFlight / group.size / slowdown;
		// The higher one of two groups: a pause of n8n, which makes one group slow, changes nothing.
		const higher = Math.max(useful, this.lastUseful);
		this.lastUseful = useful;
		this.exact = clamp(HEADROOM * higher, max);
		this.slowGroups += 1;
		const isCollapsing = this.exact < COLLAPSE * this.exactAfterProbe;
		if (isCollapsing || this.slowGroups >= SLOW_GROUPS) this.probe(higher);
	}

	/** Compares the latency of each kind of request with its own baseline. */
	private slowdownOf({ latencies }: RequestGroup): number {
		let [sumMs, baselineMs] = [0, 0];
		for (const [kind, latency] of latencies) {
			const baseline = this.baselines.get(kind);
			if (baseline === undefined) continue;
			sumMs += latency.sumMs;
			baselineMs += latency.count * baseline;
		}
		const slowdown = baselineMs > 0 ? sumMs / baselineMs : 1;
		for (const [kind, latency] of latencies) {
			if (this.baselines.has(kind)) continue;
			this.baselines.set(kind, latency.sumMs / latency.count / Math.max(1, slowdown));
		}
		return slowdown;
	}

	private probe(useful: number) {
		this.usefulBeforeProbe = useful;
		this.exact = clamp(Math.round(PROBE * useful), this.ceiling);
		this.startGeneration();
	}

	private endProbe(group: RequestGroup, slowdown: number, usefulBefore: number) {
		for (const [kind, { count, sumMs }] of group.latencies) this.baselines.set(kind, sumMs / count);
		const useful = usefulBefore * slowdown;
		if (slowdown < STILL_FALLING && this.exact > 1) return this.probe(useful);
		this.usefulBeforeProbe = undefined;
		this.exact = this.exactAfterProbe = clamp(HEADROOM * useful, this.ceiling);
		this.slowGroups = 0;
		this.startGeneration();
	}

	/** What was sent until now is not judged any more. */
	private startGeneration() {
		this.generation += 1;
		this.group = this.newGroup();
		this.lastUseful = 0;
	}

	private newGroup(): RequestGroup {
		return {
			size: Math.max(SMALLEST_GROUP, Math.ceil(this.exact)),
			generation: this.generation,
			isJudged: false,
			started: 0,
			answered: 0,
			missed: 0,
			inFlight: 0,
			latencies: new Map(),
		};
	}
}

const clamp = (value: number, max: number) => Math.min(max, Math.max(1, value));
