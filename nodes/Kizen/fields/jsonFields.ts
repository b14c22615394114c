import type { IDataObject } from 'n8n-workflow';

import { listed, quoted } from './format';
import { nameInvisible } from './invisible';
import { isObject, own, textOf } from './typeGuards';
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
	if (isObject(fields)) return Object.entries(fields).flatMap(fromObject);
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
	try {
		return JSON.parse(text);
	} catch (thrown) {
		throw notJson(text, thrown instanceof Error ? thrown.message : String(thrown));
	}
}

/** @param reason what `JSON.parse` says, which names the position for most faults, but not for all */
function notJson(text: string, reason: string): UnreadableFields {
	const named = / at position (\d+)/.exec(reason)?.[1];
	const position = named === undefined ? undefined : Number(named);
	const inside = position === undefined ? undefined : insideText(text, position, reason);
	const what = inside ?? reason.replace(/(?: in JSON)? at position .*$/, '').replace(/\s+/g, ' ');
	const ends = position !== undefined && position >= text.length;
	return new UnreadableFields(
		`The JSON of the fields ${ends ? 'ends too early' : 'cannot be read'}: ${what}${placeOf(text, position)}.`,
		inside === undefined ? `${SYNTAX} ${TEMPLATE}` : TEMPLATE,
	);
}

const SYNTAX =
	'Separate entries with commas, without a comma after the last one. Put names and texts in double quotes. Close every bracket.';

const TEMPLATE =
	"If an expression puts values into the JSON, set 'Specify Fields' to Map Fields, or write {{ JSON.stringify($json.note) }} without quotes around it, which writes line breaks and quotation marks as JSON needs them.";

/** What a text inside the JSON contains that JSON does not allow there; undefined for other faults. */
function insideText(text: string, position: number, reason: string): string | undefined {
	const contains = (what: string) => `a text in it contains ${what}`;
	const character = text.charAt(position);
	if (reason.startsWith('Bad escaped character')) return contains('a backslash');
	if (reason.startsWith('Bad control character')) return contains(nameInvisible(character));
	// The text ended at a quotation mark and goes on behind it.
	const afterText = text.slice(0, position).trimEnd().endsWith('"');
	const isNextText = character === '"' && text[position - 1] !== '"';
	return reason.startsWith("Expected ',' or") && afterText && !isNextText
		? contains('a quotation mark')
		: undefined;
}

function placeOf(text: string, position: number | undefined): string {
	if (position === undefined) return '';
	const before = text.slice(0, position).split('\n');
	const column = (before.at(-1) ?? '').length + 1;
	const near = text
		.slice(Math.max(0, position - 20), position + 20)
		.replace(/\s+/g, ' ')
		.trim();
	return `, at line ${before.length}, column ${column}, near ${quoted(near)}`;
}

function fromObject([key, value]: [string, unknown]): GivenField[] {
	if (!isObject(value)) return [{ key, change: 'value', value }];
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

const CHANGE_KEYS = ['value', 'add_values', 'remove_values'] as const;

function fromList(entry: unknown, index: number): GivenField[] {
	const place = `Entry ${index + 1} of the list of fields`;
	if (!isObject(entry)) {
		throw new UnreadableFields(`${place} is ${quoted(entry)}, which is not an object.`, SHAPES);
	}
	const key = keyOf(entry, place);
	const changes = CHANGE_KEYS.filter((change) => Object.hasOwn(entry, change));
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

function keyOf(entry: IDataObject, place: string): string {
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
