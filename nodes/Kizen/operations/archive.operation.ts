import type { ObjectSchema } from '../fields';
import type { Outcome } from '../outcome/outcome';
import { RUN_OPTIONS } from '../parameters';
import { objectChoice } from './choices';
import type { Operation, Session } from './operation';
import { change, givenRecordId, keyOf, record } from './record';

/**
 * `DELETE /api/records/{object}/{id}`, which archives: Kizen has no other deletion (kizen/builder-cli,
 * recorded live).
 */
export const archive: Operation = {
	name: 'Archive',
	value: 'archive',
	description: 'Put the record with this ID into the archive, from where it can come back',
	action: 'Archive record',
	outputs: ['archived', 'unchanged'],
	shares: [],
	options: RUN_OPTIONS,
	parameters: [record],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const recordId = givenRecordId(item);
		return {
			key: keyOf(schema, recordId),
			send: async () => await archiveRecord(session, schema, recordId),
		};
	},
};

async function archiveRecord(
	session: Session,
	schema: ObjectSchema,
	recordId: string,
): Promise<Outcome> {
	const about = { id: recordId, object: schema.name };
	const changed = await change(session, schema, recordId, {
		method: 'DELETE',
		path: ['records', schema.id, recordId],
		mayBeEmpty: true,
	});
	if (changed.accepted) return { action: 'archived', items: [{ action: 'archived', ...about }] };
	const { refusal, problem } = changed;
	if (refusal.kind !== 'refused' || refusal.status !== 404) return { action: 'failed', problem };
	// Kizen answers the same for a record that is archived already and for an ID that is none of this
	// object's, and has no other way to ask (kizen/builder-cli). Either way there is no active record.
	const note = `Kizen shows no active record with this ID in "${schema.label}": it is archived already, or the ID is not one of this object's`;
	return { action: 'unchanged', items: [{ action: 'unchanged', ...about, note }] };
}
