import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../kizen/response';
import type { Kizen } from '../kizen/client';
import type { ObjectSchema, Reference, Resolution } from '../fields';
import { ask, rowsOf } from '../kizen/objects';

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
		const { text, kind, field } = reference;
		const candidates = await search(kizen, searchFor(schema, reference), field.label, kind);
		found.set(key, choose(text, candidates));
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
	return JSON.stringify([reference.kind, searchFor(schema, reference).path, reference.text]);
}

/** A thing that can be referred to: what it may be called, best first. */
interface Candidate {
	id: string;
	names: string[];
}

const PAGE_SIZE = 100;
const MOST_PAGES = 10;

interface Search {
	path: string[];
	query: IDataObject;
	body?: IDataObject;
}

async function search(
	kizen: Kizen,
	{ path, query, body }: Search,
	what: string,
	kind: Reference['kind'],
): Promise<Candidate[]> {
	const seen: Candidate[] = [];
	for (let page = 1; page <= MOST_PAGES; page++) {
		const answer = await ask(
			kizen,
			{ path, query: { ...query, page, page_size: PAGE_SIZE }, body },
			what,
		);
		for (const row of rowsOf(answer)) {
			const candidate = CANDIDATE[kind](row);
			if (candidate) seen.push(candidate);
		}
		if (Array.isArray(answer) || !answer.next) break;
	}
	return seen;
}

/** Kizen searches in parts of names and in more than names, so what it gives is still compared. */
function searchFor(schema: ObjectSchema, reference: Reference): Search {
	const query = { search: reference.text };
	switch (reference.kind) {
		case 'record':
			return recordSearch(reference.objectId, reference.text);
		case 'member':
			return { path: ['team', 'typeahead'], query };
		case 'tag':
			return {
				path: schema.isContacts
					? ['client', 'fields', reference.field.id, 'tags']
					: ['pipelines', schema.id, 'fields', reference.field.id, 'tags'],
				query,
			};
	}
}

function recordSearch(objectId: string, text: string): Search {
	return {
		path: ['records', objectId, 'search'],
		query: { search: text },
		// Names that the object does not have are dropped (kizen/builder-cli, 2026-08-13).
		body: { field_names: ['name', 'email', 'first_name', 'last_name'] },
	};
}

const CANDIDATE: Record<Reference['kind'], (row: unknown) => Candidate | undefined> = {
	record: (row) => {
		if (!isObject(row) || typeof row.id !== 'string') return undefined;
		const value = fieldReader(row);
		return {
			id: row.id,
			names: named([
				value('name') ?? row.name,
				value('email') ?? row.email,
				row.display_name,
				[value('first_name') ?? row.first_name, value('last_name') ?? row.last_name],
			]),
		};
	},
	member: (row) => {
		if (!isObject(row) || typeof row.id !== 'string') return undefined;
		return {
			id: row.id,
			names: named([[row.first_name, row.last_name], row.email, row.display_name]),
		};
	},
	tag: (row) => {
		if (!isObject(row) || typeof row.id !== 'string') return undefined;
		return { id: row.id, names: named([row.name]) };
	},
};

function named(names: unknown[]): string[] {
	return names
		.map((name) => (Array.isArray(name) ? name.filter(Boolean).join(' ') : name))
		.filter((name): name is string => typeof name === 'string' && name !== '');
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
	const candidates = await search(kizen, recordSearch(schema.id, text), schema.label, 'record');
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
