/**
 * Where a text stops being JSON: the position of the first character that does not fit, the text's
 * length if it ends too early, undefined if all of it is JSON. (What `JSON.parse` says of the place
 * differs between versions of Node.js, and is often nothing.)
 */
export function whereJsonStops(text: string): number | undefined {
	try {
		JSON.parse(text);
		return undefined;
	} catch {
		return firstMisfit(text);
	}
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /[a-z]+/y;
const WORDS = new Set(['true', 'false', 'null']);
const ESCAPED = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Each reader moves `at` behind what it reads, or to what does not fit, and says which. */
function firstMisfit(text: string): number {
	let at = 0;

	const skip = (pattern: RegExp): string => {
		pattern.lastIndex = at;
		const found = pattern.exec(text)?.[0] ?? '';
		at += found.length;
		return found;
	};
	const take = (character: string): boolean => {
		if (text[at] !== character) return false;
		at++;
		return true;
	};

	const readString = (): boolean => {
		if (!take('"')) return false;
		while (at < text.length) {
			if (take('"')) return true;
			if (text[at] === '\\') {
				if (skip(ESCAPED) === '') return false;
			} else if (text[at] < ' ') {
				return false;
			} else {
				at++;
			}
		}
		return false;
	};

	const readScalar = (): boolean => {
		const start = at;
		if (WORDS.has(skip(WORD))) return true;
		at = start;
		return skip(NUMBER) !== '';
	};

	const readEntry = (): boolean => {
		skip(SPACE);
		if (!readString()) return false;
		skip(SPACE);
		return take(':') && readValue();
	};

	const readAll = (readOne: () => boolean, end: string): boolean => {
		skip(SPACE);
		if (take(end)) return true;
		while (readOne()) {
			skip(SPACE);
			if (take(end)) return true;
			if (!take(',')) return false;
		}
		return false;
	};

	function readValue(): boolean {
		skip(SPACE);
		if (take('{')) return readAll(readEntry, '}');
		if (take('[')) return readAll(readValue, ']');
		return text[at] === '"' ? readString() : readScalar();
	}

	if (readValue()) skip(SPACE);
	return at;
}
