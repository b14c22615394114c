/** The middle one, or the mean of the two in the middle. */
export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
export const ratio = (value: number): string => value.toFixed(2);
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A Markdown table; the first column is text, the others are figures. */
export function table(headings: string[], lines: string[][]): string {
	const rule = headings.map((_, column) => (column === 0 ? '---' : '--:'));
	return [headings, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A target of the benchmark, the most that a figure may be unless otherwise said, and whether it is met. */
export function target(
	what: string,
	figure: number,
	goal: number | { atLeast: number },
	shown = ratio,
): string {
	const [sign, limit] = typeof goal === 'number' ? ['≤', goal] : ['≥', goal.atLeast];
	const isMet = sign === '≤' ? figure <= limit : figure >= limit;
	return `- ${what}: ${shown(figure)} (target ${sign} ${shown(limit)}), ${isMet ? 'met' : '**missed**'}.`;
}
