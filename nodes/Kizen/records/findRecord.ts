import type { IDataObject } from 'n8n-workflow';

import { empty, locatorValue, notAllowed, quote, record, type Item } from '../description';
import {
	foldIdentifier,
	isObject,
	isUuid,
	listed,
	readIdentifier,
	uuidsIn,
	type ObjectSchema,
} from '../fields';
import type { FieldSelection, Records } from '../kizen';
import { ProblemError } from '../outcome';
import { describeCandidate, recordCandidate, type Candidate } from './candidates';

/** One record, as the parameter Record names it. */
type RecordChoice = { id: string } | { name: string };

/**
 * Reads the parameter Record: an ID, a link copied from Kizen, or a name or email. An expression in
 * place of the locator may give any of them.
 *
 * @throws ProblemError
 */
export function readRecord(item: Item): RecordChoice {
	const { displayName, name } = record;
	const given = item.parameter(name, '');
	const value = locatorValue(given);
	const mode = isObject(given) ? given.mode : undefined;
	const read = readIdentifier(value, `'${displayName}'`, true);
	if (read === undefined) {
		throw notAllowed(displayName, value, 'Enter an ID, a link, or a name or email as text.');
	}
	if ('invalid' in read) throw new ProblemError(read.invalid.message, read.invalid.remedy ?? '');
	const { text } = read;
	if (text === '') throw empty(displayName, 'Enter a record for every item.');
	if (mode === 'name') return { name: text };
	const id = idIn(text);
	if (id !== undefined) return { id };
	if (mode === undefined && !URL.canParse(text)) return { name: text };
	throw new ProblemError(
		`'${displayName}' can't be ${quote(value)}, which is not a record's ID or link`,
		`Enter an ID such as 1d3f7886-8542-4e5c-833e-4023e2d3a8e2 or a link copied from Kizen, or choose By Name or Email under '${displayName}'.`,
	);
}

/** The ID itself, or the last one in the path of a link, where the record comes after its object. */
function idIn(text: string): string | undefined {
	if (isUuid(text)) return text.toLowerCase();
	if (!URL.canParse(text)) return undefined;
	return uuidsIn(new URL(text).pathname).at(-1)?.toLowerCase();
}

/**
 * Returns the key of items that change the record: they keep their order among themselves. A record
 * that one item of a run calls by name and another by ID has two keys.
 */
export function recordKey(schema: ObjectSchema, choice: RecordChoice): string {
	return `${schema.id} ${'id' in choice ? choice.id : foldIdentifier(choice.name)}`;
}

/** Returns the name or email by which the record is called; undefined for an ID. */
export function labelOf(choice: RecordChoice): string | undefined {
	return 'name' in choice ? choice.name : undefined;
}

/**
 * Returns the record's ID, looked up where it is called by its name or email.
 *
 * @param notFound says that Kizen shows no such active record
 * @throws ProblemError also where there is more than one
 */
export async function recordIdOf(
	records: Records,
	choice: RecordChoice,
	notFound = noActiveRecord,
): Promise<string> {
	if ('id' in choice) return choice.id;
	const id = await activeIdOf(records, choice.name);
	if (id !== undefined) return id;
	throw notFound(choice.name, records.schema);
}

function noActiveRecord(name: string, { label }: ObjectSchema): ProblemError {
	return new ProblemError(
		`"${label}" has no active record called ${quote(name)}`,
		`Check '${record.displayName}'. Archived records, and records that the credential's user may not see, are not found by name.`,
	);
}

/**
 * Finds the ID of the active record with this name or email. Returns undefined where there is none.
 *
 * @throws ProblemError where there are several
 */
async function activeIdOf(records: Records, text: string): Promise<string | undefined> {
	const only = onlyNamesake(
		await namesakes(records, text, ({ names }) => names),
		records.schema,
		text,
	);
	if (only) return only.id;
	// The search may show a new record late; the exact look-up is asked as well.
	const exact = await records.lookUp(text, []);
	return typeof exact?.id === 'string' ? exact.id : undefined;
}

/**
 * Finds the record with this name, for contacts the email, whatever its case: Kizen's own look-up
 * first, which is case-sensitive, then a search. Returns undefined where there is none.
 *
 * @throws ProblemError where several have the name
 */
export async function lookUpRecord(
	records: Records,
	identifier: string,
	fields: FieldSelection,
): Promise<IDataObject | undefined> {
	const exact = await records.lookUp(identifier, fields);
	if (exact) return exact;
	const { schema } = records;
	const found = await namesakes(records, identifier, (one) => one[schema.identifierName] ?? []);
	const only = onlyNamesake(found, schema, identifier);
	if (!only) return undefined;
	const body = await records.get(only.id, fields);
	return isObject(body) ? body : undefined;
}

/**
 * Tells whether an active record of the object has this name or email, whatever its case: archived
 * ones are not found by Kizen's search.
 *
 * @throws ProblemError
 */
export async function hasActiveRecord(records: Records, text: string): Promise<boolean> {
	const found = await namesakes(records, text, ({ names }) => names);
	return found.length > 0;
}

/**
 * Finds the active records of which a name is this text, whatever its case.
 *
 * @param namesOf the names that count
 * @throws ProblemError
 */
export async function namesakes(
	records: Records,
	text: string,
	namesOf: (candidate: Candidate) => string | string[],
): Promise<Candidate[]> {
	const wanted = foldIdentifier(text);
	const found: Candidate[] = [];
	for await (const page of records.namesLike(text)) {
		for (const row of page) {
			const candidate = recordCandidate(row);
			const names = candidate ? [namesOf(candidate)].flat() : [];
			if (candidate && names.some((name) => foldIdentifier(name) === wanted)) found.push(candidate);
		}
	}
	return found;
}

function onlyNamesake(
	found: Candidate[],
	{ label }: ObjectSchema,
	text: string,
): Candidate | undefined {
	if (found.length <= 1) return found[0];
	throw new ProblemError(
		`"${label}" has ${found.length} records called ${quote(text)}: ${listed(found.map(describeCandidate))}`,
		"Rename the others in Kizen, or open the record you mean in Kizen, copy its link and enter it under 'Record'.",
	);
}
