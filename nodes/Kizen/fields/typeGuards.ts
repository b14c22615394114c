import { trimInvisible } from './invisible';

/** What arrives from outside is `unknown`; these say what it is. */
export type Dict = Record<string, unknown>;

export function isDict(value: unknown): value is Dict {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a text without white space and invisible characters at its ends; undefined for the rest. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? trimInvisible(value) || undefined : undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
	return text.length === 36 && UUID.test(text);
}

/** Own properties only, so that a key such as `constructor` finds nothing. */
export function own(dict: Dict, key: string): unknown {
	return Object.hasOwn(dict, key) ? dict[key] : undefined;
}
