import type { Clock } from '../../nodes/Kizen/http/requestQueue';

interface Timer {
	at: number;
	order: number;
	ring: () => void;
}

/** Time that passes only when all that is due has been done. Nothing sleeps. */
export class VirtualClock implements Clock {
	private time = 0;
	private order = 0;
	private readonly timers: Timer[] = [];

	/** Random numbers come from `seed`, the same each time. */
	constructor(private seed = 1) {}

	now() {
		return this.time;
	}

	async sleep(ms: number) {
		await new Promise<void>((ring) => {
			this.order += 1;
			this.add({ at: this.time + Math.max(0, ms), order: this.order, ring });
		});
	}

	random() {
		this.seed = (this.seed * 48271) % 2147483647;
		return this.seed / 2147483647;
	}

	/** How long the timers that are set have still to go, longest last. */
	get timersLeft() {
		return this.timers.map(({ at }) => at - this.time).sort((a, b) => a - b);
	}

	/** Lets time pass until nothing waits for it, or to `end`. */
	async run(end = Infinity) {
		await settled();
		for (let next = this.timers[0]; next && next.at <= end; next = this.timers[0]) {
			this.time = Math.max(this.time, next.at);
			while (this.timers.length > 0 && this.timers[0].at <= this.time) this.take().ring();
			await settled();
		}
		if (end < Infinity) this.time = Math.max(this.time, end);
	}

	private add(timer: Timer) {
		const { timers } = this;
		let at = timers.push(timer) - 1;
		for (let up = (at - 1) >> 1; at > 0 && before(timer, timers[up]); up = (at - 1) >> 1) {
			[timers[at], timers[up]] = [timers[up], timers[at]];
			at = up;
		}
	}

	private take(): Timer {
		const { timers } = this;
		const [first] = timers;
		const last = timers.pop();
		if (last && timers.length > 0) {
			timers[0] = last;
			for (let at = 0; ; ) {
				let least = at;
				for (const child of [2 * at + 1, 2 * at + 2]) {
					if (child < timers.length && before(timers[child], timers[least])) least = child;
				}
				if (least === at) break;
				[timers[at], timers[least]] = [timers[least], timers[at]];
				at = least;
			}
		}
		return first;
	}
}

const before = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** All promises that can go on have gone on. */
const settled = async () => await new Promise<void>((done) => setImmediate(done));
