import { listed, quoted } from './format';
import { trimInvisible } from './invisible';
import type { Field } from './schema';
import { cutsOf } from './separators';
import { isObject, isUuid, own, textOf } from './typeGuards';
import { invalid, type ValueContext, type Reference, type Written } from './types';

/** What a reference may be given as: an id, or words to look it up by. */
type Pointer = { id: string; label?: string | undefined } | { text: string } | undefined;

interface ReferenceRule {
	/** The question to Kizen; undefined where it cannot be asked. */
	refer(text: string, field: Field): Reference | undefined;
	/** What is looked for, in the user's words. */
	what(field: Field): string;
	/** What it can be found by. */
	how: string;
	/** What to do where there is none. */
	otherwise(field: Field): string;
}

const RECORD_RULE: ReferenceRule = {
	refer: (text, field) =>
		field.relatedObjectId === undefined
			? undefined
			: { kind: 'record', objectId: field.relatedObjectId, text, field },
	what: (field) => field.relatedEntityLabel ?? 'record',
	how: 'its name, or its email if it is a contact',
	otherwise: ({ relatedEntityLabel = 'record' }) =>
		`Check the name, or create the ${relatedEntityLabel} in Kizen first.`,
};

const MEMBER_RULE: ReferenceRule = {
	refer: (text, field) => ({ kind: 'member', text, field }),
	what: () => 'team member',
	how: 'the email or full name',
	otherwise: () => 'Enter the email or full name of somebody in your Kizen team.',
};

const TAG_RULE: ReferenceRule = {
	refer: (text, field) => ({ kind: 'tag', text, field }),
	what: () => 'tag',
	how: 'its label',
	otherwise: () => 'Choose a tag that Kizen has, or add the tag in Kizen first.',
};

/** How each kind of reference is written, alone and several in one text. */
export const recordReference = {
	write: writeReference(RECORD_RULE),
	split: splitReferences(RECORD_RULE),
};
export const memberReference = {
	write: writeReference(MEMBER_RULE),
	split: splitReferences(MEMBER_RULE),
};
export const tagReference = { write: writeReference(TAG_RULE), split: splitReferences(TAG_RULE) };

function writeReference(rule: ReferenceRule) {
	return (given: unknown, field: Field, context: ValueContext): Written => {
		const what = rule.what(field);
		const pointer = pointerOf(given);
		if (pointer && 'id' in pointer) return pointer;
		const reference = pointer && rule.refer(pointer.text, field);
		if (!reference) {
			return invalid(
				`"${field.label}" takes a ${what}; ${quoted(given)} does not say which.`,
				pointer ? `Give the ${what}'s ID.` : `Give ${rule.how}, or the ID.`,
			);
		}
		const found = context.resolve(reference);
		if (found === undefined) return { missing: reference };
		if ('id' in found) return found;
		if ('candidates' in found) {
			return invalid(
				`"${field.label}": Kizen has more than one ${what} called ${quoted(reference.text)}.`,
				`Give the ID of one, or what only one of them has, such as an email. They are: ${listed(found.candidates)}.`,
			);
		}
		const meant = found.nearest === undefined ? '' : `Did you mean ${quoted(found.nearest)}? `;
		return invalid(
			`"${field.label}": Kizen has no ${what} called ${quoted(reference.text)}.`,
			`${meant}${rule.otherwise(field)}`,
		);
	};
}

/** An id, a name, or what Kizen and this node put out: `{id, name}`. An id wins over a name. */
function pointerOf(given: unknown): Pointer {
	if (isObject(given)) {
		const id = textOf(own(given, 'id'));
		if (id !== undefined && isUuid(id)) return { id, label: textOf(given.name) };
		const { email, name, display_name } = given;
		const text = textOf(email) ?? textOf(name) ?? textOf(display_name) ?? fullName(given);
		return text ? { text } : undefined;
	}
	const text = typeof given === 'number' ? String(given) : textOf(given);
	if (text === undefined) return undefined;
	return isUuid(text) ? { id: text } : { text };
}

/**
 * Several names in one text. A name may hold a comma (`Acme, Inc.`), so the whole text is looked up
 * first, unless all its pieces are ids or emails; then the pieces of each way to cut it, until all
 * of them are names.
 */
function splitReferences(rule: ReferenceRule) {
	return (text: string, field: Field, context: ValueContext): string[] => {
		const cuts = cutsOf(text);
		const smallest = cuts.at(-1) ?? [text];
		if (smallest.every(speaksForItself)) return smallest;
		const isUnknown = (piece: string): boolean => {
			if (isUuid(trimInvisible(piece))) return false;
			const reference = rule.refer(trimInvisible(piece), field);
			const found = reference && context.resolve(reference);
			return reference === undefined || (found !== undefined && 'none' in found);
		};
		return [[text], ...cuts].find((cut) => !cut.some(isUnknown)) ?? smallest;
	};
}

function speaksForItself(piece: string): boolean {
	const text = trimInvisible(piece);
	return text === '' || isUuid(text) || (text.includes('@') && !/\s/.test(text));
}

/** Uploaded files, by the ids that Kizen gave them. */
export function writeFile(given: unknown, field: Field): Written {
	const id = textOf(isObject(given) ? own(given, 'id') : given);
	if (id !== undefined && isUuid(id)) return { id };
	return invalid(
		`"${field.label}" takes files that are in Kizen already; ${quoted(given)} is not the ID of one.`,
		"Upload the file in Kizen. The operation 'Get' returns its ID with the record that has the file.",
	);
}

/**
 * `{id, name}`; a contact's and a team member's name is the full name, or else the email. A team
 * member who has left is `deleted: true` as well.
 */
export function readReference(value: unknown): unknown {
	if (!isObject(value) || textOf(value.id) === undefined) return value;
	const name =
		textOf(value.name) ||
		fullName(value) ||
		textOf(value.full_name) ||
		textOf(value.display_name) ||
		textOf(value.email);
	const { id, deleted } = value;
	return { id, ...(name !== undefined && { name }), ...(deleted === true && { deleted }) };
}

/** Joins a person's first and last name; the empty text where there is neither. */
export function fullName(person: { first_name?: unknown; last_name?: unknown }): string {
	return [person.first_name, person.last_name].map(textOf).filter(Boolean).join(' ');
}

export function readTag(value: unknown): unknown {
	return isObject(value) ? (textOf(value.name) ?? value) : value;
}

/** What a file is called and where it can be fetched, as far as Kizen says it. */
export function readFile(value: unknown): unknown {
	if (!isObject(value) || textOf(value.id) === undefined) return value;
	const known = ['id', 'name', 'url', 'content_type']
		.map((key): [string, unknown] => [key, own(value, key)])
		.filter(([, part]) => part !== undefined && part !== null);
	return Object.fromEntries(known);
}
