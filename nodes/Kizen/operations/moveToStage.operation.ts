import type { IDataObject } from 'n8n-workflow';

import { choiceOf, output, record, RUN_OPTIONS, stage } from '../description';
import { isObject, simplifyFields } from '../fields';
import type { Named, Records } from '../kizen';
import type { Outcome } from '../outcome';
import {
	chosenRecords,
	findStage,
	labelOf,
	nameOf,
	readRecord,
	recordIdOf,
	recordItem,
	recordKey,
	type Session,
} from '../records';
import type { Operation } from './operation';

/** What the record's own stage field is called (kizen/app-engine docs 05). */
const STAGE_FIELD = 'stage';

export const moveToStage: Operation = {
	name: 'Move to Stage',
	value: 'moveToStage',
	description: 'Move a record to another stage of its pipeline',
	action: 'Move record to stage',
	outputs: ['moved', 'unchanged', 'failed'],
	options: RUN_OPTIONS,
	parameters: [record, { ...stage, required: true }, output],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const choice = readRecord(item);
		const to = await findStage(session, records.schema, item.parameter(stage.name, ''));
		const raw = choiceOf(item, output) === 'raw';
		return {
			key: recordKey(records.schema, choice),
			label: labelOf(choice),
			send: async () => {
				const recordId = await recordIdOf(records, choice);
				return await moveRecord(records, session, { recordId, to, raw });
			},
		};
	},
};

/** Looks first, because Kizen answers a move to where the record is already like any other. */
async function moveRecord(
	records: Records,
	session: Session,
	{ recordId, to, raw }: { recordId: string; to: Named; raw: boolean },
): Promise<Outcome> {
	const { schema } = records;
	const before = await records.get(recordId, [STAGE_FIELD, 'name']);
	const held = isObject(before) ? before : {};
	const fields = simplifyFields(held.fields, schema);
	const from = typeof fields[STAGE_FIELD] === 'string' ? fields[STAGE_FIELD] : undefined;
	const about = {
		raw,
		knownAs: nameOf(schema, held, fields),
		stage: to.name,
		previousStage: from,
	};
	const done = (action: 'moved' | 'unchanged', body: IDataObject): Outcome => {
		const response = { id: recordId, ...body };
		return { action, items: [recordItem(schema, response, { action, ...about })] };
	};
	const namesakes = (await session.stagesOf(schema)).filter(({ name }) => name === to.name);
	if (from === to.id || (from === to.name && namesakes.length === 1)) {
		return done('unchanged', held);
	}
	const change = await records.move(recordId, to.id);
	if (!change.accepted) return { action: 'failed', problem: change.problem };
	return done('moved', change.body);
}
