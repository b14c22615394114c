import type { IDataObject } from 'n8n-workflow';

import type { Kizen } from '../kizen/client';
import type { ObjectSchema, Reference, Resolution } from '../fields';
import { searchTeam } from '../kizen/people';
import { searchNames, searchTags } from '../kizen/records';
import {
	describeCandidate,
	memberCandidate,
	recordCandidate,
	tagCandidate,
	type Candidate,
} from './candidates';

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
		candidates.push(...page.flatMap((row) => CANDIDATE[kind](row) ?? []));
	}
	return candidates;
}

const CANDIDATE = {
	record: recordCandidate,
	member: memberCandidate,
	tag: tagCandidate,
} satisfies Record<Reference['kind'], unknown>;

function choose(text: string, candidates: Candidate[]): Resolution {
	const same = (compare: (name: string) => boolean) =>
		candidates.filter(({ names }) => names.some(compare));
	const exact = same((name) => name === text);
	const alike = exact.length > 0 ? exact : same((name) => fold(name) === fold(text));
	if (alike.length === 1) return { id: alike[0].id, label: alike[0].names[0] };
	if (alike.length > 1) {
		return { candidates: alike.map(describeCandidate) };
	}
	return { none: true, nearest: candidates[0]?.names[0] };
}

function fold(text: string): string {
	return text.trim().toLowerCase();
}
