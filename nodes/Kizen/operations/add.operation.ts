import type { IDataObject } from 'n8n-workflow';

import {
	choiceOf,
	CREATE_OPTIONS,
	ifArchivedMatches,
	output,
	WRITTEN_FIELDS,
} from '../description';
import { foldIdentifier, identifierIn, simplifyFields } from '../fields';
import type { Records } from '../kizen';
import { ProblemError, type Outcome, type WrittenAction } from '../outcome';
import {
	chosenRecords,
	findAdded,
	moveAfterWrite,
	readFields,
	readStageOption,
	write,
} from '../records';
import type { Operation } from './operation';

const onAddArchived = ifArchivedMatches({
	displayName: 'If an Archived Record Has This Name or Email',
	name: 'unarchive',
	description:
		'What to do when an archived record has the same name (for contacts: the same email)',
});

export const add: Operation = {
	name: 'Add',
	value: 'add',
	description: 'Create a record that is not in Kizen yet',
	action: 'Add record',
	outputs: ['created', 'unarchived', 'conflict', 'failed'],
	options: CREATE_OPTIONS,
	parameters: [...WRITTEN_FIELDS, onAddArchived, output],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const { schema } = records;
		const { adds } = session;
		const given = readFields(item, schema, session);
		const onArchived = choiceOf(item, onAddArchived);
		const raw = choiceOf(item, output) === 'raw';
		const identifier = identifierIn(schema, given);
		const stage = await readStageOption(item, session, schema);
		const named =
			identifier === undefined
				? undefined
				: { identifier, key: `${schema.id} ${foldIdentifier(identifier)}` };
		return {
			key: named?.key,
			label: identifier,
			send: async () => {
				const outcome = await write({
					item,
					session,
					records,
					given,
					identifier,
					raw,
					archiveChoice: () => ({
						parameter: onAddArchived,
						chosen: onArchived,
						name: identifier,
					}),
					send: async (fields) =>
						await adds.send(
							named?.key,
							async () => await records.add({ fields, unarchive: onArchived }),
						),
					findLost: async (row, exchange) =>
						named && (await findAdded({ ...named, adds, records, row, exchange })),
					withoutFields: () => {
						throw new ProblemError('There is no value to write', NOTHING_TO_WRITE);
					},
					actionWithout: async (record) =>
						onArchived === 'unarchive' ? await createdOrUnarchived(records, record) : 'created',
				});
				return await moveAfterWrite(noteUpdate(outcome), stage, records);
			},
			resume: async (written) => await moveAfterWrite(written, stage, records),
		};
	},
};

const NOTHING_TO_WRITE =
	"Add needs at least one value. If the item is empty, check the node before this one: with 'Always Output Data' it returns an empty item when it finds nothing.";

/** No source says that Add may update a record. Should Kizen do so, the user has to know. */
function noteUpdate(outcome: Outcome): Outcome {
	if (outcome.action !== 'updated') return outcome;
	return { ...outcome, items: outcome.items.map((item) => ({ ...item, note: UPDATED_INSTEAD })) };
}

const UPDATED_INSTEAD =
	'Kizen says that it updated a record instead of adding one. Check the record, and use Upsert if records may exist';

/**
 * Add's own page lists no `action` in the response. With Unarchive It that leaves two possibilities,
 * which the record's own dates tell apart: a new record was created when it was last changed. Where
 * they can't be read, `unarchived` is the cautious answer: nobody is welcomed twice.
 */
async function createdOrUnarchived(records: Records, { id }: IDataObject): Promise<WrittenAction> {
	const record = await records.find(String(id)).catch(() => undefined);
	const { created, updated } = simplifyFields(record?.fields, records.schema);
	const apartMs = Date.parse(String(updated)) - Date.parse(String(created));
	return apartMs < SAME_MOMENT_MS ? 'created' : 'unarchived';
}

const SAME_MOMENT_MS = 60_000;
