import { isObject } from '../kizen/response';
import { ask } from '../kizen/objects';
import type { Stage } from '../kizen/stages';
import { simplifyFields, type ObjectSchema } from '../fields';
import type { Outcome } from '../outcome/outcome';
import { RUN_OPTIONS } from '../description/parameters';
import { objectChoice } from '../description/read';
import type { Item, Operation, Session } from './operation';
import { change, givenRecordId, keyOf, record } from '../records/recordId';
import { recordJson } from '../records/output';
import { givenStage, moveRequest, stage } from '../records/stage';

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
		const schema = await session.schemaOf(objectChoice(item));
		const recordId = givenRecordId(item);
		const to = await givenStage(session, schema, item.parameter(stage.name, ''));
		return {
			key: keyOf(schema, recordId),
			send: async () => await moveRecord(item, session, schema, recordId, to),
		};
	},
};

/** Looks first, because a move to where the record stands would be told from no other by Kizen. */
async function moveRecord(
	item: Item,
	session: Session,
	schema: ObjectSchema,
	recordId: string,
	to: Stage,
): Promise<Outcome> {
	const raw = item.parameter('output', 'simplified') === 'raw';
	const before = await ask(
		session.kizen,
		{
			path: ['records', schema.id, recordId],
			query: { field_names: [STAGE_FIELD, 'name'].join(',') },
		},
		schema.label,
		{ record: recordId },
	);
	const from = stageIn(schema, before);
	const said = { stage: to.name, ...(from !== undefined && { previousStage: from }) };
	const json = (action: 'moved' | 'unchanged', body: unknown) => {
		const answer = { id: recordId, ...(isObject(body) && body) };
		if (raw) return { ...answer, action };
		const { fields, ...about } = recordJson(schema, answer, nameIn(schema, before));
		return { action, ...about, ...said, fields };
	};
	const namesakes = (await session.stagesOf(schema)).filter(({ name }) => name === to.name);
	if (from === to.id || (from === to.name && namesakes.length === 1)) {
		return { action: 'unchanged', items: [json('unchanged', before)] };
	}
	const changed = await change(session, schema, recordId, moveRequest(schema, recordId, to));
	if (!changed.accepted) return { action: 'failed', problem: changed.problem };
	return { action: 'moved', items: [json('moved', changed.body)] };
}

function stageIn(schema: ObjectSchema, body: unknown): string | undefined {
	const held = isObject(body) ? simplifyFields(body.fields, schema)[STAGE_FIELD] : undefined;
	return typeof held === 'string' ? held : undefined;
}

function nameIn(schema: ObjectSchema, body: unknown): string | undefined {
	const { name } = recordJson(schema, isObject(body) ? body : {});
	return typeof name === 'string' ? name : undefined;
}
