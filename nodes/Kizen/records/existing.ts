import type { IDataObject } from 'n8n-workflow';

import { fieldOf, isEmpty, isObject, simplifyFields, type GivenField } from '../fields';
import type { FieldSelection } from '../kizen';
import type { Outcome } from '../outcome';
import { lookUpRecord } from './findRecord';
import { recordItem } from './output';
import type { Session } from './session';
import { write, type Write } from './write';

/**
 * What Upsert does with a record that exists, where it is not simply to be updated. The record is
 * read first, so somebody else may write to it between the two requests: docs/kizen-behaviour.md.
 */

/** An upsert that must not overwrite. */
type Sparing = Omit<Write, 'send' | 'actionWithout' | 'archiveChoice'> & {
	identifier: string;
	/** Rows with the same key concern the same record. */
	key: string;
	returnAllFields: boolean;
};

/**
 * Finds the record that Kizen's upsert would update, with the values of the row's fields. Returns
 * undefined where there is none.
 *
 * @throws ProblemError, also where several records have the name or email
 */
export async function existingRecord(job: Sparing): Promise<IDataObject | undefined> {
	const { records, identifier, session, key } = job;
	const fields = selectionOf(job);
	// The search may show a record late that an earlier row of this run has created.
	const id = session.written.get(key);
	if (id === undefined) return await lookUpRecord(records, identifier, fields);
	const record = await records.get(id, fields);
	return isObject(record) ? record : undefined;
}

function selectionOf({ records: { schema }, given, returnAllFields }: Sparing): FieldSelection {
	if (returnAllFields) return 'all';
	const named = given.flatMap((one) => fieldOf(schema, one) ?? []);
	return [...new Set([schema.identifier, ...named].flatMap((field) => field?.name ?? []))];
}

/** Returns the record as it is; nothing is written. */
export function leaveAsItIs({ records, raw, identifier }: Sparing, existing: IDataObject): Outcome {
	const about = { action: 'unchanged', raw, knownAs: identifier } as const;
	return { action: 'unchanged', items: [recordItem(records.schema, existing, about)] };
}

/**
 * Writes those values of the row whose fields are empty in Kizen.
 *
 * @throws ProblemError for values that do not fit
 */
export async function fillEmptyFields(job: Sparing, existing: IDataObject): Promise<Outcome> {
	const { records, given, returnAllFields } = job;
	const { schema } = records;
	const recordId = String(existing.id);
	const held = simplifyFields(existing.fields, schema);
	const isFree = (one: GivenField) => {
		const field = fieldOf(schema, one);
		if (field === undefined) return true;
		return (
			one.change !== 'clear' && (!Object.hasOwn(held, field.name) || isEmpty(held[field.name]))
		);
	};
	return await write({
		...job,
		given: given.filter(isFree),
		emptyValues: 'leave',
		recordId,
		send: async (fields) =>
			await records.update(recordId, { fields, onConflict: 'prompt', returnAllFields }),
		withoutFields: () => leaveAsItIs(job, existing),
		actionWithout: () => 'updated',
	});
}

/** Notes that a row was written, for later rows about the same record. */
export function noteWritten(session: Session, key: string, outcome: Outcome): Outcome {
	const id = 'items' in outcome ? outcome.items[0]?.id : undefined;
	if (typeof id === 'string') session.written.set(key, id);
	return outcome;
}
