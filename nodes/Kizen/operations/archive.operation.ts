import type { ObjectSchema } from '../fields';
import { ANSWER_LOST, type Outcome } from '../outcome/outcome';
import { RUN_OPTIONS } from '../description/parameters';
import { objectChoice, oneOf } from '../description/read';
import type { Operation, Session } from './operation';
import { change, givenRecordId, keyOf, record } from '../records/recordId';

const IF_NONE = 'If No Active Record Has the ID';
const IF_NONE_TITLES = { unchanged: 'Report Unchanged', fail: 'Fail the Item' };

/**
 * `DELETE /api/records/{object}/{id}`, which archives: Kizen has no other deletion (kizen/builder-cli,
 * recorded live).
 */
export const archive: Operation = {
	name: 'Archive',
	value: 'archive',
	description: 'Put the record with this ID into the archive, from where it can come back',
	action: 'Archive record',
	outputs: ['archived', 'unchanged', 'failed'],
	shares: [],
	options: RUN_OPTIONS,
	parameters: [
		record,
		{
			displayName: IF_NONE,
			name: 'ifNoneActive',
			type: 'options',
			options: [
				{
					name: IF_NONE_TITLES.unchanged,
					value: 'unchanged',
					description: 'An item with the action unchanged and a note comes out',
				},
				{
					name: IF_NONE_TITLES.fail,
					value: 'fail',
					description: 'The item fails, and On Error decides whether the workflow stops',
				},
			],
			default: 'unchanged',
			description:
				'What to do when there is nothing to archive. Kizen does not tell a record that is archived already from an ID that belongs to another object.',
		},
	],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const recordId = givenRecordId(item);
		const ifNone = oneOf(item, 'ifNoneActive', IF_NONE, IF_NONE_TITLES, 'unchanged');
		return {
			key: keyOf(schema, recordId),
			send: async () => await archiveRecord(session, schema, recordId, ifNone),
		};
	},
};

async function archiveRecord(
	session: Session,
	schema: ObjectSchema,
	recordId: string,
	ifNone: string,
): Promise<Outcome> {
	const about = { id: recordId, object: schema.name };
	const archived: Outcome = { action: 'archived', items: [{ action: 'archived', ...about }] };
	const changed = await change(session, schema, recordId, {
		method: 'DELETE',
		path: ['records', schema.id, recordId],
		mayBeEmpty: true,
	});
	if (changed.accepted) return archived;
	const { refusal, problem, maybeDoneBefore } = changed;
	if (refusal.kind !== 'refused' || refusal.status !== 404) return { action: 'failed', problem };
	// It went when Kizen was asked first, most likely; only the answer went missing.
	if (maybeDoneBefore) {
		return { ...archived, items: [{ action: 'archived', ...about, note: ANSWER_LOST }] };
	}
	if (ifNone === 'fail') return { action: 'failed', problem };
	// Kizen answers the same for a record that is archived already and for an ID that is none of this
	// object's, and has no other way to ask (kizen/builder-cli). Either way there is no active record.
	const note = `Kizen shows no active record with this ID in "${schema.label}": it is archived already, or the ID is not one of this object's`;
	return { action: 'unchanged', items: [{ action: 'unchanged', ...about, note }] };
}
