import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../kizen/response';
import type { Kizen } from '../kizen/client';
import type { ObjectSchema, Reference, Resolution } from '../fields';
import { fullName, searchTeam } from '../kizen/people';
import { searchNames, searchTags } from '../kizen/records';

/** What a row refers to by name, looked up once per distinct value and run. */
export interface References {
	/** What was found, or undefined for what {@link lookUp} was not asked for yet. */
	known(schema: ObjectSchema, reference: Reference): Resolution | undefined;
	/** @throws Refused */
	lookUp(schema: ObjectSchema, references: Reference[]): Promise<void>;
}

export function createReferences(kizen: Kizen): References {
	const found = new Map<string, Resolution>();
	const underWay = new Map<string, Promise<void>>();
	const find = async (schema: ObjectSchema, reference: Reference, key: string) => {
		found.set(key, choose(reference.text, await candidatesFor(kizen, schema, reference)));
	};
	return {
		known: (schema, reference) => found.get(keyOf(schema, reference)),
		async lookUp(schema, references) {
			await Promise.all(
				references.map(async (reference) => {
					const key = keyOf(schema, reference);
					if (found.has(key)) return;
					const search = underWay.get(key) ?? find(schema, reference, key);
					underWay.set(key, search);
					try {
						await search;
					} finally {
						underWay.delete(key);
					}
				}),
			);
		},
	};
}

function keyOf(schema: ObjectSchema, reference: Reference): string {
	const { kind, text, field } = reference;
	const place = { record: field.relatedObjectId, tag: field.id, member: '' }[kind];
	return JSON.stringify([kind, schema.id, place, text]);
}

/** A thing that can be referred to: what it may be called, best first. */
interface Candidate {
	id: string;
	names: string[];
}

/** Reads what Kizen finds for the text: parts of names, and more than names, so it is still compared. */
async function candidatesFor(
	kizen: Kizen,
	schema: ObjectSchema,
	reference: Reference,
): Promise<Candidate[]> {
	const { kind, text, field } = reference;
	const pages =
		kind === 'record'
			? searchNames(kizen, reference.objectId, { text, label: field.label })
			: kind === 'tag'
				? searchTags(kizen, schema, field, text)
				: searchTeam(kizen, text);
	return await collect(pages, kind);
}

async function collect(
	pages: AsyncIterable<IDataObject[]>,
	kind: Reference['kind'],
): Promise<Candidate[]> {
	const candidates: Candidate[] = [];
	for await (const page of pages) {
		for (const row of page) {
			if (typeof row.id !== 'string') continue;
			const names = NAMES[kind](row).filter(isText);
			candidates.push({ id: row.id, names });
		}
	}
	return candidates;
}

/** What a row may be called, best first. */
const NAMES: Record<Reference['kind'], (row: IDataObject) => unknown[]> = {
	record: (row) => {
		const read = fieldReader(row);
		const value = (name: string) => read(name) ?? row[name];
		const person = { first_name: value('first_name'), last_name: value('last_name') };
		return [value('name'), value('email'), row.display_name, fullName(person)];
	},
	member: (row) => [fullName(row), row.email, row.display_name],
	tag: ({ name }) => [name],
};

function isText(name: unknown): name is string {
	return typeof name === 'string' && name !== '';
}

/** A record's `fields` are keyed by ID or a list, their values bare or wrapped. */
function fieldReader(row: IDataObject): (name: string) => unknown {
	const fields = Object.values(row.fields ?? {}).filter(isObject);
	return (name) => {
		const value = fields.find((field) => field.name === name)?.value;
		return isObject(value) && 'value' in value ? value.value : value;
	};
}

/**
 * Whether an active record of the object has this name or email, in whatever case: archived ones are
 * not found by Kizen's search.
 *
 * @throws Refused
 */
export async function hasActiveRecord(
	kizen: Kizen,
	schema: ObjectSchema,
	text: string,
): Promise<boolean> {
	const pages = searchNames(kizen, schema.id, { text, label: schema.label });
	const candidates = await collect(pages, 'record');
	return !('none' in choose(text, candidates));
}

function choose(text: string, candidates: Candidate[]): Resolution {
	const same = (compare: (name: string) => boolean) =>
		candidates.filter(({ names }) => names.some(compare));
	const exact = same((name) => name === text);
	const alike = exact.length > 0 ? exact : same((name) => fold(name) === fold(text));
	if (alike.length === 1) return { id: alike[0].id, label: alike[0].names[0] };
	if (alike.length > 1) {
		return { candidates: alike.map(({ id, names }) => `${names.slice(0, 2).join(', ')} (${id})`) };
	}
	return { none: true, nearest: candidates[0]?.names[0] };
}

function fold(text: string): string {
	return text.trim().toLowerCase();
}
