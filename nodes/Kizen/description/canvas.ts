import type { INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { ACTIONS } from '../outcome/outcome';
import type { Operation } from '../operations/operation';

/**
 * The node's outputs: one, or with Separate Output per Action one for each thing that can happen.
 * The expression holds the whole table, because n8n evaluates it far from this code.
 */
export function outputs(operations: Operation[]): INodeTypeDescription['outputs'] {
	const named = Object.fromEntries(
		operations.filter(hasSeparateOutputs).map(({ value, outputs: actions }) => [
			value,
			actions.map((action) => ({
				type: NodeConnectionTypes.Main,
				displayName: ACTIONS[action].output,
			})),
		]),
	);
	const one = JSON.stringify([{ type: NodeConnectionTypes.Main }]);
	return `={{ ($parameter.splitByAction && (${JSON.stringify(named)})[$parameter.operation]) || ${one} }}`;
}

/** Whether more than one thing can happen. */
export function hasSeparateOutputs({ outputs: actions }: Operation): boolean {
	return actions.length > 1;
}

/** What the canvas shows below the node: the operation by its name. */
export function subtitle(operations: Operation[]): string {
	const names = Object.fromEntries(operations.map(({ value, name }) => [value, name]));
	return `={{ (${JSON.stringify(names)})[$parameter.operation] }}`;
}
