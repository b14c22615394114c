import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { fold, isObject, quoted } from '../fields';
import { ProblemError } from '../outcome';

/**
 * Reads parameters, which an expression may have filled with anything. What does not fit is refused
 * with the parameter's display name, taken from its description.
 */

/** One input item as an operation sees it: its parameters, with every expression resolved for it. */
export interface Item {
	json: Readonly<Record<string, unknown>>;
	parameter(name: string, fallback: unknown): unknown;
}

/** A drop-down whose values are known by type. */
export interface Choice<T extends string> extends INodeProperties {
	options: Array<INodePropertyOptions & { value: T }>;
	default: T;
}

/** Describes a drop-down, so that {@link choiceOf} and {@link optionOf} return one of its values. */
export function choice<const T extends string>(parameter: Choice<T>): Choice<T> {
	// n8n would mark an expression that returns a name of the list, which is accepted as well.
	return { ...parameter, allowArbitraryValues: true };
}

/**
 * Returns what is chosen in a drop-down.
 *
 * @throws ProblemError for everything but the values and the names that the drop-down shows
 */
export function choiceOf<T extends string>(item: Item, parameter: Choice<T>): T {
	return valueAmong(item.parameter(parameter.name, parameter.default), parameter);
}

/** As {@link choiceOf}, for a drop-down among the Options. */
export function optionOf<T extends string>(item: Item, parameter: Choice<T>): T {
	return valueAmong(givenOption(item, parameter) ?? parameter.default, parameter);
}

function valueAmong<T extends string>(given: unknown, { displayName, options }: Choice<T>): T {
	if (typeof given === 'string') {
		const found =
			options.find(({ value }) => value === given) ??
			options.find(({ name }) => fold(name) === fold(given));
		if (found) return found.value;
	}
	const choices = options.map(({ name, value }) => `${name} (${value})`).join(', ');
	throw notAllowed(displayName, given, `Choose one of ${choices}.`);
}

/** Returns the value of one of the Options; undefined where nobody has set it. */
export function givenOption(item: Item, { name }: INodeProperties): unknown {
	const options = item.parameter('options', {});
	return isObject(options) && Object.hasOwn(options, name) ? options[name] : undefined;
}

/** Tells whether a switch is on; an expression may give the text `true`. */
export function isOn(item: Item, { name }: INodeProperties): boolean {
	const value = item.parameter(name, false);
	return value === true || value === 'true';
}

/**
 * Returns a whole number within the limits that the parameter's description sets.
 *
 * @param given what it holds, as a number or as text
 * @param otherwise what else to do about a number that does not fit
 * @throws ProblemError
 */
export function wholeNumber(
	given: unknown,
	{ displayName, typeOptions = {} }: INodeProperties,
	otherwise = '',
): number {
	const isText = typeof given === 'string' && given.trim() !== '';
	const number = isText || typeof given === 'number' ? Number(given) : NaN;
	const { minValue = 1, maxValue = Number.MAX_SAFE_INTEGER } = typeOptions;
	if (Number.isInteger(number) && number >= minValue && number <= maxValue) return number;
	const upTo = typeOptions.maxValue === undefined ? '' : ` to ${maxValue}`;
	throw notAllowed(displayName, given, `Enter a whole number from ${minValue}${upTo}${otherwise}.`);
}

/** As {@link wholeNumber}, for a number among the Options. */
export function numberOption(item: Item, parameter: INodeProperties): number {
	return wholeNumber(givenOption(item, parameter) ?? parameter.default, parameter);
}

/** Refuses what a parameter holds. */
export function notAllowed(displayName: string, given: unknown, remedy: string): ProblemError {
	return new ProblemError(`'${displayName}' can't be ${quote(given)}`, remedy);
}

/** Refuses a parameter that holds nothing. */
export function empty(displayName: string, remedy: string): ProblemError {
	return new ProblemError(
		`'${displayName}' is empty`,
		`${remedy} If you use an expression, check its result for this item.`,
	);
}

/** Returns what a resource locator holds; an expression may give the value alone. */
export function locatorValue(given: unknown): unknown {
	return isObject(given) && 'value' in given ? given.value : given;
}

/** A value as it can be shown in a message: short, and never `[object Object]`. */
export function quote(value: unknown): string {
	if (value === undefined || value === null) return 'empty';
	return quoted(typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value));
}
