// White space, control characters, and what copying from sheets, web pages and right-to-left texts
// brings along: soft hyphen, zero-width and directional marks, fillers, the byte-order mark.
const INVISIBLE = String.raw`[\s\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]`;
const ONE_INVISIBLE = new RegExp(INVISIBLE, 'u');
const ALL_INVISIBLE = new RegExp(`${INVISIBLE}+`, 'gu');

/** Removes white space and invisible characters at both ends. */
export function trimInvisible(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && ONE_INVISIBLE.test(text.charAt(start))) start++;
	while (end > start && ONE_INVISIBLE.test(text.charAt(end - 1))) end--;
	return text.slice(start, end);
}

/** Tells whether a text shows nothing. */
export function isBlank(text: string): boolean {
	return trimInvisible(text) === '';
}

/** Removes all white space and invisible characters. */
export function withoutInvisible(text: string): string {
	return text.replace(ALL_INVISIBLE, '');
}

/** Makes every white space a space of its own and removes what shows nothing at all. */
export function plainSpaces(text: string): string {
	return text.replace(ALL_INVISIBLE, (found) => found.replace(/\s/g, ' ').replace(/[^ ]/g, ''));
}

/** Names the first invisible character of a text, such as `a zero-width space (U+200B) after "ada"`. */
export function firstInvisible(text: string): string | undefined {
	const at = text.search(ONE_INVISIBLE);
	if (at === -1) return undefined;
	const character = text.charAt(at);
	const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
	return `${nameInvisible(character)} (U+${code}) after "${text.slice(0, at)}"`;
}

const CHARACTER_NAMES = new Map([
	[' ', 'a space'],
	['\t', 'a tab'],
	['\n', 'a line break'],
	['\r', 'a line break'],
	['\u0085', 'a line break'],
	['\u00a0', 'a no-break space'],
	['\u00ad', 'a soft hyphen'],
	['\u200b', 'a zero-width space'],
	['\u200c', 'a zero-width non-joiner'],
	['\u200d', 'a zero-width joiner'],
	['\u2028', 'a line break'],
	['\u2029', 'a line break'],
	['\u202f', 'a narrow no-break space'],
	['\u2060', 'a word joiner'],
	['\ufeff', 'a byte-order mark'],
]);

const DIRECTIONAL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Names a white space or an invisible character, such as `a line break`. */
export function nameInvisible(character: string): string {
	const name = CHARACTER_NAMES.get(character);
	if (name !== undefined) return name;
	if (DIRECTIONAL.test(character)) return 'a directional mark';
	if (/\p{Cc}/u.test(character)) return 'a control character';
	return /\s/.test(character) ? 'an unusual space' : 'an invisible character';
}
