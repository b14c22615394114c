import {
	choiceOf,
	ifArchivedHoldsName,
	isOn,
	output,
	record,
	returnAllFields,
	WRITE_OPTIONS,
	WRITTEN_FIELDS,
} from '../description';
import { identifierIn } from '../fields';
import {
	briefItem,
	chosenRecords,
	labelOf,
	readFields,
	readRecord,
	recordIdOf,
	recordKey,
	write,
} from '../records';
import type { Operation } from './operation';

const onUpdateArchived = ifArchivedHoldsName({
	displayName: 'If the New Name Belongs to an Archived Record',
	name: 'archivedConflict',
});

export const update: Operation = {
	name: 'Update',
	value: 'update',
	description: 'Change some fields of one record',
	action: 'Update record',
	outputs: ['updated', 'unchanged', 'conflict', 'failed'],
	options: WRITE_OPTIONS,
	parameters: [record, ...WRITTEN_FIELDS, onUpdateArchived, returnAllFields, output],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const { schema } = records;
		const choice = readRecord(item);
		const given = readFields(item, schema, session);
		const onConflict = choiceOf(item, onUpdateArchived);
		const all = isOn(item, returnAllFields);
		const raw = choiceOf(item, output) === 'raw';
		const identifier = identifierIn(schema, given);
		return {
			key: recordKey(schema, choice),
			label: labelOf(choice) ?? identifier,
			send: async () => {
				const recordId = await recordIdOf(records, choice);
				return await write({
					item,
					session,
					records,
					given,
					identifier,
					raw,
					recordId,
					// Only a new name can meet that of an archived record.
					archiveChoice: () =>
						identifier === undefined
							? undefined
							: { parameter: onUpdateArchived, chosen: onConflict, name: identifier },
					send: async (fields) =>
						await records.update(recordId, { fields, onConflict, returnAllFields: all }),
					withoutFields: () => ({
						action: 'unchanged',
						items: [briefItem(schema, recordId, { action: 'unchanged' })],
					}),
					actionWithout: () => 'updated',
				});
			},
		};
	},
};
