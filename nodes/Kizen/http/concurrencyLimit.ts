import type { RequestKind } from './retry';

/** How many at once: begins low, rises while answers come well, halves when they do not. */
export class Bound {
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
