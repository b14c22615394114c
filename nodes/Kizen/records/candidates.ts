import type { IDataObject } from 'n8n-workflow';

import { fullName, isObject, simplifyFields, type Reference } from '../fields';

/** Something that Kizen found for a text: a record, a team member or a tag. */
export interface Candidate {
	id: string;
	/** What it may be called, best first. */
	names: string[];
	/** Of a record: its name field. */
	name?: string | undefined;
	/** Of a contact. */
	email?: string | undefined;
	/** When it was created, as Kizen sends it. */
	created?: string | undefined;
	/** Full name of its owner. */
	owner?: string | undefined;
}

/** Reads a record from a row of a search that asked for {@link Candidate}'s fields. */
export function recordCandidate(row: IDataObject): Candidate | undefined {
	const fields = simplifyFields(row.fields);
	const value = (name: string) => fields[name] ?? row[name];
	const person = { first_name: value('first_name'), last_name: value('last_name') };
	const owner = value('owner');
	const name = textIfAny(value('name'));
	const email = textIfAny(value('email'));
	return candidate(row, [name, email, row.display_name, fullName(person)], {
		name,
		email,
		created: textIfAny(value('created')),
		owner: isObject(owner) ? fullName(owner) || textIfAny(owner.name) : undefined,
	});
}

/** Reads what was found for a reference, by its kind. */
export const CANDIDATE_OF: Record<Reference['kind'], (row: IDataObject) => Candidate | undefined> =
	{
		record: recordCandidate,
		member: (row) => candidate(row, [fullName(row), row.email, row.display_name]),
		tag: (row) => candidate(row, [row.name]),
	};

/**
 * Tells a candidate apart from its namesakes by what people know: its other name or email, when it
 * was created and whose it is.
 */
export function describeCandidate({ names, created, owner }: Candidate): string {
	const [name, other] = [...new Set(names)];
	const facts = [
		...(other ? [other] : []),
		...(created ? [`created ${created.slice(0, 16).replace('T', ' ')}`] : []),
		...(owner ? [`owner ${owner}`] : []),
	];
	return `${name}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}

function candidate(
	{ id }: IDataObject,
	names: unknown[],
	facts: Omit<Candidate, 'id' | 'names'> = {},
): Candidate | undefined {
	if (typeof id !== 'string') return undefined;
	return { id, names: names.flatMap((name) => textIfAny(name) ?? []), ...facts };
}

function textIfAny(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}
