/** Waits end on multiples of this, so that thousands of them share a few timers. */
export const TICK_MS = 20;

/** Kizen's limit: the time to hold back, and the rate it seems to allow. All in milliseconds. */
export class Limit {
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
		return Math.max(this.heldUntil, this.next);
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
		// Little by little: on their way requests come closer together by chance, and then a rate
		// that Kizen does take is turned away as well.
		this.gap = ms / (0.95 * Math.min(taken, allowed ?? Infinity));
		// Turned away when few were taken: then it is not the rate that Kizen minds.
		const isRate = taken >= Math.max(8, (allowed ?? 0) / 2);
		this.gapUntil = isRate ? now + 30 * ms : 0;
	}
}
