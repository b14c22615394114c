/** Numbers from 0 to 1, the same row of them for the same seed (mulberry32). */
export function drawing(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** Puts a list in an order of its own for each seed. */
export function shuffle(list: unknown[], seed: number): void {
	const draw = drawing(seed);
	for (let n = list.length - 1; n > 0; n--) {
		const other = Math.floor(draw() * (n + 1));
		[list[n], list[other]] = [list[other], list[n]];
	}
}
