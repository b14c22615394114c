import {
	choice,
	choiceOf,
	CREATE_OPTIONS,
	ifArchivedHoldsName,
	ifArchivedMatches,
	isOn,
	lookupValue,
	output,
	returnAllFields,
	WRITTEN_FIELDS,
} from '../description';
import { foldIdentifier, identifierIn } from '../fields';
import {
	chosenRecords,
	existingRecord,
	fillEmptyFields,
	hasActiveRecord,
	leaveAsItIs,
	moveAfterWrite,
	noteWritten,
	readFields,
	readLookupValueToWrite,
	readStageOption,
	withoutRespelledLookupValue,
	write,
} from '../records';
import type { Operation } from './operation';

const ifExists = choice({
	displayName: 'If a Record Exists',
	name: 'ifExists',
	type: 'options',
	options: [
		{
			name: 'Update It',
			value: 'update',
			description: 'Write the values of this row to the record',
		},
		{
			name: 'Fill Empty Fields Only',
			value: 'fill',
			description:
				'Write the values whose fields are empty in Kizen. Other fields keep what they hold.',
		},
		{
			name: 'Leave It As It Is',
			value: 'leave',
			description: 'Write nothing. The item is returned with the action unchanged.',
		},
	],
	default: 'update',
	description: 'What to do when Kizen has an active record with the lookup value',
});

const oncreateUnarchive = ifArchivedMatches({
	displayName: 'If an Archived Record Has This Name or Email',
	name: 'oncreateUnarchive',
	description:
		'What to do when an archived record has the lookup value, and no active record has it',
});

const onupdateArchivedConflict = ifArchivedHoldsName({
	displayName: 'If the New Name Belongs to an Archived Record',
	name: 'onupdateArchivedConflict',
});

/** Kizen's own word for it, and so the name in the list as well. */
const UPSERT = 'upsert';

export const upsert: Operation = {
	name: 'Upsert',
	value: UPSERT,
	description: 'Update the record if Kizen has it, or create it. Found by name, contacts by email.',
	action: 'Upsert record',
	outputs: ['created', 'updated', 'unarchived', 'conflict', 'failed'],
	optionalOutput: { action: 'unchanged', unlessDefault: ifExists },
	options: CREATE_OPTIONS,
	parameters: [
		lookupValue(
			"The record's name, or for contacts the email. Upper and lower case make no difference. If Kizen has no such record, the node creates one.",
		),
		...WRITTEN_FIELDS,
		oncreateUnarchive,
		onupdateArchivedConflict,
		ifExists,
		returnAllFields,
		output,
	],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const { schema } = records;
		const identifier = readLookupValueToWrite(item, schema);
		const fields = readFields(item, schema, session);
		const given = withoutRespelledLookupValue(schema, fields, identifier);
		const onExists = choiceOf(item, ifExists);
		const onCreate = choiceOf(item, oncreateUnarchive);
		const onUpdate = choiceOf(item, onupdateArchivedConflict);
		const all = isOn(item, returnAllFields);
		const raw = choiceOf(item, output) === 'raw';
		const stage = await readStageOption(item, session, schema);
		// Kizen compares without case (kizen/app-engine docs 05), so the order does as well.
		const key = `${schema.id} ${foldIdentifier(identifier)}`;
		const row = { item, session, records, given, identifier, raw, key };
		const upsertRow = async () =>
			await write({
				...row,
				archiveChoice: async () => {
					// An update can only meet the name of an archived record if it gives another name.
					const name = identifierIn(schema, given) ?? identifier;
					const isUpdate =
						foldIdentifier(name) !== foldIdentifier(identifier) &&
						(await hasActiveRecord(records, identifier));
					return isUpdate
						? { parameter: onupdateArchivedConflict, chosen: onUpdate, name }
						: { parameter: oncreateUnarchive, chosen: onCreate, name: identifier };
				},
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
		return {
			key,
			label: identifier,
			send: async () => {
				const sparing = { ...row, returnAllFields: all };
				const existing = onExists === 'update' ? undefined : await existingRecord(sparing);
				if (existing) {
					return onExists === 'fill'
						? await fillEmptyFields(sparing, existing)
						: leaveAsItIs(sparing, existing);
				}
				const outcome = noteWritten(session, key, await upsertRow());
				return await moveAfterWrite(outcome, stage, records);
			},
			resume: async (written) => await moveAfterWrite(written, stage, records),
		};
	},
};
