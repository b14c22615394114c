import type { IDataObject } from 'n8n-workflow';

import { RUN_OPTIONS } from '../description/options';
import { output, record, stage } from '../description/parameters';
import { choiceOf } from '../description/read';
import { simplifyFields, type ObjectSchema } from '../fields';
import type { Named } from '../kizen/objects';
import type { Records } from '../kizen/records';
import { isObject } from '../kizen/response';
import type { Outcome } from '../outcome/outcome';
import { recordJson } from '../records/output';
import { readRecordId, recordKey } from '../records/recordId';
import { chosenRecords, type Session } from '../records/session';
import { findStage } from '../records/stage';
import type { Operation } from './operation';

/** What the record's own stage field is called (kizen/app-engine docs 05). */
const STAGE_FIELD = 'stage';

export const moveToStage: Operation = {
	name: 'Move to Stage',
	value: 'moveToStage',
	description: 'Put the record with this ID into another stage of its pipeline',
	action: 'Move record to stage',
	outputs: ['moved', 'unchanged', 'failed'],
	shares: ['output'],
	options: RUN_OPTIONS,
	parameters: [record, { ...stage, required: true }],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const recordId = readRecordId(item);
		const to = await findStage(session, records.schema, item.parameter(stage.name, ''));
		const raw = choiceOf(item, output) === 'raw';
		return {
			key: recordKey(records.schema, recordId),
			send: async () => await moveRecord(records, session, { recordId, to, raw }),
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
	const from = stageIn(schema, before);
	const about = { stage: to.name, ...(from !== undefined && { previousStage: from }) };
	const json = (action: 'moved' | 'unchanged', body: unknown): IDataObject => {
		const response = { id: recordId, ...(isObject(body) && body) };
		if (raw) return { ...response, action };
		const { fields, ...rest } = recordJson(schema, response, nameIn(schema, before));
		return { action, ...rest, ...about, fields };
	};
	const namesakes = (await session.stagesOf(schema)).filter(({ name }) => name === to.name);
	if (from === to.id || (from === to.name && namesakes.length === 1)) {
		return { action: 'unchanged', items: [json('unchanged', before)] };
	}
	const change = await records.move(recordId, to.id);
	if (!change.accepted) return { action: 'failed', problem: change.problem };
	return { action: 'moved', items: [json('moved', change.body)] };
}

function stageIn(schema: ObjectSchema, body: unknown): string | undefined {
	const held = isObject(body) ? simplifyFields(body.fields, schema)[STAGE_FIELD] : undefined;
	return typeof held === 'string' ? held : undefined;
}

function nameIn(schema: ObjectSchema, body: unknown): string | undefined {
	const { name } = recordJson(schema, isObject(body) ? body : {});
	return typeof name === 'string' ? name : undefined;
}
