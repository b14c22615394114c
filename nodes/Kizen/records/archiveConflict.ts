import type { INodeProperties } from 'n8n-workflow';

import { identifierIn, isObject, isUuid } from '../fields';
import { codesIn, mentionsArchive, wordsIn, type ArchivedChoice, type Rejection } from '../kizen';
import type { Problem } from '../outcome';
import { hasActiveRecord } from './findRecord';
import type { ReadyRow, RowInput } from './input';

interface ArchiveChoice {
	parameter: INodeProperties;
	/** What is chosen there; `prompt` is to be told. */
	chosen: ArchivedChoice;
	/** The name, or a contact's email, that the archived record has. */
	name: string | undefined;
}

/** A write that an archived record may be in the way of. */
export interface ArchiveCheck extends RowInput {
	/** Returns what the user chose about an archived record in the way; undefined where none can be. */
	archiveChoice?(): Promise<ArchiveChoice | undefined> | ArchiveChoice | undefined;
	/** The record's name, or a contact's email, as far as the row says it. */
	identifier: string | undefined;
}

/**
 * Tells whether an archived record is in the way of a write, and what the user reads then; undefined
 * where the user did not ask to be told, or something else is wrong.
 */
export async function archiveConflict(
	job: ArchiveCheck,
	row: ReadyRow,
	rejection: Rejection,
): Promise<Partial<Problem> | undefined> {
	const { schema } = job.records;
	if (!job.archiveChoice || !(await isArchived(job, row, rejection))) return undefined;
	const choice = await job.archiveChoice();
	if (choice?.chosen !== 'prompt') return undefined;
	// An ID of a field that was sent is no record's.
	const archivedId = recordIdIn(rejection.body, new Set(row.sent.map(({ id }) => id)));
	const said = wordsIn(rejection).join('; ');
	const what = choice.name
		? `has the ${schema.identifierName} "${choice.name}"`
		: 'matches this row';
	return {
		message: `An archived record of "${schema.label}" ${what}${said ? `. Kizen says: ${said}` : ''}`,
		remedy: `Nothing was written. Choose under '${choice.parameter.displayName}' what to do, or turn on 'Separate Output per Action' to send such items to the Conflict output.`,
		...(archivedId && { archivedRecordId: archivedId }),
	};
}

/**
 * Where the response leaves open whether an archived or an active record is in the way, an active
 * one is looked for: there is none if an archived one has the name.
 */
async function isArchived(
	job: ArchiveCheck,
	row: ReadyRow,
	rejection: Rejection,
): Promise<boolean> {
	const { records, given, identifier } = job;
	const { schema } = records;
	const identifierAt = row.sent.findIndex(({ id }) => id === schema.identifier?.id);
	const verdict = archivedConflictIn(rejection, identifierAt);
	if (verdict !== 'open') return verdict === 'yes';
	const wanted = identifierIn(schema, given) ?? identifier;
	return wanted === undefined || !(await hasActiveRecord(records, wanted));
}

/**
 * Tells whether Kizen rejected the row because an archived record is in the way. No source shows
 * that response: its status may be 400 or 409 and its body is unknown (the Upsert page only says that
 * a conflict response may be returned). So a rejection counts as one if it says so in its words or
 * its code. `open` stands for responses that an active record of the same name would get as well, or
 * one that someone else is writing: the caller has to look for an active record.
 *
 * @param identifierAt index of the name or email among the fields sent, where it was sent
 */
export function archivedConflictIn(
	rejection: Rejection,
	identifierAt: number,
): 'yes' | 'no' | 'open' {
	if (![400, 409].includes(rejection.status)) return 'no';
	if (mentionsArchive(rejection)) return 'yes';
	if (rejection.fields.some(({ index }) => index !== identifierAt)) return 'no';
	const isOpen =
		rejection.status === 409 ||
		codesIn(rejection).some((code) => code === 'conflict' || code === 'unique') ||
		/already|exists|duplicate|unique|in use|taken|conflict/i.test(wordsIn(rejection).join(' '));
	return isOpen ? 'open' : 'no';
}

const RECORD_KEYS = ['archived_record_id', 'record_id', 'entity_id', 'existing_id', 'id'];

/** Returns the first ID under a key that can mean a record. */
function recordIdIn(value: unknown, except: Set<string>): string | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	if (isObject(value)) {
		for (const key of RECORD_KEYS) {
			const id: unknown = Array.isArray(value[key]) ? value[key][0] : value[key];
			if (typeof id === 'string' && isUuid(id) && !except.has(id)) return id;
		}
	}
	for (const inner of Object.values(value)) {
		const id = recordIdIn(inner, except);
		if (id !== undefined) return id;
	}
	return undefined;
}
