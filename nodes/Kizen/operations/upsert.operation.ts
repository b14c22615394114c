import {
	ARCHIVED_CHOICES,
	archivedChoice,
	UPDATE_CHOICES,
	updateChoice,
} from '../description/archived';
import { objectChoice } from '../description/read';
import { givenLookupValue, lookupValueParameter } from '../records/lookupValue';
import type { Operation } from './operation';
import { returnAllFields } from '../records/returnAllFields';
import { CREATE_OPTIONS, givenStageOption, thenMove } from '../records/stage';
import { givenFields, write } from '../records/write';

const ON_CREATE = 'If an Archived Record Matches on Create';
const ON_UPDATE = 'If an Archived Record Holds the Name on Update';

/** Kizen's own word for it, and so the name in the list as well. */
const UPSERT = 'upsert';

/** `POST /api/records/{object}/upsert` (developer.kizen.com, Create or Update Records API). */
export const upsert: Operation = {
	name: 'Upsert',
	value: UPSERT,
	description: 'Update the record with this name (for contacts: email), or create it',
	action: 'Upsert record',
	outputs: ['created', 'updated', 'unarchived', 'conflict'],
	shares: ['fields', 'output'],
	options: CREATE_OPTIONS,
	parameters: [
		lookupValueParameter(
			"The record's name, or for contacts the email. Kizen finds the record by it, in upper or lower case, and creates one if there is none.",
		),
		{
			displayName: ON_CREATE,
			name: 'oncreateUnarchive',
			type: 'options',
			options: ARCHIVED_CHOICES,
			default: 'prompt',
			description:
				'What to do when no active record has the lookup value, but an archived one does',
		},
		{
			displayName: ON_UPDATE,
			name: 'onupdateArchivedConflict',
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
		const lookupValue = givenLookupValue(item, schema);
		const given = givenFields(item);
		const onCreate = archivedChoice(item, 'oncreateUnarchive', ON_CREATE);
		const onUpdate = updateChoice(item, 'onupdateArchivedConflict', ON_UPDATE);
		const query = returnAllFields.query(item);
		const stage = await givenStageOption(item, session, schema);
		return {
			// Kizen compares without case (kizen/app-engine docs 05), so the order does, too.
			key: `${schema.id} ${lookupValue.toLowerCase()}`,
			send: async () => {
				const outcome = await write({
					item,
					session,
					schema,
					given,
					identifier: lookupValue,
					archiveParameters: [
						...(onCreate === 'prompt' ? [ON_CREATE] : []),
						...(onUpdate === 'prompt' ? [ON_UPDATE] : []),
					],
					request: (fields) => ({
						kind: UPSERT,
						method: 'POST',
						path: ['records', schema.id, 'upsert'],
						...(query && { query }),
						body: {
							lookup_value: lookupValue,
							fields,
							oncreate_unarchive: onCreate,
							...(onUpdate === 'overwrite' && { onupdate_archived_conflict: onUpdate }),
						},
					}),
					// The Upsert page requires `action`, so its absence leaves the more careful of the two.
					actionWithout: () => 'updated',
				});
				return await thenMove(outcome, stage, session, schema);
			},
			resume: async (written) => await thenMove(written, stage, session, schema),
		};
	},
};
