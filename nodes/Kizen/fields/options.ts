import { listed, quoted } from './format';
import { trimInvisible } from './invisible';
import { remembered } from './remembered';
import type { Field, FieldOption } from './schema';
import { countSeparators, cutAroundNames } from './separators';
import { fold, nearest } from './textMatch';
import { isObject, own, textOf } from './typeGuards';
import { invalid, type Written } from './types';

type FoundOption = { option: FieldOption } | { several: FieldOption[] } | { unknown: true };

export function writeOption(given: unknown, field: Field): Written {
	const found = findOption(given, field);
	if ('option' in found) return found.option;
	const shown = quoted(isObject(given) ? (given.name ?? given.id ?? given) : given);
	if ('several' in found) {
		return invalid(
			`"${field.label}" has ${found.several.length} options that ${shown} may mean.`,
			`Give one of them another label in Kizen, or give the ID: ${listed(found.several.map(({ id, label }) => `${label} (${id})`))}.`,
		);
	}
	return invalid(
		`"${field.label}" has no option ${shown}.`,
		field.options.length > 0 ? choices(given, field) : 'Add options to the field in Kizen first.',
	);
}

/** What may be chosen instead, the likeliest first. */
export function choices(given: unknown, field: Field): string {
	const text = isObject(given) ? given.name : given;
	const near =
		typeof text === 'string'
			? nearest(text, field.options, ({ label, code }) => [label, code])
			: undefined;
	const others = field.options.map(({ label }) => label).filter((label) => label !== near?.label);
	return near
		? `Choose one of ${listed([near.label, ...others])}.`
		: `It may have been renamed or removed in Kizen; choose one of ${listed(others)}.`;
}

/**
 * An option by its id, label or code. What is written exactly so wins over what differs in case or
 * spacing, a label over a code. Of Kizen's own `{id, code, name}` the id counts, and the name where
 * the id is gone.
 */
export function findOption(given: unknown, field: Field): FoundOption {
	if (isObject(given)) {
		for (const key of ['id', 'name', 'code']) {
			const part = own(given, key);
			const found = part === undefined ? undefined : findOption(part, field);
			if (found && !('unknown' in found)) return found;
		}
		return { unknown: true };
	}
	if (!isWord(given)) return { unknown: true };
	const text = trimInvisible(String(given));
	const { spellings, known } = optionIndexOf(field);
	return remembered(known, text, () => lookUpOption(text, spellings));
}

function lookUpOption(text: string, spellings: OptionIndex['spellings']): FoundOption {
	for (const [spell, options] of spellings) {
		const found = options.get(spell(text)) ?? [];
		const [option, ...others] = found;
		if (option) return others.length === 0 ? { option } : { several: found };
	}
	return { unknown: true };
}

function isWord(given: unknown): given is string | number | boolean {
	return typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean';
}

/**
 * Several options in one text: labels that hold a comma or a semicolon themselves are found before
 * the text is cut at it.
 */
export function splitOptions(text: string, field: Field): string[] {
	if (isOptionName(text, field)) return [text];
	return cutAroundNames(text, optionIndexOf(field).maxSeparators, (piece) =>
		isOptionName(piece, field),
	);
}

function isOptionName(text: string, field: Field): boolean {
	return !('unknown' in findOption(text, field));
}

/**
 * The label. Where a field that can be written has it twice, `{id, name}`, so that the same option is
 * written again.
 */
export function readOptionValue(value: unknown, field?: Field): unknown {
	const options = field?.options ?? [];
	const id = isObject(value) ? value.id : value;
	const label = isObject(value)
		? value.name || value.code
		: options.find((option) => option.id === value)?.label;
	if (!label) return value;
	const isShared = options.filter((option) => option.label === textOf(label)).length > 1;
	return isShared && field?.readOnly === false ? { id, name: label } : label;
}

type Spelling = (text: string) => string;

interface OptionIndex {
	/** Ways to spell an option, those that count first in front. */
	spellings: Array<[Spelling, Map<string, FieldOption[]>]>;
	/** In one label or code. */
	maxSeparators: number;
	known: Map<string, FoundOption>;
}

const optionIndexes = new WeakMap<Field, OptionIndex>();

function optionIndexOf(field: Field): OptionIndex {
	return remembered(optionIndexes, field, () => {
		const asWritten: Spelling = (text) => text;
		const separators = field.options.flatMap(({ label, code }) =>
			[label, code].map(countSeparators),
		);
		return {
			spellings: [
				[asWritten, by(field.options, ({ id }) => id)],
				[asWritten, by(field.options, ({ label }) => label)],
				[asWritten, by(field.options, ({ code }) => code)],
				[fold, by(field.options, ({ label }) => fold(label))],
				[fold, by(field.options, ({ code }) => fold(code))],
				[fold, by(field.options, ({ id }) => fold(id))],
			],
			maxSeparators: separators.reduce((most, count) => Math.max(most, count), 0),
			known: new Map(),
		};
	});
}

function by(
	options: FieldOption[],
	spelling: (option: FieldOption) => string,
): Map<string, FieldOption[]> {
	const found = new Map<string, FieldOption[]>();
	for (const option of options) {
		const key = spelling(option);
		if (key !== '') remembered(found, key, () => []).push(option);
	}
	return found;
}
