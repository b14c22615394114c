import { isBlank } from './invisible';

/**
 * How people separate several names in one cell: with commas, semicolons or line breaks, in other
 * scripts as well. A name may hold some of these itself.
 */
const COMMA = ',，、،';
const SEMICOLON = ';；؛';
const LINE = String.raw`\r\n\u2028\u2029`;

const anyOf = (characters: string) => new RegExp(`[${characters}]`, 'u');
const SEPARATOR = anyOf(LINE + SEMICOLON + COMMA);

/** Ways to cut a text into names, each to be tried if a name of the one before is not known. */
const WAYS = [anyOf(LINE), anyOf(LINE + SEMICOLON), anyOf(COMMA), SEPARATOR];

/** Cuts a text at every separator. */
export function cutAtSeparators(text: string): string[] {
	return text.split(SEPARATOR).filter((piece) => !isBlank(piece));
}

/** Lists a text's possible cuts, those of the most names last. */
export function cutsOf(text: string): string[][] {
	const cuts = WAYS.map((way) => text.split(way).filter((piece) => !isBlank(piece)));
	return cuts.filter((pieces) => pieces.length > 1);
}

// One separator, however many characters and spaces it is made of: `,` and a line break are one.
const SEPARATORS = new RegExp(
	`[${LINE}${SEMICOLON}${COMMA}][${LINE}${SEMICOLON}${COMMA}\\s]*`,
	'gu',
);

export function countSeparators(text: string): number {
	return text.match(SEPARATORS)?.length ?? 0;
}

/**
 * Cuts a text at its separators, but for those that belong to a known name of at most
 * `maxInside` separators.
 */
export function cutAroundNames(
	text: string,
	maxInside: number,
	isKnown: (piece: string) => boolean,
): string[] {
	const separators = [...text.matchAll(SEPARATORS)];
	const starts = [0, ...separators.map(({ index, 0: found }) => index + found.length)];
	const ends = [...separators.map(({ index }) => index), text.length];
	const names: string[] = [];
	for (let first = 0; first < starts.length; ) {
		const piece = (last: number) => text.slice(starts[first], ends[last]);
		let last = Math.min(starts.length - 1, first + maxInside);
		while (last > first && !isKnown(piece(last))) last--;
		names.push(piece(last));
		first = last + 1;
	}
	return names;
}
