import type { IDataObject } from 'n8n-workflow';

import { choiceOf, output, quote, record, RUN_OPTIONS } from '../description';
import type { NotChanged, Records } from '../kizen';
import { ProblemError, RESPONSE_LOST, type Outcome } from '../outcome';
import {
	archivedConflictIn,
	chosenRecords,
	labelOf,
	readRecord,
	recordIdOf,
	recordItem,
	recordKey,
} from '../records';
import type { Operation } from './operation';

export const unarchive: Operation = {
	name: 'Unarchive',
	value: 'unarchive',
	description: 'Bring a record back from the archive',
	action: 'Unarchive record',
	outputs: ['unarchived', 'unchanged', 'conflict', 'failed'],
	options: RUN_OPTIONS,
	parameters: [record, output],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const choice = readRecord(item);
		const raw = choiceOf(item, output) === 'raw';
		return {
			key: recordKey(records.schema, choice),
			label: labelOf(choice),
			send: async () => {
				const id = await recordIdOf(records, choice, notFoundByName);
				return await unarchiveRecord(records, id, raw);
			},
		};
	},
};

/** Kizen has no way to find an archived record by its name; one that is found is active. */
function notFoundByName(name: string): ProblemError {
	return new ProblemError(
		`Kizen does not find the archived record ${quote(name)} by its name`,
		"Enter the record's ID or link under 'Record'. Or use the operation 'Upsert', which finds archived records by name: choose Unarchive It there.",
	);
}

async function unarchiveRecord(records: Records, id: string, raw: boolean): Promise<Outcome> {
	const done = (action: 'unarchived' | 'unchanged', body: IDataObject, note?: string): Outcome => {
		const about = { action, raw, note };
		return { action, items: [recordItem(records.schema, { id, ...body }, about)] };
	};
	const change = await records.unarchive(id);
	if (change.accepted) return done('unarchived', change.body);
	const { rejection, problem, mayBeRepeated } = change;
	if (rejection.kind !== 'rejected' || ![400, 404, 409].includes(rejection.status)) {
		return { action: 'failed', problem };
	}
	// Which rejection means that it is active already is in no source; only active records are shown.
	const active = await records.find(id).catch(() => undefined);
	if (active === undefined) return conflict(records, change);
	// Where a response was lost, it came back when Kizen was asked first, most likely.
	return mayBeRepeated ? done('unarchived', active, RESPONSE_LOST) : done('unchanged', active);
}

function conflict({ schema }: Records, { rejection, problem }: NotChanged): Outcome {
	const place = rejection.fields[0]?.index ?? -1;
	if (archivedConflictIn(rejection, place) === 'no') return { action: 'failed', problem };
	const { label, identifierName } = schema;
	return {
		action: 'conflict',
		problem: {
			...problem,
			message: `An active record of "${label}" has the ${identifierName} of the archived one. ${problem.message}`,
			remedy: `Nothing was changed. Give the active record another ${identifierName} or archive it, then run the item again.`,
		},
	};
}
