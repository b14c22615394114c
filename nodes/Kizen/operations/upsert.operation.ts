import { ifArchivedHoldsName, ifArchivedMatches } from '../description/archived';
import { CREATE_OPTIONS } from '../description/options';
import { lookupValue, output, returnAllFields } from '../description/parameters';
import { choiceOf, isOn } from '../description/read';
import { readFields } from '../records/input';
import { readLookupValue } from '../records/lookupValue';
import { chosenRecords } from '../records/session';
import { moveAfterWrite, readStageOption } from '../records/stage';
import { write } from '../records/write';
import type { Operation } from './operation';

const oncreateUnarchive = ifArchivedMatches({
	displayName: 'If an Archived Record Matches on Create',
	name: 'oncreateUnarchive',
	description: 'What to do when no active record has the lookup value, but an archived one does',
});

const onupdateArchivedConflict = ifArchivedHoldsName({
	displayName: 'If an Archived Record Holds the Name on Update',
	name: 'onupdateArchivedConflict',
});

/** Kizen's own word for it, and so the name in the list as well. */
const UPSERT = 'upsert';

export const upsert: Operation = {
	name: 'Upsert',
	value: UPSERT,
	description: 'Update the record with this name (for contacts: email), or create it',
	action: 'Upsert record',
	outputs: ['created', 'updated', 'unarchived', 'conflict'],
	shares: ['fields', 'output'],
	options: CREATE_OPTIONS,
	parameters: [
		lookupValue(
			"The record's name, or for contacts the email. Kizen finds the record by it, in upper or lower case, and creates one if there is none.",
		),
		oncreateUnarchive,
		onupdateArchivedConflict,
		returnAllFields,
	],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const { schema } = records;
		const identifier = readLookupValue(item, schema);
		const given = readFields(item);
		const onCreate = choiceOf(item, oncreateUnarchive);
		const onUpdate = choiceOf(item, onupdateArchivedConflict);
		const all = isOn(item, returnAllFields);
		const raw = choiceOf(item, output) === 'raw';
		const stage = await readStageOption(item, session, schema);
		return {
			// Kizen compares without case (kizen/app-engine docs 05), so the order does, too.
			key: `${schema.id} ${identifier.toLowerCase()}`,
			send: async () => {
				const outcome = await write({
					item,
					session,
					schema,
					records,
					given,
					identifier,
					raw,
					archiveParameters: [
						...(onCreate === 'prompt' ? [oncreateUnarchive.displayName] : []),
						...(onUpdate === 'prompt' ? [onupdateArchivedConflict.displayName] : []),
					],
					send: async (fields) =>
						await records.upsert({
							lookupValue: identifier,
							fields,
							onCreate,
							onUpdate,
							returnAllFields: all,
						}),
					// The Upsert page requires `action`, so its absence leaves the more careful of the two.
					actionWithout: () => 'updated',
				});
				return await moveAfterWrite(outcome, stage, records);
			},
			resume: async (written) => await moveAfterWrite(written, stage, records),
		};
	},
};
