import type { Clock } from '../../nodes/Kizen/http/requestQueue';

/** A number that changes in the course of time, such as the requests in flight. */
export class Timeline {
	/** Its values, each from a time on. */
	private readonly changes: Array<{ at: number; value: number }> = [{ at: 0, value: 0 }];

	constructor(private readonly clock: Clock) {}

	add(amount: number) {
		const at = this.clock.now();
		this.changes.push({ at, value: this.last.value + amount });
	}

	get lastAt() {
		return this.last.at;
	}

	get highest() {
		return Math.max(...this.changes.map(({ value }) => value));
	}

	/** Returns when a condition was met for the first time; NaN if never. */
	firstAt(isMet: (value: number, at: number) => boolean): number {
		return this.changes.find(({ value, at }) => isMet(value, at))?.at ?? NaN;
	}

	integrate(from: number, to: number): number {
		return this.between(from, to).reduce((sum, { value, ms }) => sum + value * ms, 0);
	}

	/** Returns the median, over time, of the number divided by another one. */
	median(from: number, to: number, by: (at: number) => number): number {
		const parts = this.between(from, to)
			.map(({ value, at, ms }) => ({ value: value / by(at), ms }))
			.sort((a, b) => a.value - b.value);
		let left = (to - from) / 2;
		return parts.find(({ ms }) => (left -= ms) <= 0)?.value ?? NaN;
	}

	private get last() {
		return this.changes[this.changes.length - 1] ?? { at: 0, value: 0 };
	}

	/** The values from one time to another, each with how long it lasted. */
	private between(from: number, to: number) {
		return this.changes.flatMap(({ at, value }, index) => {
			const end = Math.min(to, this.changes[index + 1]?.at ?? to);
			const start = Math.max(from, at);
			return end > start ? [{ at: start, value, ms: end - start }] : [];
		});
	}
}
