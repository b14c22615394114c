import type { IDataObject } from 'n8n-workflow';

import {
	fold,
	nearest,
	plainSpaces,
	remembered,
	type ObjectSchema,
	type Reference,
	type Resolution,
} from '../fields';
import { searchNames, searchTags, searchTeam, type Kizen } from '../kizen';
import { CANDIDATE_OF, describeCandidate, type Candidate } from './candidates';

/** What rows refer to by name, looked up once per distinct value and run. */
export class References {
	private readonly found = new Map<string, Resolution>();
	private readonly inFlight = new Map<string, Promise<Resolution>>();

	constructor(private readonly kizen: Kizen) {}

	/** Returns what was found; undefined for what {@link lookUp} was not asked for yet. */
	known(schema: ObjectSchema, reference: Reference): Resolution | undefined {
		return this.found.get(referenceKey(schema, reference));
	}

	/**
	 * Asks Kizen for what is not known yet.
	 *
	 * @throws ProblemError
	 */
	async lookUp(schema: ObjectSchema, references: Reference[]): Promise<void> {
		await Promise.all(
			references.map(async (reference) => {
				const key = referenceKey(schema, reference);
				if (this.found.has(key)) return;
				const search = async () => await resolve(this.kizen, schema, reference);
				try {
					this.found.set(key, await remembered(this.inFlight, key, search));
				} finally {
					this.inFlight.delete(key);
				}
			}),
		);
	}
}

function referenceKey(schema: ObjectSchema, reference: Reference): string {
	const { kind, text, field } = reference;
	const place = { record: field.relatedObjectId, tag: field.id, member: '' }[kind];
	return JSON.stringify([kind, schema.id, place, text]);
}

/**
 * Kizen finds names that contain a text as it is written. A name that it does not find so may be
 * written there with other spaces or in another Unicode form, and is looked for by one of its words.
 */
async function resolve(
	kizen: Kizen,
	schema: ObjectSchema,
	reference: Reference,
): Promise<Resolution> {
	const { text: name } = reference;
	let near: string | undefined;
	for (const text of searchTexts(name)) {
		const max = text === name ? Infinity : MAX_LOOSELY_FOUND;
		const pages = pagesFor(kizen, schema, { ...reference, text });
		const found = await collectCandidates(pages, reference.kind, max);
		const resolution = choose(name, found);
		if (!('none' in resolution)) return resolution;
		near ??= resolution.nearest ?? (text === name ? found[0]?.names[0] : undefined);
	}
	return { none: true, nearest: near };
}

/** A word may be in very many names. */
const MAX_LOOSELY_FOUND = 2_000;

/** The name as it was typed, with single spaces, and the longest word that has one way to be written. */
function searchTexts(name: string): Set<string> {
	const text = plainSpaces(name).trim().replace(/ +/g, ' ').normalize('NFC');
	if (text.includes('@')) return new Set([name]);
	const words = text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => /^[a-z\d]+$/i.test(word));
	const parts = words.length > 0 ? words : text.split(/[^a-z\d]+/i);
	const word = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
	return new Set([name, text, ...(word.length > 1 ? [word] : [])]);
}

/** Reads what Kizen finds for the text: parts of names, and more than names, so it is still compared. */
function pagesFor(kizen: Kizen, schema: ObjectSchema, reference: Reference) {
	const { text, field } = reference;
	switch (reference.kind) {
		case 'record':
			return searchNames(kizen, reference.objectId, { text, label: field.label });
		case 'member':
			return searchTeam(kizen, text);
		case 'tag':
			return searchTags(kizen, schema, reference);
	}
}

async function collectCandidates(
	pages: AsyncIterable<IDataObject[]>,
	kind: Reference['kind'],
	max: number,
): Promise<Candidate[]> {
	const candidates: Candidate[] = [];
	for await (const page of pages) {
		candidates.push(...page.flatMap((row) => CANDIDATE_OF[kind](row) ?? []));
		if (candidates.length >= max) break;
	}
	return candidates;
}

function choose(text: string, candidates: Candidate[]): Resolution {
	const same = (compare: (name: string) => boolean) =>
		candidates.filter(({ names }) => names.some(compare));
	const exact = same((name) => name === text);
	const alike = exact.length > 0 ? exact : same((name) => fold(name) === fold(text));
	const [only, ...others] = alike;
	if (others.length > 0) return { candidates: alike.map(describeCandidate) };
	if (only) return { id: only.id, label: only.names[0] };
	return { none: true, nearest: nearest(text, candidates, ({ names }) => names)?.names[0] };
}
