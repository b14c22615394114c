import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { INodeExecutionData, IRunExecutionData } from 'n8n-workflow';

import { IN_DOUBT } from '../nodes/Kizen/records/write';
import type { Faults, LoggedRequest, Switches } from '../sandbox/kizen';
import type { SavedCredential, SavedWorkflow } from '../sandbox/n8n/rest';
import type { N8n } from '../sandbox/n8n/server';
import { node, splitRows, webhook, workflow } from '../sandbox/n8n/workflows';
import { WRITER, type Contender, type Operation } from './contenders';
import type { KizenProcess } from './kizenProcess';
import { openMemory } from './memory';
import type { Row } from './rows';

/** An n8n with the credential saved in it, and the Kizen that it belongs to. */
export interface Stage {
	n8n: N8n;
	kizen: KizenProcess;
	credential: SavedCredential;
}

export interface Conditions {
	rows: Row[];
	operation?: Operation;
	faults?: Partial<Faults>;
	switches?: Partial<Switches>;
}

/** What one run of one contender came to. */
export interface Trial {
	/** The node's own time, as n8n stores it with the execution, in milliseconds. */
	nodeMs: number;
	/** Writes that Kizen received, and requests of other kinds. */
	writes: number;
	others: number;
	/** Answers 429 among the writes. */
	turnedAway: number;
	/** Writes whose answer was lost after Kizen had done its work. */
	dropped: number;
	mostInFlight: number;
	/** Rows that Kizen does not hold at the end, and rows that it holds more than once. */
	lost: number;
	doubled: number;
	/** Rows that came out as failed; those of them that say that the record may exist. */
	failed: number;
	uncertain: number;
	/** Those of these that Kizen holds. */
	uncertainThoughWritten: number;
	/** Failed rows that Kizen holds all the same, and that do not say so. */
	failedThoughWritten: number;
	/** Highest resident memory of the n8n process during the run, in MB; NaN where not known. */
	peakMb: number;
	hint: string;
}

/** Lets a contender write the rows: a webhook takes them, Split Out makes items, one item goes on. */
export async function tryOut(
	stage: Stage,
	contender: Contender,
	{ rows, operation = 'upsert', faults = {}, switches = {} }: Conditions,
): Promise<Trial> {
	const { n8n, kizen, credential } = stage;
	await kizen.prepare(faults, switches);
	const path = randomUUID();
	const nodes = [
		webhook(path),
		splitRows(),
		contender.node({ operation, kizen, credential }),
		node('One', 'n8n-nodes-base.limit', 1, { maxItems: 1 }),
	];
	const lines = { Webhook: ['Rows'], Rows: [WRITER], [WRITER]: ['One'] };
	const saved = await n8n.rest.createWorkflow(workflow(path, nodes, lines));
	await n8n.rest.activate(saved);

	const memory = openMemory(n8n.userFolder);
	memory.forget();
	const response = await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ rows }),
	});
	await response.text();
	// Read before the execution is asked for, which n8n loads into its memory to answer.
	const peakMb = memory.peakMb();
	const {
		times: [nodeMs],
		items,
		hint,
	} = await runOf(stage, saved);
	await n8n.rest.call('POST', `/rest/workflows/${saved.id}/deactivate`);
	return {
		nodeMs,
		peakMb,
		hint,
		...requestsIn(await kizen.log()),
		mostInFlight: await kizen.mostInFlight(),
		...(await fateOf(rows, items, kizen)),
	};
}

/** What these nodes did in the one execution of a workflow: their times, and the last one's items. */
export async function runOf({ n8n }: Stage, { id }: SavedWorkflow, names = [WRITER]) {
	const { stored, error } = await n8n.rest.firstExecution(id);
	if (error) throw new Error(`The workflow stopped: ${error.message}`);
	const load = createRequire(join(n8n.install.folder, 'node_modules', 'n8n', 'package.json'));
	const { parse } = load('flatted') as { parse(text: string): IRunExecutionData };
	const { runData } = parse(stored).resultData;
	const tasks = names.map((name) => runData[name][0]);
	const task = tasks[tasks.length - 1];
	const items = (task.data?.main ?? []).flatMap((line) => line ?? []);
	const hint = (task.hints ?? []).map(({ message }) => message).join(' ');
	return { times: tasks.map(({ executionTime }) => executionTime), items, hint };
}

function requestsIn(log: LoggedRequest[]) {
	const writes = log.filter(({ path }) => /\/(add|upsert)$/.test(path));
	return {
		writes: writes.length,
		others: log.length - writes.length,
		turnedAway: writes.filter(({ status }) => status === 429).length,
		dropped: writes.filter(({ outcome }) => outcome === 'dropped-after').length,
	};
}

async function fateOf(rows: Row[], items: INodeExecutionData[], kizen: KizenProcess) {
	const counts = new Map<string, number>();
	for (const { identity } of await kizen.records()) {
		counts.set(identity, (counts.get(identity) ?? 0) + 1);
	}
	const held = ({ name }: Row) => counts.get(name) ?? 0;
	const failed = items.flatMap(({ json, error }, index) =>
		json.action === 'failed' || json.error !== undefined || error !== undefined
			? [{ row: rows[index], uncertain: String(json.error).startsWith(IN_DOUBT) }]
			: [],
	);
	if (items.length !== rows.length) throw new Error(`${items.length} items of ${rows.length} rows`);
	return {
		lost: rows.filter((row) => held(row) === 0).length,
		doubled: rows.filter((row) => held(row) > 1).length,
		failed: failed.length,
		uncertain: failed.filter(({ uncertain }) => uncertain).length,
		uncertainThoughWritten: failed.filter(({ row, uncertain }) => uncertain && held(row) > 0)
			.length,
		failedThoughWritten: failed.filter(({ row, uncertain }) => !uncertain && held(row) > 0).length,
	};
}
