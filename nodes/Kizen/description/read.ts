import type { INodeProperties } from 'n8n-workflow';

import { isObject } from '../kizen/response';
import { refuse } from '../outcome/problem';
import type { ObjectChoice } from '../kizen/objects';
import type { Item } from '../operations/operation';

/**
 * Parameters that an expression may have filled with anything, read with a clear word for what does
 * not fit. `label` is the parameter's display name.
 */

/** @throws Refused unless the value is one of `allowed` (their names by value) */
export function oneOf(
	item: Item,
	name: string,
	label: string,
	allowed: Record<string, string>,
	fallback: string,
): string {
	return among(item.parameter(name, fallback), label, allowed);
}

/**
 * The choice that one of the Options holds, or its default.
 *
 * @param offered what Options offers
 * @throws Refused unless it is one of the choices that the option has
 */
export function optionChoice(item: Item, offered: INodeProperties[], name: string): string {
	const option = offered.find((one) => one.name === name);
	const allowed = Object.fromEntries(
		(option?.options ?? []).flatMap((one) =>
			'value' in one ? [[String(one.value), one.name]] : [],
		),
	);
	const options = item.parameter('options', {});
	const given = isObject(options) ? options[name] : undefined;
	return among(given ?? option?.default, option?.displayName ?? name, allowed);
}

function among(value: unknown, label: string, allowed: Record<string, string>): string {
	if (typeof value === 'string' && Object.hasOwn(allowed, value)) return value;
	throw refuse(
		`'${label}' can't be ${quote(value)}`,
		`Choose one of ${Object.entries(allowed)
			.map(([one, title]) => `${title} (${one})`)
			.join(', ')}.`,
	);
}

/** @throws Refused when no object is chosen */
export function objectChoice(item: Item): ObjectChoice {
	const locator = item.parameter('object', '');
	const { value, label } =
		typeof locator === 'object' && locator !== null && 'value' in locator
			? {
					value: locator.value,
					label: 'cachedResultName' in locator ? locator.cachedResultName : undefined,
				}
			: { value: locator, label: undefined };
	const identifier =
		typeof value === 'string' || typeof value === 'number' ? `${value}`.trim() : '';
	if (identifier === '') {
		throw refuse(
			"'Object' is empty",
			"Choose an object under 'Object'; if it is an expression, see what it gives for this item.",
		);
	}
	if (identifier === '.' || identifier === '..') {
		throw refuse(`'Object' can't be ${quote(identifier)}`, "Choose an object under 'Object'.");
	}
	return { identifier, ...(typeof label === 'string' && label !== '' && { label }) };
}

/** A value as it can be shown in a message: short, and never `[object Object]`. */
export function quote(value: unknown): string {
	if (value === undefined || value === null) return 'empty';
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
	return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
