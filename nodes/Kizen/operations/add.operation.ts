import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../kizen/response';
import type { WrittenAction } from '../outcome/outcome';
import { ARCHIVED_CHOICES, archivedChoice } from '../description/archived';
import { objectChoice } from '../description/read';
import type { Operation, Session } from './operation';
import { CREATE_OPTIONS, givenStageOption, thenMove } from '../records/stage';
import { givenFields, givenIdentifier, write } from '../records/write';

const ARCHIVED = 'If an Archived Record Matches';

/** `POST /api/records/{object}/add` (developer.kizen.com, Add Records API). */
export const add: Operation = {
	name: 'Add',
	value: 'add',
	description: 'Create a record that is not in Kizen yet',
	action: 'Add record',
	outputs: ['created', 'unarchived', 'conflict'],
	shares: ['fields', 'output'],
	options: CREATE_OPTIONS,
	parameters: [
		{
			displayName: ARCHIVED,
			name: 'unarchive',
			type: 'options',
			options: ARCHIVED_CHOICES,
			default: 'prompt',
			description:
				'What to do when a record with the same name (for contacts: the same email) is in the archive',
		},
	],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const given = givenFields(item);
		const unarchive = archivedChoice(item, 'unarchive', ARCHIVED);
		const identifier = givenIdentifier(schema, given);
		const stage = await givenStageOption(item, session, schema);
		return {
			key: identifier === undefined ? undefined : `${schema.id} ${identifier.toLowerCase()}`,
			send: async () => {
				const outcome = await write({
					item,
					session,
					schema,
					given,
					identifier,
					archiveParameters: unarchive === 'prompt' ? [ARCHIVED] : [],
					request: (fields) => ({
						kind: 'add',
						method: 'POST',
						path: ['records', schema.id, 'add'],
						body: { fields, unarchive },
					}),
					actionWithout: async (answer) =>
						unarchive === 'unarchive'
							? await createdOrUnarchived(session, schema.id, answer)
							: 'created',
				});
				return await thenMove(outcome, stage, session, schema);
			},
			resume: async (written) => await thenMove(written, stage, session, schema),
		};
	},
};

/**
 * Add's own page lists no `action` in the answer. With Unarchive It that leaves two possibilities,
 * which the record's own dates tell apart: a new record was created when it was last changed. Where
 * they can't be read, `unarchived` is the cautious answer: nobody is welcomed twice.
 */
async function createdOrUnarchived(
	session: Session,
	objectId: string,
	record: IDataObject,
): Promise<WrittenAction> {
	const { answer } = await session.kizen.send({
		kind: 'read',
		method: 'GET',
		path: ['records', objectId, String(record.id)],
	});
	const fields = answer.accepted && isObject(answer.body) ? answer.body.fields : undefined;
	const date = (name: string) => {
		const field = Object.values(fields ?? {}).find((one) => isObject(one) && one.name === name);
		return isObject(field) ? Date.parse(String(field.value)) : NaN;
	};
	return date('updated') - date('created') < SAME_MOMENT_MS ? 'created' : 'unarchived';
}

const SAME_MOMENT_MS = 60_000;
