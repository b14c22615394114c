import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { outputsOf } from '../description';
import { isObject } from '../fields';
import { described, isDone, sentence, type Action, type NotDone, type Outcome } from '../outcome';
import { isReturnedItem } from '../records';
import { isTool } from './items';
import type { Task } from './settings';

/** What the node does with an item that could not be done (n8n's setting On Error). */
type ErrorMode = 'stop' | 'continue' | 'errorOutput';

interface Delivery {
	mode: ErrorMode;
	/** Separate Output per Action. */
	split: boolean;
	outputs: Action[];
}

export function errorMode(node: INode, continueOnFail: boolean): ErrorMode {
	if (node.onError === 'continueErrorOutput') return 'errorOutput';
	// As a tool it tells the model. n8n 2 does so with any error, unless told to stop; n8n 1 would end
	// the workflow, and shows no On Error for a tool.
	const tellsModel = isTool(node) && node.onError === undefined;
	return continueOnFail || tellsModel ? 'continue' : 'stop';
}

/** @param task undefined where no item says what to do: the canvas shows one output then */
export function deliveryOf(node: INode, task: Task | undefined, mode: ErrorMode): Delivery {
	return {
		mode,
		split: task?.split ?? false,
		outputs: task?.split ? outputsOf(task.operation, node.parameters) : ['failed'],
	};
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
	// What an operation does not expect goes to Failed, where somebody looks at it. From there n8n moves
	// failed items on to its error output, where that is used.
	const failed: INodeExecutionData[] = [];
	const outputs = new Map(
		delivery.outputs.map((action) => [action, action === 'failed' ? failed : []]),
	);
	outcomes.forEach((outcome, index) => {
		if (outcome === undefined) return;
		const output = outputs.get(outcome.action) ?? failed;
		if (isDone(outcome)) {
			// One by one: a search may find more than a call takes arguments.
			for (const json of outcome.items) output.push({ json, pairedItem: { item: index } });
		} else {
			output.push(failedItem(outcome, { index, input: input[index] }, delivery));
		}
	});
	return [...outputs.values()];
}

/** What an item says of its problem beside the message. */
const DETAILS = ['httpCode', 'code', 'requestId', 'fields', 'archivedRecordId', 'recordId'];

function failedItem(
	{ action, problem }: NotDone,
	{ index, input }: { index: number; input: INodeExecutionData | undefined },
	{ mode, split }: Delivery,
): INodeExecutionData {
	const pairedItem = { item: index };
	const error = sentence(problem, index);
	const facts = Object.entries(problem).filter(([key]) => DETAILS.includes(key));
	const details: IDataObject = {
		action,
		description: described(problem),
		...Object.fromEntries(facts),
	};
	const { kept, overlaid } = underneath(input?.json);
	if (overlaid !== undefined) details.input = overlaid;
	const ownOutput = split && action === 'conflict';
	if (mode === 'errorOutput' && !ownOutput) {
		return forErrorOutput({ json: { error, details }, pairedItem }, error);
	}
	return {
		json: { action, error, ...kept, details },
		...(input?.binary && { binary: input.binary }),
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

const ADDED_KEYS = ['action', 'error', 'details'];

/**
 * What the input row holds beside the keys that this node adds, and what it holds under them, so that
 * nothing of the user's is lost.
 */
function underneath(json: IDataObject | null | undefined): {
	kept: IDataObject;
	overlaid?: IDataObject | undefined;
} {
	if (!isObject(json)) return { kept: {}, overlaid: json ?? undefined };
	const entries = Object.entries(json);
	const isAdded = ([key]: [string, unknown]) => ADDED_KEYS.includes(key);
	const kept = Object.fromEntries(entries.filter((entry) => !isAdded(entry)));
	const overlaid = Object.fromEntries(entries.filter(isAdded));
	return isReturnedItem(json) || Object.keys(overlaid).length === 0 ? { kept } : { kept, overlaid };
}
