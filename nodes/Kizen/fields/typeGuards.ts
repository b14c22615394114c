import type { IDataObject } from 'n8n-workflow';

import { trimInvisible } from './invisible';

/** Tells whether what arrived from outside is an object, and no list. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a text without white space and invisible characters at its ends; undefined for the rest. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? trimInvisible(value) || undefined : undefined;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

export function isUuid(text: string): boolean {
	return text.length === 36 && uuidsIn(text).length === 1;
}

export function uuidsIn(text: string): string[] {
	return text.match(UUID) ?? [];
}

/** Own properties only, so that a key such as `constructor` finds nothing. */
export function own(dict: IDataObject, key: string): unknown {
	return Object.hasOwn(dict, key) ? dict[key] : undefined;
}
