import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { connect, type Kizen } from '../kizen/client';
import { Cancelled, RequestQueue } from '../http/requestQueue';
import { listSegments, listStages, readObject, type ObjectChoice } from '../kizen/objects';
import { createReferences } from '../records/referenceLookup';
import type { ObjectSchema } from '../fields';
import { OPERATIONS } from '../operations';
import { quote } from '../description/read';
import type { Item } from '../description/read';
import type { Job, Operation } from '../operations/operation';
import { createReferenceFormats } from '../records/referenceFormat';
import type { Session } from '../records/session';
import { isDone, type Outcome } from '../outcome/outcome';
import { refuse } from '../outcome/problem';
import { deliver, deliveryOf, errorMode, stops, type Delivery } from './deliver';
import { nodeError, problemOf } from '../outcome/nodeError';
import { settledRows, type SettledRows } from './resume';
import { plainMapper, plainValue } from './plainExpression';
import { readSettings } from './settings';
import { summarize } from './summary';

/** Rows that are read ahead of the requests under way, so that none of these waits for a row. */
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
	const operation = operationNamed(context.getNodeParameter('operation', 0, ''));
	const delivery = deliveryOf(operation, node, {
		mode: errorMode(node, context.continueOnFail()),
		split: context.getNodeParameter('splitByAction', 0, false) === true,
	});
	const settled = settledRows(context, node);
	const ignored = new Set<string>();
	const work = startWork(context, ignored);
	const stopped = () => context.getExecutionCancelSignal()?.aborted === true;
	const outcomes = await runRows({
		count: input.length,
		rowsAtOnce: work.rowsAtOnce,
		delivery,
		settled,
		stopped,
		prepare: async (index) =>
			await operation.prepare(itemOf(context, node, input, index), await work.session()),
	});
	const failed = outcomes.findIndex((outcome) => outcome !== undefined && stops(outcome, delivery));
	// A stopped workflow is n8n's to report; an error thrown here would take its place.
	if (failed !== -1 && !stopped()) {
		const outcome = outcomes[failed];
		if (outcome && !isDone(outcome)) throw nodeError(node, outcome.problem, failed);
	}
	context.addExecutionHints(...summarize(outcomes, work.waited(), ignored));
	return deliver(outcomes, input, delivery);
}

/** An operation that is none fails every item: doing another one instead would be worse. */
function operationNamed(value: unknown): Operation {
	const [any] = OPERATIONS;
	return (
		OPERATIONS.find((operation) => operation.value === value) ?? {
			...any,
			// The canvas shows one output then.
			outputs: ['failed'],
			prepare: async () => {
				throw refuse(`'Operation' can't be ${quote(value)}`, "Choose one under 'Operation'.");
			},
		}
	);
}

function itemOf(
	context: IExecuteFunctions,
	{ parameters, type }: INode,
	input: INodeExecutionData[],
	index: number,
): Item {
	const { json } = input[index];
	// As a tool of an agent, the node has the model's words for input, and `$json` means the agent's.
	const plain = (name: string) =>
		type.endsWith('Tool')
			? undefined
			: (plainValue(parameters[name], json) ??
				(name === 'fields' ? plainMapper(parameters[name], json) : undefined));
	return {
		json,
		// n8n would convert a mapper's values by the schema stored in the workflow: an empty number
		// becomes 0 there. The values are taken as they are and converted by Kizen's own schema.
		parameter: (name, fallback) =>
			plain(name) ?? context.getNodeParameter(name, index, fallback, { skipValidation: true }),
	};
}

/** What the items of a run share, made when the first of them needs it. */
function startWork(context: IExecuteFunctions, ignored: Set<string>) {
	let queue: RequestQueue | undefined;
	let session: Promise<Session> | undefined;
	const settings = lazily(() => readSettings(context.getNodeParameter('options', 0, {})));
	const open = async (): Promise<Session> => {
		const { maxInFlight, giveUpAfterMs, timeoutMs } = settings();
		const signal = context.getExecutionCancelSignal();
		queue = new RequestQueue({ maxInFlight, giveUpAfterMs, signal });
		const kizen = await connect(context, queue, timeoutMs);
		const schemas = new Map<string, Promise<ObjectSchema>>();
		return {
			kizen,
			schemaOf: async (choice: ObjectChoice) => {
				const schema = schemas.get(choice.identifier) ?? readObject(kizen, choice);
				schemas.set(choice.identifier, schema);
				return await schema;
			},
			stagesOf: oncePerObject(kizen, listStages),
			segmentsOf: oncePerObject(kizen, listSegments),
			references: createReferences(kizen),
			formats: createReferenceFormats(),
			written: new Map(),
			timezone: context.getTimezone(),
			ignored: (keys) => keys.forEach((key) => ignored.add(key)),
		};
	};
	return {
		rowsAtOnce: () => {
			try {
				return settings().maxInFlight * ROWS_PER_REQUEST;
			} catch {
				return 1;
			}
		},
		session: async () => await (session ??= open()),
		waited: () => queue?.summary ?? { rateLimitedMs: 0, retries: 0 },
	};
}

function oncePerObject<T>(
	kizen: Kizen,
	read: (kizen: Kizen, schema: ObjectSchema) => Promise<T>,
): (schema: ObjectSchema) => Promise<T> {
	const known = new Map<string, Promise<T>>();
	return async (schema) => {
		const answer = known.get(schema.id) ?? read(kizen, schema);
		known.set(schema.id, answer);
		return await answer;
	};
}

function lazily<T>(make: () => T): () => T {
	let made: { value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}

interface Rows {
	count: number;
	rowsAtOnce(): number;
	delivery: Delivery;
	settled: SettledRows;
	stopped(): boolean;
	prepare(index: number): Promise<Job>;
}

/**
 * One outcome per row; none for rows that were not begun, because the workflow was stopped or because
 * a row before them stops the run. Rows are prepared one after another, so that each knows the row
 * before it that concerns the same record, and sent side by side.
 */
async function runRows(rows: Rows): Promise<Array<Outcome | undefined>> {
	const outcomes = new Array<Outcome | undefined>(rows.count).fill(undefined);
	const lastOfRecord = new Map<string, Promise<void>>();
	const most = rows.rowsAtOnce();
	let underWay = 0;
	let oneIsDone: (() => void) | undefined;
	let stopAfter = Infinity;

	const settle = (index: number, outcome: Outcome, key?: string) => {
		outcomes[index] = outcome;
		rows.settled.settle(index, outcome, key);
		if (stops(outcome, rows.delivery)) stopAfter = Math.min(stopAfter, index);
	};

	const send = async (index: number, job: Job, before: Promise<void> | undefined) => {
		await before;
		if (index > stopAfter) return;
		try {
			const written = rows.settled.writtenOf(index);
			const outcome = written && job.resume ? job.resume(written) : job.send();
			settle(index, await outcome, job.key);
		} catch (thrown) {
			settle(index, failure(thrown));
		}
	};

	for (let index = 0; index < rows.count && index < stopAfter; index++) {
		if (rows.stopped()) break;
		const earlier = rows.settled.get(index);
		if (earlier) {
			outcomes[index] = earlier;
			if (stops(earlier, rows.delivery)) stopAfter = index;
			continue;
		}
		let job: Job;
		try {
			job = await rows.prepare(index);
		} catch (thrown) {
			settle(index, failure(thrown));
			continue;
		}
		const { key } = job;
		const later = rows.settled.laterThan(index, key);
		if (later !== undefined) {
			settle(index, superseded(later));
			continue;
		}
		if (underWay >= most) await new Promise<void>((resolve) => (oneIsDone = resolve));
		const row = send(index, job, key === undefined ? undefined : lastOfRecord.get(key));
		underWay++;
		const done = row.then(() => {
			underWay--;
			if (key !== undefined && lastOfRecord.get(key) === done) lastOfRecord.delete(key);
			oneIsDone?.();
			oneIsDone = undefined;
		});
		if (key !== undefined) lastOfRecord.set(key, done);
	}
	while (underWay > 0) await new Promise<void>((resolve) => (oneIsDone = resolve));
	return outcomes;
}

/** Written now, the row would undo one that comes after it: the last one wins. */
function superseded(later: number): Outcome {
	const message = `A later row about the same record, [item ${later}], was written already`;
	return {
		action: 'failed',
		problem: { message, remedy: 'The record holds the values of that row.' },
		final: true,
	};
}

function failure(thrown: unknown): Outcome {
	if (thrown instanceof Cancelled) {
		return { action: 'failed', problem: refuse('The workflow was stopped', '').problem };
	}
	return { action: 'failed', problem: problemOf(thrown) };
}
