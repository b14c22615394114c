import type { INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import type { Operation } from './operation';

/**
 * The node's outputs: one, or with Separate Output per Action one for each thing that can happen.
 * The expression holds the whole table, because n8n evaluates it far from this code.
 */
export function outputs(operations: Operation[]): INodeTypeDescription['outputs'] {
	const named = Object.fromEntries(
		operations.map(({ value, outputs: actions }) => [
			value,
			actions.map((action) => ({
				type: NodeConnectionTypes.Main,
				displayName: `${action[0].toUpperCase()}${action.slice(1)}`,
			})),
		]),
	);
	const one = JSON.stringify([{ type: NodeConnectionTypes.Main }]);
	return `={{ ($parameter.splitByAction && (${JSON.stringify(named)})[$parameter.operation]) || ${one} }}`;
}

/** What the canvas shows below the node: the operation and, where it was chosen from the list, the object. */
export function subtitle(operations: Operation[]): string {
	const names = Object.fromEntries(operations.map(({ value, name }) => [value, name]));
	const object = '$parameter.object?.cachedResultName';
	return `={{ (${JSON.stringify(names)})[$parameter.operation] + (${object} ? ': ' + ${object} : '') }}`;
}
