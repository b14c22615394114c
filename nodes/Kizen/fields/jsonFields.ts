import { whereJsonStops } from './jsonPosition';
import { isDict, own, textOf, type Dict } from './typeGuards';
import { listed, quoted } from './format';
import type { GivenField } from './types';

/** Fields given as JSON that cannot be understood, in the user's words. */
export class UnreadableFields extends Error {
	constructor(
		message: string,
		readonly remedy: string,
	) {
		super(message);
	}
}

/**
 * Fields given as JSON (text or already parsed): an object by API name or label, or Kizen's own list
 * of `{name | id, value | add_values | remove_values}`. In the object, `{"add": […]}`,
 * `{"remove": […]}` (or both) and `{"clear": true}` change what a field holds. Nothing at all is no
 * fields.
 * @throws {@link UnreadableFields} that says where and why
 */
export function parseJsonFields(json: unknown): GivenField[] {
	const fields = typeof json === 'string' ? parse(json) : json;
	if (fields === undefined || fields === null || fields === '') return [];
	if (Array.isArray(fields)) return fields.flatMap(fromList);
	if (isDict(fields)) return Object.entries(fields).flatMap(fromObject);
	throw new UnreadableFields(
		`The JSON of the fields is ${quoted(fields)}, which is neither an object nor a list.`,
		SHAPES,
	);
}

const SHAPES =
	'Write an object such as {"Company": "Acme"}, or a list such as [{"name": "company", "value": "Acme"}].';

function parse(json: string): unknown {
	const text = json.trim();
	if (text === '') return undefined;
	const stop = whereJsonStops(text);
	if (stop === undefined) return JSON.parse(text);
	const before = text.slice(0, stop).split('\n');
	const line = before.length;
	const column = (before.at(-1) ?? '').length + 1;
	const snippet = text
		.slice(Math.max(0, stop - 20), stop + 20)
		.replace(/\s+/g, ' ')
		.trim();
	throw new UnreadableFields(
		stop >= text.length
			? `The JSON of the fields ends too early, after ${quoted(snippet)}.`
			: `The JSON of the fields cannot be read from line ${line}, column ${column} on, near ${quoted(snippet)}.`,
		'Check for a comma between entries but none after the last, double quotes around names and texts, and closed brackets.',
	);
}

function fromObject([key, value]: [string, unknown]): GivenField[] {
	if (!isDict(value)) return [{ key, change: 'value', value }];
	const keys = Object.keys(value);
	if (keys.length === 1 && own(value, 'clear') === true) {
		return [{ key, change: 'clear', value: null }];
	}
	if (keys.length === 0 || !keys.every((one) => one === 'add' || one === 'remove')) {
		return [{ key, change: 'value', value }];
	}
	return keys.map((one) => ({
		key,
		change: one === 'add' ? 'add_values' : 'remove_values',
		value: value[one],
	}));
}

const CHANGES = ['value', 'add_values', 'remove_values'] as const;

function fromList(entry: unknown, index: number): GivenField[] {
	const place = `Entry ${index + 1} of the list of fields`;
	if (!isDict(entry)) {
		throw new UnreadableFields(`${place} is ${quoted(entry)}, which is not an object.`, SHAPES);
	}
	const key = keyOf(entry, place);
	const changes = CHANGES.filter((change) => Object.hasOwn(entry, change));
	if (changes.length === 0) {
		throw new UnreadableFields(
			`${place} (${quoted(key)}) has no value.`,
			'Give it a "value", "add_values" or "remove_values".',
		);
	}
	if (changes.length > 1 && changes.includes('value')) {
		throw new UnreadableFields(
			`${place} (${quoted(key)}) has ${listed(changes.map((change) => `"${change}"`))} at once.`,
			'Keep "value", which replaces, or the others, which add and remove.',
		);
	}
	return changes.map((change) => ({ key, change, value: entry[change] }));
}

function keyOf(entry: Dict, place: string): string {
	const name = textOf(own(entry, 'name'));
	const id = textOf(own(entry, 'id'));
	// Kizen takes one or the other (kizen/app-engine, platform API).
	if (name !== undefined && id !== undefined) {
		throw new UnreadableFields(
			`${place} names its field twice, by name ${quoted(name)} and by id ${quoted(id)}.`,
			'Keep "name" or "id".',
		);
	}
	const key = name ?? id;
	if (key === undefined) {
		throw new UnreadableFields(
			`${place} does not say which field it is for.`,
			'Give it a "name" or an "id".',
		);
	}
	return key;
}
