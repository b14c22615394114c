import {
	giveUpAfter,
	isOn,
	maxParallel,
	notAllowed,
	numberOption,
	splitByAction,
	timeout,
	type Item,
} from '../description';
import { OPERATIONS, type Operation } from '../operations';

/**
 * What holds for a whole run. Every item is asked, because n8n resolves expressions for one item at a
 * time, and the first item that can be read decides. An item that can't be read fails alone.
 */

/** What the node does, and how items are returned. */
export interface Task {
	operation: Operation;
	/** Separate Output per Action. */
	split: boolean;
}

/** @throws ProblemError, or what an expression throws */
export function readTask(item: Item): Task {
	const named = item.parameter('operation', '');
	const operation = OPERATIONS.find(({ value }) => value === named);
	if (operation === undefined) {
		throw notAllowed('Operation', named, "Choose one under 'Operation'.");
	}
	return { operation, split: isOn(item, splitByAction) };
}

/** The options that limit requests. */
export interface Limits {
	/** Requests at Once. */
	maxInFlight: number;
	timeoutMs: number;
	giveUpAfterMs: number;
}

/** @throws ProblemError, or what an expression throws */
export function readLimits(item: Item): Limits {
	return {
		maxInFlight: numberOption(item, maxParallel),
		timeoutMs: numberOption(item, timeout) * 1000,
		giveUpAfterMs: numberOption(item, giveUpAfter) * 1000,
	};
}
