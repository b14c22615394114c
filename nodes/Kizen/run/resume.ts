import type { IContextObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { isObject, remembered } from '../fields';
import { isDone, type Done, type Outcome } from '../outcome';
import { Adds } from '../records';
import { isTool } from './items';

/**
 * n8n's Retry On Fail runs the whole node again, with every item, when a row failed. What an earlier
 * try of the same run has settled is remembered here, and is not sent to Kizen a second time.
 *
 * The memory is weak: it ends with the execution and is never stored with it.
 */
export function settledRows(
	context: IExecuteFunctions,
	node: INode,
	input: INodeExecutionData[],
): SettledRows {
	if (node.retryOnFail !== true) return new SettledRows();
	const call = isTool(node) ? input[0]?.json : undefined;
	return isObject(call) ? remembered(calls, call, () => new SettledRows()) : ofRun(context);
}

/**
 * By the node's context, an object that n8n makes for one node in one execution and keeps between
 * tries, and by the run: a loop runs the node again.
 */
const runs = new WeakMap<IContextObject, Map<number, SettledRows>>();

function ofRun(context: IExecuteFunctions): SettledRows {
	const { $thisRunIndex } = context.getWorkflowDataProxy(0);
	const run = typeof $thisRunIndex === 'number' ? $thisRunIndex : 0;
	const ofNode = remembered(runs, context.getContext('node'), () => new Map<number, SettledRows>());
	return remembered(ofNode, run, () => new SettledRows());
}

/**
 * By what the model said: a tool is given the same object in all tries of a call, and another one in
 * the next call. Where an agent calls its tools itself, every try is a run of its own.
 */
const calls = new WeakMap<object, SettledRows>();

/** Rows by their index in the input, with the key of the record they concern. */
export class SettledRows {
	private readonly adds = new Map<string, Adds>();
	private readonly outcomes = new Map<number, Outcome>();
	private readonly begun = new Map<number, Done>();
	private readonly lastWritten = new Map<string, number>();

	get(index: number): Outcome | undefined {
		return this.outcomes.get(index);
	}

	/**
	 * What the Adds to a business have made, in all tries: one that was left in doubt may be carried out
	 * while a later try is at work.
	 */
	addsTo(business: string): Adds {
		return remembered(this.adds, business, () => new Adds());
	}

	/** How far an earlier try came with a row that it did not settle. */
	writtenOf(index: number): Done | undefined {
		return this.begun.get(index);
	}

	/** Keeps what must not be done again of a row, if anything. */
	settle(index: number, outcome: Outcome, key: string | undefined): void {
		if (isDone(outcome) || outcome.final) this.outcomes.set(index, outcome);
		else if (outcome.written) this.begun.set(index, outcome.written);
		const isWritten = isDone(outcome) || outcome.written !== undefined;
		if (key === undefined || !isWritten) return;
		this.lastWritten.set(key, Math.max(index, this.lastWritten.get(key) ?? index));
	}

	/** A row after this one, about the same record, that was written in an earlier try. */
	laterThan(index: number, key: string | undefined): number | undefined {
		const last = key === undefined ? undefined : this.lastWritten.get(key);
		return last !== undefined && last > index ? last : undefined;
	}
}
