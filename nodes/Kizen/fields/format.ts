const LONGEST_QUOTE = 60;
const LONGEST_LIST = 10;

/** What was given, as the user will recognise it: text in quotes, the rest as JSON, cut if long. */
export function quoted(value: unknown): string {
	if (typeof value === 'string') return `"${cut(value)}"`;
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	try {
		return cut(JSON.stringify(value) ?? String(value));
	} catch {
		return Array.isArray(value) ? 'this list' : 'this value';
	}
}

/** `North, South, East`, and how many more after ten. */
export function listed(names: string[]): string {
	const shown = names.slice(0, LONGEST_LIST).join(', ');
	const more = names.length - LONGEST_LIST;
	return more > 0 ? `${shown} and ${more} more` : shown;
}

function cut(text: string): string {
	// Two code units at most to a character.
	const characters = [...text.slice(0, 2 * LONGEST_QUOTE + 2)];
	return characters.length > LONGEST_QUOTE
		? `${characters.slice(0, LONGEST_QUOTE).join('')}…`
		: text;
}
