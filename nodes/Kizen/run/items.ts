import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { quote, type Item } from '../description';
import { isObject } from '../fields';
import { ProblemError } from '../outcome';
import { compile, type Evaluate } from './plainExpression';

/** Returns a function that gives an input item as operations see it. */
export function itemReader(
	context: IExecuteFunctions,
	node: INode,
	input: INodeExecutionData[],
): (index: number) => Item {
	const { parameters } = node;
	const compiled = new Map<string, Evaluate | undefined>();
	const evaluated = (name: string, json: unknown) => {
		if (!compiled.has(name)) compiled.set(name, compile(parameters[name]));
		// As a tool, the node has the model's words for input, and `$json` means the agent's.
		return compiled.get(name)?.(isTool(node) ? undefined : json);
	};
	return (index) => {
		const json: unknown = input[index]?.json;
		return {
			json: isObject(json) ? json : {},
			parameter: (name, fallback) => {
				const found = evaluated(name, json);
				if (found) return found.value;
				return context.getNodeParameter(name, index, fallback);
			},
		};
	};
}

/** Tells whether the node is a tool of an agent. */
export function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}

/**
 * Refuses an item that has no JSON: code and other nodes can return one.
 *
 * @throws ProblemError
 */
export function requireJson(item: INodeExecutionData | undefined): void {
	const json: unknown = item?.json;
	if (isObject(json)) return;
	throw new ProblemError(
		json === undefined || json === null
			? 'The item has no JSON'
			: `The item's JSON is ${quote(json)}, which is not an object`,
		'Check the node before this one: each of its items needs a "json" with an object, such as { "json": { "email": "nathan@example.com" } }.',
	);
}
