import { drawing } from '../../sandbox/kizen/drawing';

/**
 * Returns the seeds of a drawn test: as many as it tries each time. `KIZEN_SEED=17` replays one seed,
 * `KIZEN_SEEDS=500` tries that many.
 */
export function seedsOf(count: number): number[] {
	const { KIZEN_SEED: one, KIZEN_SEEDS: many = count } = process.env;
	return one ? [Number(one)] : Array.from({ length: Number(many) }, (_, n) => n + 1);
}

/** What a seed draws, which is the same each time. */
export function chance(seed: number) {
	/** From 0 to 1. */
	const next = drawing(seed);
	const below = (end: number) => Math.floor(next() * end);
	const oneOf = <T>(list: readonly T[]): T => {
		if (list.length === 0) throw new Error('nothing to draw from');
		return list[below(list.length)];
	};
	return { next, below, oneOf };
}
