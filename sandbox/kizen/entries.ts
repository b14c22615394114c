import { fieldTypes } from './fieldTypes';
import {
	fieldNamed,
	fieldWithId,
	holdsMany,
	type Field,
	type KizenObject,
	type Stored,
} from './model';
import { Envelope, forbidden, keyed, KizenError, ValueError, worded, type Problem } from './errors';
import { systemFields } from './schema';
import { atEnds, type Switches } from './switches';
import type { World } from './world';

export type Body = Record<string, unknown>;

/** One accepted entry: what becomes of the value that the field holds. */
export interface Change {
	field: Field;
	/** Its place in what was sent; -1 when Kizen added it itself. */
	index: number;
	next: (held: Stored | undefined) => Stored | undefined;
}

/** Everything that was sent for one record. */
export interface Write {
	object: KizenObject;
	changes: Change[];
	envelope: Envelope;
}

export const required: Problem = { message: 'This field is required.', code: 'required' };
const mayNotBeNull: Problem = { message: 'This field may not be null.', code: 'null' };
const mayNotBeBlank: Problem = { message: 'This field may not be blank.', code: 'blank' };
const mayNotBeEmpty: Problem = { message: 'This list may not be empty.', code: 'empty' };
const notWritable: Problem = {
	message: 'You do not have permission to write this field.',
	code: 'forbidden_field_write',
};

export function choice<T extends string>(
	world: World,
	body: Body,
	key: string,
	allowed: readonly T[],
): T | undefined {
	const value = body[key];
	if (value === undefined || value === null) return undefined;
	const found = allowed.find((each) => each === value);
	if (found !== undefined) return found;
	const message = `"${String(value)}" is not a valid choice.`;
	throw keyed(world.switches, key, { message, code: 'invalid_choice' });
}

export function lookupValue(world: World, body: Body): string {
	const value = body.lookup_value;
	if (value === undefined) throw keyed(world.switches, 'lookup_value', required);
	if (value === null) throw keyed(world.switches, 'lookup_value', mayNotBeNull);
	if (typeof value !== 'string') {
		const problem = { message: 'Not a valid string.', code: 'invalid' };
		throw keyed(world.switches, 'lookup_value', problem);
	}
	if (value.trim() === '') throw keyed(world.switches, 'lookup_value', mayNotBeBlank);
	return atEnds(world.switches, value);
}

/** Contacts are not written by api name, with 403 (app-engine docs, gotchas). */
export function refuseContactsByName(
	world: World,
	object: KizenObject,
	body: Body,
	operation: 'add' | 'upsert',
): void {
	const { contactsByName } = world.switches;
	if (object.name !== 'client_client' || contactsByName === 'accepted') return;
	if (contactsByName === 'refused on add' && operation !== 'add') return;
	const entries = Array.isArray(body.fields) ? body.fields : [];
	if (entries.some((entry) => isRecord(entry) && entry.id === undefined)) throw forbidden();
}

/** Checks all entries; throws the positional envelope when any is not taken. */
export function readWrite(world: World, object: KizenObject, body: Body): Write {
	const sent = body.fields ?? [];
	if (!Array.isArray(sent)) {
		const message = 'Expected a list of items but got type "' + typeof sent + '".';
		throw keyed(world.switches, 'fields', { message, code: 'not_a_list' });
	}
	const envelope = new Envelope(world.switches, sent.length);
	const changes = sent.flatMap((entry, index) => readEntry(world, object, entry, index, envelope));
	envelope.close();
	return { object, changes, envelope };
}

const valueKeys = ['value', 'add_values', 'remove_values'] as const;

function readEntry(
	world: World,
	object: KizenObject,
	entry: unknown,
	index: number,
	envelope: Envelope,
): Change[] {
	const refuse = (key: string, problem: Problem) => {
		envelope.add(problem, { index, key });
		return [];
	};
	const by = (key: 'id' | 'name') => isRecord(entry) && entry[key] !== undefined;
	if (!isRecord(entry) || by('id') === by('name')) {
		const message = 'Give either id or name.';
		return refuse('non_field_errors', { message, code: 'invalid' });
	}
	const key = by('id') ? 'id' : 'name';
	const find = key === 'id' ? fieldWithId : fieldNamed;
	const field = find(object, String(entry[key]));
	if (field === undefined || !field.access.view) {
		const message = `Field "${String(entry[key])}" does not exist.`;
		return refuse(key, { message, code: 'does_not_exist' });
	}
	if (isStage(object, field) && world.switches.stageInFields !== 'accepted') {
		if (world.switches.stageInFields === 'ignored') return [];
		envelope.answerWith(403);
		return refuse(key, notWritable);
	}
	if (field.is_read_only || !field.access.edit || systemFields.includes(field.name)) {
		envelope.answerWith(403);
		return refuse(key, notWritable);
	}
	const given = valueKeys.filter((each) => entry[each] !== undefined);
	if (given.length === 0) return refuse('value', required);
	return given.flatMap((valueKey) => {
		try {
			const next = nextValue(world, object, field, valueKey, entry[valueKey]);
			return next === undefined ? [] : [{ field, index, next }];
		} catch (error) {
			if (!(error instanceof ValueError)) throw error;
			if (error.status === 403) envelope.answerWith(403);
			return refuse(valueKey, error.problem);
		}
	});
}

/** What an entry does to its field; undefined when it is taken but does nothing. */
function nextValue(
	world: World,
	object: KizenObject,
	field: Field,
	key: (typeof valueKeys)[number],
	value: unknown,
): Change['next'] | undefined {
	const many = holdsMany(field);
	if (key !== 'value' && !many) {
		throw new ValueError({ message: 'This field does not hold several values.', code: 'invalid' });
	}
	const blank = many ? blankOfMany(value) : blankOfOne(value);
	if (blank !== undefined && key === 'value') {
		const effect = blank.effect(world.switches, field);
		if (effect === 'refused') throw new ValueError(blank.problem);
		return effect === 'clears' ? () => undefined : undefined;
	}
	const type = fieldTypes[field.field_type];
	const place = { ...world, object, field };
	if (!many) {
		const stored = type.write(value, place);
		return () => stored;
	}
	if (!Array.isArray(value)) {
		const message = `Expected a list of items but got type "${typeof value}".`;
		throw new ValueError({ message, code: 'not_a_list' });
	}
	const ids = [...new Set(value.map((each) => String(type.write(each, place))))];
	const heldBy = (held: Stored | undefined) => (Array.isArray(held) ? held : []);
	return {
		value: () => ids,
		add_values: (held: Stored | undefined) => [...new Set([...heldBy(held), ...ids])],
		remove_values: (held: Stored | undefined) => heldBy(held).filter((each) => !ids.includes(each)),
	}[key];
}

interface Blank {
	problem: Problem;
	effect: (switches: Switches, field: Field) => 'clears' | 'refused' | 'ignored';
}

const nullBlank: Blank = {
	problem: mayNotBeNull,
	effect: ({ nullValue }, field) => (field.allows_nulls ? nullValue : 'refused'),
};

const textBlank: Blank = {
	problem: mayNotBeBlank,
	effect: ({ emptyText }, { allows_empty, is_required }) => {
		if (is_required) return 'refused';
		return allows_empty ? 'clears' : emptyText;
	},
};

const listBlank: Blank = {
	problem: mayNotBeEmpty,
	effect: ({ emptyList }, { is_required }) => (is_required ? 'refused' : emptyList),
};

function blankOfOne(value: unknown): Blank | undefined {
	if (value === null) return nullBlank;
	return value === '' ? textBlank : undefined;
}

function blankOfMany(value: unknown): Blank | undefined {
	if (value === null) return nullBlank;
	return Array.isArray(value) && value.length === 0 ? listBlank : undefined;
}

export function refuseMissing(world: World, write: Write): void {
	const { object, changes } = write;
	const given = new Set(
		changes.filter(({ next }) => next(undefined) !== undefined).map(({ field }) => field.name),
	);
	const needsEmail =
		object.name === 'client_client' && world.switches.contactWithoutEmail === 'refused';
	const defaulted = ['owner', ...(object.stages.length > 0 ? ['stage'] : [])];
	const missing = object.fields.filter(
		(field) =>
			!field.deleted &&
			(field.is_required || (needsEmail && field.name === 'email')) &&
			!given.has(field.name) &&
			!defaulted.includes(field.name),
	);
	if (missing.length === 0) return;
	if (world.switches.missingRequired === 'keyed') {
		const said = [worded(world.switches, required)];
		const body = Object.fromEntries(missing.map(({ name }) => [name, said]));
		throw new KizenError(400, body);
	}
	for (const { display_name: label } of missing) {
		write.envelope.add({ ...required, message: `${label}: ${required.message}` });
	}
	write.envelope.close();
}

export function isStage(object: KizenObject, field: Field): boolean {
	return field.name === 'stage' && object.object_type === 'pipeline';
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
