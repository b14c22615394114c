import { isSafeObjectProperty } from 'n8n-workflow';

import { isObject } from '../fields';

/**
 * Evaluates expressions that only take values of the item, such as `={{ $json.body.email }}`,
 * `={{ $json["First Name"] }}` and `=Dear {{ $json.first }} {{ $json.last }}`. n8n evaluates every
 * expression in a sandbox, which takes longer than the request: about 1.3 ms, and a row has one for
 * each field. Whatever n8n might see in another way is left to n8n.
 */

/** Returns the value for an item's JSON; undefined where it is left to n8n. */
export type Evaluate = (json: unknown) => { value: unknown } | undefined;

/** Returns undefined for a parameter that is always left to n8n. */
export function compile(parameter: unknown): Evaluate | undefined {
	if (parameter === undefined) return undefined;
	if (Array.isArray(parameter)) return together(parameter, (values) => values);
	if (isObject(parameter)) {
		const keys = Object.keys(parameter);
		return together(Object.values(parameter), (values) =>
			Object.fromEntries(keys.map((key, n) => [key, values[n]])),
		);
	}
	if (typeof parameter === 'string' && parameter.startsWith('=')) {
		return compileExpression(parameter.slice(1));
	}
	const constant = { value: parameter };
	return () => constant;
}

/** Compiles all parts of a list or an object, and puts their values together again. */
function together(parts: unknown[], build: (values: unknown[]) => unknown): Evaluate | undefined {
	const compiled: Evaluate[] = [];
	for (const part of parts) {
		const evaluate = part === undefined ? () => ({ value: undefined }) : compile(part);
		if (evaluate === undefined) return undefined;
		compiled.push(evaluate);
	}
	return (json) => {
		const values: unknown[] = [];
		for (const evaluate of compiled) {
			const found = evaluate(json);
			if (found === undefined) return undefined;
			values.push(found.value);
		}
		return { value: build(values) };
	};
}

/** The keys that lead to a value. */
type Path = string[];

/** Compiles an expression without its `=`: text, and paths between double braces. */
function compileExpression(source: string): Evaluate | undefined {
	const parts = split(source);
	if (parts === undefined) return undefined;
	const [only] = parts;
	if (parts.length === 1 && Array.isArray(only)) return (json) => valueAt(json, only);
	return (json) => {
		let text = '';
		for (const part of parts) {
			const found = Array.isArray(part) ? valueAt(json, part) : { value: part };
			if (found === undefined) return undefined;
			const { value } = found;
			if (typeof value === 'object' && value !== null) return undefined;
			text += String(value ?? '');
		}
		return { value: text };
	};
}

/** An access to the JSON between double braces, with blanks wherever JavaScript allows them. */
const ACCESS_KEY =
	/\s*(?:\??\.\s*([A-Za-z]\w*)|(?:\?\.)?\s*\[\s*(?:"([^"\\\n\r{}]*)"|'([^'\\\n\r{}]*)'|(0|[1-9]\d*))\s*\])/;
const ACCESS_KEYS = new RegExp(ACCESS_KEY, 'g');
const ACCESS = new RegExp(String.raw`\{\{\s*\$json((?:${ACCESS_KEY.source})+)\s*\}\}`, 'y');

/** Splits an expression into texts and paths; undefined where it holds anything else. */
function split(source: string): Array<string | Path> | undefined {
	// n8n refuses the word after a point even in text, and reads backslashes before braces.
	if (/\\|\.\s*constructor/.test(source) || !isPlainText(source)) return undefined;
	const parts: Array<string | Path> = [];
	let at = 0;
	for (let open = source.indexOf('{{'); open !== -1; open = source.indexOf('{{', at)) {
		if (open > at) parts.push(source.slice(at, open));
		ACCESS.lastIndex = open;
		const access = ACCESS.exec(source);
		if (access === null) return undefined;
		const path = [...(access[1] ?? '').matchAll(ACCESS_KEYS)].map(
			([, name, inDouble, inSingle, index]) => name ?? inDouble ?? inSingle ?? index ?? '',
		);
		if (!path.every(isPlainKey)) return undefined;
		parts.push(path);
		at = ACCESS.lastIndex;
	}
	if (at < source.length || parts.length === 0) parts.push(source.slice(at));
	return parts;
}

/** Returns the value at a path; undefined where it is not there or no plain JSON. */
function valueAt(json: unknown, path: Path): { value: unknown } | undefined {
	let value = json;
	for (const [depth, key] of path.entries()) {
		if (!isPlain(value)) return undefined;
		const isLast = depth === path.length - 1;
		if (isLast && !(key in value)) return { value: undefined };
		if (!Object.hasOwn(value, key)) return undefined;
		value = Reflect.get(value, key);
	}
	return isJson(value) ? { value } : undefined;
}

/** Tells whether a value is JSON through and through: no date, no NaN, nothing with a class. */
function isJson(value: unknown): boolean {
	if (typeof value === 'string') return isPlainText(value);
	if (value === null || typeof value === 'boolean') return true;
	if (typeof value === 'number') return Number.isFinite(value);
	if (!isPlain(value)) return false;
	return Object.entries(value).every(([key, one]) => isPlainKey(key) && isJson(one));
}

/** Tells whether a key means nothing to JavaScript or n8n. */
function isPlainKey(key: string): boolean {
	return isSafeObjectProperty(key) && !(key in Object.prototype);
}

/** n8n has several sandboxes, which lose NUL or the half of a character of two code units. */
function isPlainText(text: string): boolean {
	return !/[\0\p{Surrogate}]/u.test(text);
}

function isPlain(value: unknown): value is object {
	if (Array.isArray(value)) return true;
	if (!isObject(value)) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype !== null && Object.getPrototypeOf(prototype) === null;
}
