import type { INodeProperties } from 'n8n-workflow';

import type { Accepted, Refusal } from '../kizen/response';
import type { KizenRequest } from '../kizen/client';
import type { ObjectSchema } from '../fields';
import { refuse, type Problem } from '../outcome/problem';
import { explain } from '../kizen/errors';
import { quote } from '../description/read';
import type { Item, Session } from '../operations/operation';

const RECORD = 'Record';

/** One record that is in Kizen already. */
export const record: INodeProperties = {
	displayName: RECORD,
	name: 'recordId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. the ID from an earlier node, or a link copied from Kizen',
	description:
		'The ID of the record, such as the one that Add, Upsert, Look Up and Search put out, or the link to the record copied from Kizen',
};

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * The record's ID: given itself, or the last one in the path of a link, where the record stands
 * behind its object.
 *
 * @throws Refused
 */
export function givenRecordId(item: Item): string {
	const value = item.parameter(record.name, '');
	const text = typeof value === 'string' ? value.trim() : '';
	const isLink = URL.canParse(text);
	const ids = (isLink ? new URL(text).pathname : text).match(UUID) ?? [];
	const id = ids.at(-1)?.toLowerCase();
	if (id !== undefined && (isLink || id === text.toLowerCase())) return id;
	if (text === '' && (typeof value === 'string' || value === undefined || value === null)) {
		throw refuse(
			`'${RECORD}' is empty`,
			'Give the ID of a record for every item; if it is an expression, see what it gives for this one.',
		);
	}
	throw refuse(
		`'${RECORD}' can't be ${quote(value)}, which is not a record's ID`,
		"Give an ID such as 1d3f7886-8542-4e5c-833e-4023e2d3a8e2, or a link copied from Kizen. A record is found by its name or email with 'Look Up', and written by it with 'Upsert'.",
	);
}

/** Of items that change the record, which keep their order among themselves. */
export function keyOf(schema: ObjectSchema, recordId: string): string {
	return `${schema.id} ${recordId}`;
}

/** What came of a request that changes a record. */
export type Changed = Accepted | Unchanged;

export interface Unchanged {
	accepted: false;
	refusal: Refusal;
	problem: Problem;
	/** An earlier try, whose answer went missing, may have been carried out. */
	maybeDoneBefore: boolean;
}

export async function change(
	session: Session,
	schema: ObjectSchema,
	recordId: string,
	request: Omit<KizenRequest, 'kind'>,
): Promise<Changed> {
	const sent = await session.kizen.send({ kind: 'idempotent', ...request });
	const { answer, gaveUpAfterMs, maybeDoneBefore } = sent;
	if (answer.accepted) return answer;
	const problem = explain(answer, {
		base: session.kizen.base,
		object: schema.label,
		sent: [],
		record: recordId,
		gaveUpAfterMs,
	});
	return { accepted: false, refusal: answer, problem, maybeDoneBefore };
}
