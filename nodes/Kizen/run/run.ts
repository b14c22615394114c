import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Job } from '../operations';
import { nodeError, ProblemError } from '../outcome';
import { deliver, deliveryOf, errorMode, stops } from './deliver';
import { itemReader, requireJson } from './items';
import { settledRows } from './resume';
import { runRows } from './rows';
import { Sessions } from './sessions';
import { readLimits, readTask, type Limits, type Task } from './settings';
import { summarize } from './summary';

/** Rows that are read ahead of the requests in flight, so that no request waits for a row. */
const ROWS_PER_REQUEST = 4;

/**
 * Runs one operation for all items: side by side, in the order of the input where rows concern the
 * same record, each item's outcome its own.
 *
 * @returns one list of items per output
 * @throws NodeApiError | NodeOperationError for the first item, in input order, that fails while On
 * Error is Stop; nothing otherwise, because n8n would take all items for successful
 */
export async function run(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const input = context.getInputData();
	const itemAt = itemReader(context, node, input);
	const task = firstReadable(input.length, (index) => readTask(itemAt(index)));
	const delivery = deliveryOf(node, task, errorMode(node, context.continueOnFail()));
	const settled = settledRows(context, node, input);
	const sessions = new Sessions(context, settled, input.length);
	const stopped = () => context.getExecutionCancelSignal()?.aborted === true;
	let limits: Limits | undefined;

	const outcomes = await runRows({
		count: input.length,
		maxInFlight: () => (limits?.maxInFlight ?? 1) * ROWS_PER_REQUEST,
		settled,
		stops: (outcome) => stops(outcome, delivery),
		stopped,
		prepare: async (index) => {
			const item = itemAt(index);
			requireJson(input[index]);
			const { operation } = sameTask(readTask(item), task);
			const own = readLimits(item);
			limits ??= own;
			const session = await sessions.of(index, limits);
			return inBusiness(session.kizen.business, await operation.prepare(item, session));
		},
	});

	for (const [index, outcome] of outcomes.entries()) {
		// A stopped workflow is n8n's to report; an error thrown here would take its place.
		if (outcome === undefined || !stops(outcome, delivery) || stopped()) continue;
		throw nodeError(node, outcome.problem, index);
	}
	context.addExecutionHints(...summarize(outcomes, sessions.waited, sessions.ignored));
	return deliver(outcomes, input, delivery);
}

/** Returns what the first item gives that can be read; undefined where none can. */
function firstReadable<T>(count: number, read: (index: number) => T): T | undefined {
	for (let index = 0; index < count; index++) {
		try {
			return read(index);
		} catch {
			// This item fails on its own when its turn comes.
		}
	}
	return undefined;
}

/** The outputs belong to one operation, so a run does not mix them. */
function sameTask(own: Task, ofRun: Task | undefined): Task {
	if (ofRun === undefined || own.operation === ofRun.operation) return own;
	throw new ProblemError(
		`'Operation' is ${own.operation.name} for this item, but ${ofRun.operation.name} for the first one`,
		'Use one node for each operation.',
	);
}

/** Records of two businesses may have the same name, and even the same ID. */
function inBusiness(business: string, job: Job): Job {
	return job.key === undefined ? job : { ...job, key: `${business} ${job.key}` };
}
