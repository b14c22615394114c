import { objectChoice } from '../description/read';
import { UPDATE_CHOICES, updateChoice } from '../description/archived';
import type { Operation } from './operation';
import { givenRecordId, keyOf, record } from '../records/recordId';
import { returnAllFields } from '../records/returnAllFields';
import { WRITE_OPTIONS } from '../description/parameters';
import { givenFields, givenIdentifier, write } from '../records/write';

const ON_CONFLICT = 'If an Archived Record Holds the Name';

/** `PATCH /api/records/{object}/{id}` (Kizen's OpenAPI document). */
export const update: Operation = {
	name: 'Update',
	value: 'update',
	description: 'Change fields of the record with this ID; others stay as they are',
	action: 'Update record',
	outputs: ['updated', 'unchanged', 'conflict'],
	shares: ['fields', 'output'],
	options: WRITE_OPTIONS,
	parameters: [
		record,
		{
			displayName: ON_CONFLICT,
			name: 'archivedConflict',
			type: 'options',
			options: UPDATE_CHOICES,
			default: 'prompt',
			description:
				'What to do when the update would give the record a name (for contacts: an email) that an archived record holds',
		},
		returnAllFields.parameter,
	],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const recordId = givenRecordId(item);
		const given = givenFields(item);
		const onConflict = updateChoice(item, 'archivedConflict', ON_CONFLICT);
		const query = returnAllFields.query(item);
		const identifier = givenIdentifier(schema, given);
		return {
			key: keyOf(schema, recordId),
			send: async () =>
				await write({
					item,
					session,
					schema,
					given,
					identifier,
					record: recordId,
					// Only a new name can meet that of an archived record.
					archiveParameters:
						onConflict === 'prompt' && identifier !== undefined ? [ON_CONFLICT] : [],
					request: (fields) => ({
						kind: 'idempotent',
						method: 'PATCH',
						path: ['records', schema.id, recordId],
						...(query && { query }),
						body: {
							fields,
							...(onConflict === 'overwrite' && { archived_conflict: onConflict }),
						},
					}),
					withoutFields: () => ({
						action: 'unchanged',
						items: [{ action: 'unchanged', id: recordId, object: schema.name }],
					}),
					actionWithout: () => 'updated',
				}),
		};
	},
};
