import { isObject } from '../kizen/response';
import type { ObjectSchema } from '../fields';
import { archivedConflict } from '../records/archiveConflict';
import { ANSWER_LOST, type Outcome } from '../outcome/outcome';
import { RUN_OPTIONS } from '../description/parameters';
import { objectChoice } from '../description/read';
import type { Item, Operation, Session } from './operation';
import { change, givenRecordId, keyOf, record } from '../records/recordId';
import { recordJson } from '../records/output';

/** `PATCH /api/records/{object}/{id}/unarchive` (Kizen's OpenAPI document). */
export const unarchive: Operation = {
	name: 'Unarchive',
	value: 'unarchive',
	description: 'Bring the record with this ID back from the archive',
	action: 'Unarchive record',
	outputs: ['unarchived', 'unchanged', 'conflict'],
	shares: ['output'],
	options: RUN_OPTIONS,
	parameters: [record],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const recordId = givenRecordId(item);
		return {
			key: keyOf(schema, recordId),
			send: async () => await unarchiveRecord(item, session, schema, recordId),
		};
	},
};

async function unarchiveRecord(
	item: Item,
	session: Session,
	schema: ObjectSchema,
	recordId: string,
): Promise<Outcome> {
	const json = (action: string, body: unknown) => {
		const answer = { id: recordId, ...(isObject(body) && body) };
		const raw = item.parameter('output', 'simplified') === 'raw';
		return raw ? { ...answer, action } : { action, ...recordJson(schema, answer) };
	};
	const path = ['records', schema.id, recordId];
	const changed = await change(session, schema, recordId, {
		method: 'PATCH',
		path: [...path, 'unarchive'],
		mayBeEmpty: true,
	});
	if (changed.accepted) {
		return { action: 'unarchived', items: [json('unarchived', changed.body)] };
	}
	const { refusal, problem, maybeDoneBefore } = changed;
	if (refusal.kind !== 'refused' || ![400, 404, 409].includes(refusal.status)) {
		return { action: 'failed', problem };
	}
	// Which refusal means that it is active already is in no source; only active records are shown.
	const { answer } = await session.kizen.send({ kind: 'read', method: 'GET', path });
	if (answer.accepted) {
		// Where an answer went missing, it came back when Kizen was asked first, most likely.
		if (!maybeDoneBefore) return { action: 'unchanged', items: [json('unchanged', answer.body)] };
		const item = { ...json('unarchived', answer.body), note: ANSWER_LOST };
		return { action: 'unarchived', items: [item] };
	}
	const place = refusal.fields[0]?.index ?? -1;
	if (archivedConflict(refusal, place) === 'no') return { action: 'failed', problem };
	const identifier = schema.isContacts ? 'email' : 'name';
	return {
		action: 'conflict',
		problem: {
			...problem,
			message: `An active record of "${schema.label}" holds the ${identifier} of the archived one. ${problem.message}`,
			remedy: `Nothing was changed. Give the active record another ${identifier} or archive it, then run the item again.`,
		},
	};
}
