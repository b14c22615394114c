import { choice, choiceOf, record, RUN_OPTIONS } from '../description';
import type { Records } from '../kizen';
import { RESPONSE_LOST, type Outcome } from '../outcome';
import { briefItem, chosenRecords, labelOf, readRecord, recordIdOf, recordKey } from '../records';
import type { Operation } from './operation';

const ifNoneActive = choice({
	displayName: 'If There Is Nothing to Archive',
	name: 'ifNoneActive',
	type: 'options',
	options: [
		{
			name: 'Continue',
			value: 'unchanged',
			description: 'Output one item with the action unchanged and a note',
		},
		{
			name: 'Fail the Item',
			value: 'fail',
			description: 'The item fails. On Error in the settings says what happens then.',
		},
	],
	default: 'unchanged',
	description:
		'What to do when Kizen has no such active record: it is archived already, or it belongs to another object',
});

export const archive: Operation = {
	name: 'Archive',
	value: 'archive',
	description: 'Archive a record. You can bring it back.',
	action: 'Archive record',
	outputs: ['archived', 'unchanged', 'failed'],
	options: RUN_OPTIONS,
	parameters: [record, ifNoneActive],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const chosen = readRecord(item);
		const fails = choiceOf(item, ifNoneActive) === 'fail';
		return {
			key: recordKey(records.schema, chosen),
			label: labelOf(chosen),
			send: async () => await archiveRecord(records, await recordIdOf(records, chosen), fails),
		};
	},
};

async function archiveRecord(records: Records, id: string, fails: boolean): Promise<Outcome> {
	const { schema } = records;
	const done = (action: 'archived' | 'unchanged', note?: string): Outcome => ({
		action,
		items: [briefItem(schema, id, { action, note })],
	});
	const change = await records.archive(id);
	if (change.accepted) return done('archived');
	const { rejection, problem, mayBeRepeated } = change;
	const isMissing = rejection.kind === 'rejected' && rejection.status === 404;
	// It was archived when Kizen was asked first, most likely; only the response was lost.
	if (isMissing && mayBeRepeated) return done('archived', RESPONSE_LOST);
	if (!isMissing || fails) return { action: 'failed', problem };
	// Kizen answers the same for a record that is archived already and for an ID of another object, and
	// has no other way to ask (kizen/builder-cli). Either way there is no active record.
	return done(
		'unchanged',
		`"${schema.label}" has no active record with this ID. It is archived already, or it belongs to another object`,
	);
}
