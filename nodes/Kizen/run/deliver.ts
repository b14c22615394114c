import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { Operation } from '../operations/operation';
import { isDone, type Action, type NotDone, type Outcome } from '../outcome/outcome';
import { described, sentence } from '../outcome/nodeError';

/** What the node does with an item that could not be done (n8n's setting On Error). */
export type ErrorMode = 'stop' | 'continue' | 'errorOutput';

export interface Delivery {
	mode: ErrorMode;
	/** Separate Output per Action. */
	split: boolean;
	outputs: Action[];
}

export function errorMode(node: INode, continueOnFail: boolean): ErrorMode {
	if (node.onError === 'continueErrorOutput') return 'errorOutput';
	// As a tool it tells the model. n8n 2 does so with any error, unless told to stop; n8n 1 would end
	// the workflow, and shows no On Error for a tool.
	const tellsModel = node.type.endsWith('Tool') && node.onError === undefined;
	return continueOnFail || tellsModel ? 'continue' : 'stop';
}

export function deliveryOf(operation: Operation, mode: ErrorMode, split: boolean): Delivery {
	return { mode, split, outputs: operation.outputs };
}

/** Whether this outcome ends the whole run. With an output of its own, a conflict is no failure. */
export function stops(outcome: Outcome, { mode, split }: Delivery): outcome is NotDone {
	if (mode !== 'stop' || isDone(outcome)) return false;
	return !(split && outcome.action === 'conflict');
}

/** Puts each outcome on its output, in the order of the input, paired with its input item. */
export function deliver(
	outcomes: Array<Outcome | undefined>,
	input: INodeExecutionData[],
	delivery: Delivery,
): INodeExecutionData[][] {
	const lines: INodeExecutionData[][] = delivery.split ? delivery.outputs.map(() => []) : [[]];
	outcomes.forEach((outcome, index) => {
		if (outcome === undefined) return;
		const line = lines[lineOf(outcome, delivery)];
		if (isDone(outcome)) {
			// One by one: a search may find more than a call takes arguments.
			for (const json of outcome.items) line.push({ json, pairedItem: { item: index } });
		} else {
			line.push(itemOf(outcome, index, input[index], delivery));
		}
	});
	return lines;
}

function lineOf({ action }: Outcome, { split, outputs }: Delivery): number {
	if (!split) return 0;
	// A failed item leaves with conflicts, for which nothing was written either, and where there are
	// none by an output of its own; n8n moves it on to its error output where that is used.
	const isApart = action !== 'failed' || outputs.includes('failed');
	return Math.max(0, outputs.indexOf(isApart ? action : 'conflict'));
}

function itemOf(
	{ action, problem }: NotDone,
	index: number,
	input: INodeExecutionData,
	{ mode, split }: Delivery,
): INodeExecutionData {
	const pairedItem = { item: index };
	const error = sentence(problem, index);
	const details: IDataObject = {
		action,
		message: problem.message,
		description: described(problem),
		...(problem.httpCode !== undefined && { httpCode: problem.httpCode }),
		...(problem.code !== undefined && { code: problem.code }),
		...(problem.requestId !== undefined && { requestId: problem.requestId }),
		...(problem.fields && { fields: problem.fields }),
		...(problem.archivedRecordId && { archivedRecordId: problem.archivedRecordId }),
		...(problem.recordId && { recordId: problem.recordId }),
	};
	const overlaid = overlay(input.json);
	if (overlaid) details.input = overlaid;
	const ownOutput = split && action === 'conflict';
	if (mode === 'errorOutput' && !ownOutput) {
		return forErrorOutput({ json: { error, details }, pairedItem }, error);
	}
	return {
		json: { ...input.json, action, error, details },
		...(input.binary && { binary: input.binary }),
		pairedItem,
	};
}

/**
 * Marks an item so that n8n moves it to the error output, where n8n adds the input row itself. n8n 2
 * takes an item for a failed one if it has no other keys than `error`, `message` and `details`. n8n 1
 * does not know `details`, but takes any item that has an error beside its JSON. Later it replaces the
 * JSON by such an error's message, which a property that is not copied with the item escapes.
 */
function forErrorOutput(item: INodeExecutionData, message: string): INodeExecutionData {
	return Object.defineProperty(item, 'error', { value: { message }, enumerable: false });
}

const OWN_KEYS = ['action', 'error', 'details'];

/** What the input row holds under the keys that this node adds, so that it is not lost. */
function overlay(json: IDataObject): IDataObject | undefined {
	const kept = OWN_KEYS.filter((key) => json[key] !== undefined);
	if (kept.length === 0) return undefined;
	return Object.fromEntries(kept.map((key) => [key, json[key]]));
}
