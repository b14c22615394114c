import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { conditions, maxRecordsPerRun, numberOption, segment, type Item } from '../description';
import { isTemporary, nodeError, ProblemError, problemOf } from '../outcome';
import type { Session } from '../records';
import { Changes } from './changes';
import { collect } from './collect';
import {
	advance,
	CREATION,
	isPosition,
	startingAt,
	timeOf,
	type EventAction,
	type Position,
	type Sighting,
	type TriggerEvent,
} from './cursor';
import { sessionOf } from './keptSession';
import { isFirstPoll, memoryOfTrigger, newMemory, type TriggerMemory } from './memory';

/**
 * Reads what happened in Kizen since the poll before.
 *
 * @returns the events as the items of one run, oldest first; null if there are none
 * @throws NodeApiError | NodeOperationError; the position stays as it was
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const stored = context.getWorkflowStaticData('node');
	const isManual = context.getMode() === 'manual';
	const isFirst = !isManual && isFirstPoll(context);
	const memory = isManual ? newMemory() : memoryOfTrigger(context);
	// n8n starts a poll although the one before is still at work. Both would send the same events.
	if (memory.isBusy) return null;
	memory.isBusy = true;
	try {
		const items = await polled(context, memory, isManual ? undefined : stored);
		memory.isForgiven = false;
		return items.length > 0 ? [items.map((json) => ({ json }))] : null;
	} catch (thrown) {
		memory.session = undefined;
		const problem = problemOf(thrown);
		const mayForgive = isFirst && !memory.isForgiven && isPosition(stored[POSITION_KEY]);
		memory.isForgiven = mayForgive && isTemporary(problem.cause);
		if (!memory.isForgiven) throw nodeError(context.getNode(), problem);
		// Thrown here, it would keep n8n from activating the workflow at its start, for hours perhaps.
		context.logger.warn(`${context.getNode().name}: ${problem.message}. ${problem.remedy}`);
		return null;
	} finally {
		memory.isBusy = false;
	}
}

/**
 * Returns the events since the position, and stores the one after them; without a place to store it,
 * returns the latest event there is.
 */
async function polled(
	context: IPollFunctions,
	memory: TriggerMemory,
	stored: IDataObject | undefined,
): Promise<IDataObject[]> {
	const item = triggerItem(context);
	const { budgetMs, isLate } = deadlineOf(context);
	const isKept = memory.session !== undefined;
	const attempt = async () => {
		const session = await sessionOf(context, memory, { item, budgetMs });
		return stored
			? await newEvents(item, session, { stored, isLate })
			: [await testEvent(item, session)];
	};
	return await attempt().catch(async (thrown: unknown) => {
		// An object or a field may have changed in Kizen since an earlier poll asked for it.
		const { httpCode } = problemOf(thrown);
		if (!isKept || (httpCode !== 400 && httpCode !== 404)) throw thrown;
		memory.session = undefined;
		return await attempt();
	});
}

/** Where n8n keeps the position. */
const POSITION_KEY = 'position';

/** A trigger has no items: there are only its parameters. */
function triggerItem(context: IPollFunctions): Item {
	return {
		json: {},
		parameter: (name, fallback) => context.getNodeParameter(name, fallback) ?? fallback,
	};
}

/** What a poll may take where n8n does not say it, as before 2.41. */
const USUAL_BUDGET_MS = 60_000;

/** Of its budget, a poll reads for this share; the rest is left to a last request. */
const READING_SHARE = 0.6;

function deadlineOf(context: IPollFunctions): { budgetMs: number; isLate: () => boolean } {
	const told = 'getPollBudgetMs' in context ? context.getPollBudgetMs() : undefined;
	const budgetMs = told ?? USUAL_BUDGET_MS;
	const end = Date.now() + budgetMs * READING_SHARE;
	return { budgetMs, isLate: () => Date.now() > end };
}

async function newEvents(
	item: Item,
	session: Session,
	{ stored, isLate }: { stored: IDataObject; isLate: () => boolean },
): Promise<IDataObject[]> {
	const changes = await Changes.of(item, session);
	const { event, schema } = changes;
	const maxEvents = numberOption(item, maxRecordsPerRun);
	const of = [session.kizen.business, schema.id, event].join(' ');
	const position = stored[POSITION_KEY];
	if (!isPosition(position) || position.of !== of) {
		stored[POSITION_KEY] = await firstPosition(of, changes);
		return [];
	}
	const after = await advanced(changes, position, { maxEvents, isLate });
	const items = after.events.map(({ record, action }) => changes.item(record, action));
	// Replaced as a whole: n8n does not notice a change inside of it.
	stored[POSITION_KEY] = after.position;
	return items;
}

/** From now on: what there is already is remembered, and sends nothing. */
async function firstPosition(of: string, changes: Changes): Promise<Position> {
	const newest = await changes.newest();
	const times = [changes.clock(), newest && timeOf(newest, changes.event)].filter(
		(time) => time !== undefined,
	);
	const start = startingAt(of, times.length > 0 ? Math.max(...times) : undefined);
	const all = { maxEvents: Infinity, isLate: () => false };
	return (await advanced(changes, start, all)).position;
}

async function advanced(
	changes: Changes,
	position: Position,
	{ maxEvents, isLate }: { maxEvents: number; isLate: () => boolean },
) {
	const rules = { event: changes.event, maxEvents };
	const watch = { isLate, clock: () => changes.clock() };
	const reading = await collect(changes.since(position), { ...rules, position }, watch);
	return advance(position, reading, rules);
}

/** What Fetch Test Event shows: the latest event there is. */
async function testEvent(item: Item, session: Session): Promise<IDataObject> {
	const changes = await Changes.of(item, session);
	const newest = await changes.newest();
	if (newest) return changes.item(newest.record, likelyAction(newest, changes.event));
	const { label } = changes.schema;
	throw changes.isLimited
		? new ProblemError(
				`No record of "${label}" meets the conditions yet`,
				`Create or change one in Kizen, or change '${conditions.displayName}' or '${segment.displayName}'. Then fetch the test event again.`,
			)
		: new ProblemError(
				`Kizen has no record of "${label}" yet`,
				'Create one in Kizen. Then fetch the test event again.',
			);
}

function likelyAction(newest: Sighting<unknown>, event: TriggerEvent): EventAction {
	if (event !== 'createdOrUpdated') return event;
	return newest.updated - newest.created <= CREATION ? 'created' : 'updated';
}
