import {
	findNamed,
	givenOption,
	isGiven,
	object,
	stage,
	stageOption,
	type Item,
} from '../description';
import type { ObjectSchema } from '../fields';
import type { Named, Records } from '../kizen';
import { isDone, ProblemError, type Outcome } from '../outcome';
import type { Session } from './session';

/**
 * Finds a stage of the object by its name or ID.
 *
 * @throws ProblemError unless it is a stage of this very object
 */
export async function findStage(
	session: Session,
	schema: ObjectSchema,
	given: unknown,
): Promise<Named> {
	if (!schema.isPipeline) throw notAPipeline(schema);
	const stages = await session.stagesOf(schema);
	const what = `stage of "${schema.label}"`;
	return findNamed(stages, given, { label: stage.displayName, what });
}

/** Says why an object has no stages. */
export function notAPipeline({ label }: ObjectSchema): ProblemError {
	return new ProblemError(
		`"${label}" is not a pipeline and has no stages`,
		`Choose a pipeline under '${object.displayName}', or leave '${stage.displayName}' out.`,
	);
}

/** Reads Stage of the Options, where it is set. Throws ProblemError. */
export async function readStageOption(
	item: Item,
	session: Session,
	schema: ObjectSchema,
): Promise<Named | undefined> {
	const given = givenOption(item, stageOption);
	return isGiven(given) ? await findStage(session, schema, given) : undefined;
}

/**
 * Moves a record that was just written. No source shows Kizen taking a stage among the fields, so
 * this is a second request; where it goes wrong, the record is there all the same, and the outcome
 * says so.
 */
export async function moveAfterWrite(
	outcome: Outcome,
	to: Named | undefined,
	records: Records,
): Promise<Outcome> {
	const [record] = isDone(outcome) ? outcome.items : [];
	if (to === undefined || record === undefined || !isDone(outcome)) return outcome;
	const recordId = String(record.id);
	const moved = await records.move(recordId, to.id);
	if (moved.accepted) return { ...outcome, items: [{ ...record, stage: to.name }] };
	const { problem } = moved;
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
