import type { INodeProperties } from 'n8n-workflow';

import type { KizenRequest } from '../kizen/client';
import type { Stage } from '../kizen/stages';
import type { ObjectSchema } from '../fields';
import { isDone, type Outcome } from '../outcome/outcome';
import { refuse } from '../outcome/problem';
import { explain } from '../kizen/errors';
import { byListNameOrId, findNamed, isGiven } from '../description/locator';
import { WRITE_OPTIONS } from '../description/parameters';
import type { Item, Session } from '../operations/operation';

export const STAGE = 'Stage';

/** Where a record is to stand in its pipeline. */
export const stage: INodeProperties = {
	displayName: STAGE,
	name: 'stage',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'The stage of the pipeline, by its name in upper or lower case, or by its ID',
	...byListNameOrId('searchStages', 'Negotiation'),
};

/** Of operations that may create a record, which can be moved at once. */
export const CREATE_OPTIONS: INodeProperties[] = [
	...WRITE_OPTIONS,
	{
		...stage,
		description: 'For pipelines: the stage to move the record to once it is written',
	},
];

/** Throws Refused unless it is a stage of this very object. */
export async function givenStage(
	session: Session,
	schema: ObjectSchema,
	given: unknown,
): Promise<Stage> {
	if (!schema.isPipeline) {
		throw refuse(
			`"${schema.label}" is not a pipeline and has no stages`,
			`Choose a pipeline under 'Object', or leave '${STAGE}' out.`,
		);
	}
	return findNamed(await session.stagesOf(schema), given, STAGE, `stage of "${schema.label}"`);
}

/** Stage of the Options, where it is set. Throws Refused. */
export async function givenStageOption(
	item: Item,
	session: Session,
	schema: ObjectSchema,
): Promise<Stage | undefined> {
	const options = item.parameter('options', {});
	const given =
		typeof options === 'object' && options !== null && 'stage' in options
			? options.stage
			: undefined;
	return isGiven(given) ? await givenStage(session, schema, given) : undefined;
}

/** `PATCH …/move` (kizen/builder-cli, api/records.py). */
export function moveRequest(schema: ObjectSchema, recordId: string, to: Stage): KizenRequest {
	return {
		kind: 'idempotent',
		method: 'PATCH',
		path: ['records', schema.id, recordId, 'move'],
		body: { stage_id: to.id },
		mayBeEmpty: true,
	};
}

/**
 * Moves a record that was just written. No source shows Kizen taking a stage among the fields, so
 * this is a second request; where it goes wrong, the record is there all the same, and the outcome
 * says so.
 */
export async function thenMove(
	outcome: Outcome,
	to: Stage | undefined,
	session: Session,
	schema: ObjectSchema,
): Promise<Outcome> {
	if (to === undefined || !isDone(outcome)) return outcome;
	const [record] = outcome.items;
	const recordId = String(record.id);
	const { answer, gaveUpAfterMs } = await session.kizen.send(moveRequest(schema, recordId, to));
	if (answer.accepted) return { ...outcome, items: [{ ...record, stage: to.name }] };
	const problem = explain(answer, {
		base: session.kizen.base,
		object: schema.label,
		sent: [],
		record: recordId,
		gaveUpAfterMs,
	});
	return {
		action: 'failed',
		problem: {
			...problem,
			message: `The record was ${outcome.action}, but not moved to "${to.name}". ${problem.message}`,
			remedy: `The record is written and need not be written again: move record ${recordId} with the operation 'Move to Stage'. ${problem.remedy}`,
			recordId,
		},
		written: outcome,
	};
}
