import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import type { Execution } from '../../sandbox/n8n/rest';
import type { SharedN8n } from './meeting';
import { splitRows, webhook, workflow } from '../../sandbox/n8n/workflows';

export interface WebhookRun {
	/** What the caller of the webhook was answered. */
	status: number;
	answer: string;
	execution: Execution;
}

/**
 * Publishes a workflow that starts with a webhook and splits its rows, calls it, and waits for its
 * end. `nodes` follow; `lines` says what leads where, from "Rows" on.
 */
export async function runByWebhook(
	{ url, rest }: SharedN8n,
	nodes: INode[],
	lines: Record<string, string[]>,
	rows: object[],
): Promise<WebhookRun> {
	const path = randomUUID();
	const all = [webhook(path), splitRows(), ...nodes];
	const saved = await rest.createWorkflow(workflow(path, all, { Webhook: ['Rows'], ...lines }));
	await rest.activate(saved);
	const response = await fetch(`${url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ rows }),
	});
	const answer = await response.text();
	return { status: response.status, answer, execution: await rest.firstExecution(saved.id) };
}
