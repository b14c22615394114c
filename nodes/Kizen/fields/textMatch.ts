import { trimInvisible, withoutInvisible } from './invisible';

/**
 * Returns a text as people compare names: the same whatever its case, white space, invisible
 * characters and Unicode form (`é` is one character on Windows and often two on macOS).
 */
export function fold(text: string): string {
	return foldCase(withoutInvisible(text.normalize('NFKC')));
}

/**
 * Returns a record's name or email as Kizen compares it: without regard to case, to its ends and to
 * its Unicode form.
 */
export function foldIdentifier(text: string): string {
	return foldCase(trimInvisible(text));
}

/** By way of upper case, so that `STRASSE` and `Straße` are one; lower case first, for `ẞ`. */
function foldCase(text: string): string {
	return text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

/**
 * The candidate that a person most likely meant, or undefined where none is near: at most one slip
 * in three characters, two neighbours swapped counting as one slip.
 */
export function nearest<T>(
	given: string,
	candidates: Iterable<T>,
	spellings: (candidate: T) => string[],
): T | undefined {
	const wanted = [...fold(given)];
	let best: T | undefined;
	let slips = Math.max(1, Math.floor(wanted.length / 3)) + 1;
	for (const candidate of candidates) {
		for (const spelling of spellings(candidate)) {
			const distance = editDistance(wanted, [...fold(spelling)], slips);
			if (distance < slips) {
				best = candidate;
				slips = distance;
			}
		}
	}
	return best;
}

/** Insertions, deletions, replacements and swaps of neighbours; `limit` or more is all the same. */
function editDistance(from: string[], to: string[], limit: number): number {
	if (Math.abs(from.length - to.length) >= limit) return limit;
	if (from.length === 0 || to.length === 0) return Math.max(from.length, to.length);
	let before: number[] = [];
	let last = Array.from({ length: to.length + 1 }, (_, column) => column);
	for (let row = 1; row <= from.length; row++) {
		const current = [row];
		let lowest = row;
		for (let column = 1; column <= to.length; column++) {
			const replaced = from[row - 1] === to[column - 1] ? 0 : 1;
			const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
			const cost = Math.min(
				at(last, column) + 1,
				at(current, column - 1) + 1,
				at(last, column - 1) + replaced,
				isSwapped ? at(before, column - 2) + 1 : Infinity,
			);
			current.push(cost);
			lowest = Math.min(lowest, cost);
		}
		if (lowest >= limit) return limit;
		before = last;
		last = current;
	}
	return at(last, to.length);
}

/** Outside of the table every distance is infinite. */
const at = (distances: number[], column: number): number => distances[column] ?? Infinity;
