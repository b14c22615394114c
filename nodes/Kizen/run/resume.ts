import type { IContextObject, IExecuteFunctions, INode } from 'n8n-workflow';

import type { Outcome } from '../outcome/outcome';

/**
 * n8n's Retry On Fail runs the whole node again, with every item, when a row failed. What an earlier
 * try of the same run has settled is remembered here, and is not sent to Kizen a second time.
 *
 * The memory hangs on the node's context, an object that n8n makes for one node in one execution and
 * keeps between tries; being weak, it ends with the execution and is never stored with it.
 */
const memory = new WeakMap<IContextObject, Map<number, Map<number, Outcome>>>();

/** Outcomes by item index that earlier tries of this run have settled; add to it while running. */
export function settledRows(context: IExecuteFunctions, node: INode): Map<number, Outcome> {
	if (node.retryOnFail !== true) return new Map();
	const key = context.getContext('node');
	const { $thisRunIndex } = context.getWorkflowDataProxy(0);
	const run = typeof $thisRunIndex === 'number' ? $thisRunIndex : 0;
	const runs = memory.get(key) ?? new Map<number, Map<number, Outcome>>();
	memory.set(key, runs);
	const rows = runs.get(run) ?? new Map<number, Outcome>();
	runs.set(run, rows);
	return rows;
}
