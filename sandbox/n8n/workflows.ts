import { randomUUID } from 'node:crypto';
import type { IConnections, INode, NodeConnectionType } from 'n8n-workflow';
import type { SavedCredential, Workflow } from './rest';

/** The name by which workflows know this package's node. */
export const KIZEN_NODE = 'n8n-nodes-kizen.kizenRecords';

/** The name by which workflows know this package's trigger. */
export const KIZEN_TRIGGER = 'n8n-nodes-kizen.kizenTrigger';

type Parameters = INode['parameters'];

/** n8n polls at most once a minute for each poll time: with six of them, every ten seconds. */
export const EVERY_TEN_SECONDS = {
	item: [0, 10, 20, 30, 40, 50].map((second) => ({
		mode: 'custom',
		cronExpression: `${second} * * * * *`,
	})),
};

/** A node of a workflow; its place on the canvas does not matter here. */
export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Parameters = {},
	settings: Partial<INode> = {},
): INode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters, ...settings };
}

/** A Kizen Records node, called "Kizen". */
export function kizenNode(
	credential: SavedCredential,
	parameters: Parameters,
	settings: Partial<INode> = {},
): INode {
	const { id, name } = credential;
	const credentials = { kizenApi: { id, name } };
	return node('Kizen', KIZEN_NODE, 1, parameters, { credentials, ...settings });
}

/** A Kizen Trigger, called so, that polls every ten seconds. */
export function kizenTrigger(
	{ id, name }: SavedCredential,
	parameters: Parameters,
	settings: Partial<INode> = {},
): INode {
	const credentials = { kizenApi: { id, name } };
	const all = { pollTimes: EVERY_TEN_SECONDS, ...parameters };
	return node('Kizen Trigger', KIZEN_TRIGGER, 1, all, { credentials, ...settings });
}

/** A webhook at `/webhook/<path>`, called "Webhook", that answers what the last node puts out. */
export function webhook(path: string): INode {
	const parameters = {
		httpMethod: 'POST',
		path,
		responseMode: 'lastNode',
		responseData: 'allEntries',
		options: {},
	};
	return node('Webhook', 'n8n-nodes-base.webhook', 2, parameters, { webhookId: randomUUID() });
}

/** Takes the rows out of the webhook's body, which holds them under `rows`. */
export function splitRows(): INode {
	return node('Rows', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.rows', options: {} });
}

/** A Switch with a branch for each action; what has none of them leaves by the last one. */
export function switchOnAction(...actions: string[]): INode {
	const values = actions.map((action) => ({
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			conditions: [
				{
					id: randomUUID(),
					leftValue: '={{ $json.action }}',
					rightValue: action,
					operator: { type: 'string', operation: 'equals' },
				},
			],
			combinator: 'and',
		},
		renameOutput: true,
		outputKey: action,
	}));
	const parameters = { rules: { values }, options: { fallbackOutput: 'extra' } };
	return node('Switch', 'n8n-nodes-base.switch', 3.2, parameters);
}

/** Where a branch ends: it adds `by` to the row, so that its way shows. */
export function end(by: string): INode {
	const assignment = { id: randomUUID(), name: 'by', value: by, type: 'string' };
	const assignments = { assignments: [assignment] };
	const parameters = { assignments, includeOtherFields: true, options: {} };
	return node(by, 'n8n-nodes-base.set', 3.4, parameters);
}

/** Connects nodes: for each, the names that its outputs lead to, in order. */
export function connect(lines: Record<string, string[]>): IConnections {
	const main: NodeConnectionType = 'main';
	return Object.fromEntries(
		Object.entries(lines).map(([from, names]) => [
			from,
			{ main: names.map((name) => [{ node: name, type: main, index: 0 }]) },
		]),
	);
}

export function workflow(name: string, nodes: INode[], lines: Record<string, string[]>): Workflow {
	const settings = { executionOrder: 'v1' };
	return { name, nodes, connections: connect(lines), settings };
}
