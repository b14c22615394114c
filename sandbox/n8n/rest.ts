import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
	ExecutionStatus,
	IConnections,
	INode,
	INodeExecutionData,
	IRunExecutionData,
	ResourceMapperField,
} from 'n8n-workflow';

const POLL_MS = 100;
const PATIENCE_MS = 300_000;
/** What n8n says, and does nothing, while a large execution keeps it from its database. */
const DATABASE_IS_BUSY = 'Database is not ready!';

/** Who is signed in, and the browser that n8n ties the cookie to. */
export interface Session {
	cookie: string;
	browserId: string;
}

export interface Login {
	email: string;
	password: string;
}

export interface Credential {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface SavedCredential extends Credential {
	id: string;
}

export interface Workflow {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings: Record<string, unknown>;
}

export interface SavedWorkflow extends Workflow {
	id: string;
	versionId: string;
}

/** A node as its editor panel asks for its lists. */
export interface EditedNode {
	type: string;
	typeVersion: number;
	credentials: Record<string, { id: string; name: string }>;
	parameters: Record<string, unknown>;
}

export interface Execution {
	id: string;
	status: string;
	/** The error that stopped it. */
	error?: { message: string; description?: string | null };
	/** What a node put out, by output, in its first run. */
	outputs(node: string): INodeExecutionData[][];
	/** The stored execution as n8n hands it out, as text. */
	stored: string;
}

/** n8n's answer when it refuses: the status and the whole body. */
export class N8nRefused extends Error {
	constructor(
		call: string,
		readonly status: number,
		readonly body: string,
	) {
		super(`n8n answered ${status} to ${call}: ${body.slice(0, 500)}`);
	}
}

/** What the editor does, done through the interface that the editor itself uses. */
export class N8nRest {
	private constructor(
		readonly url: string,
		readonly session: Session,
		private readonly modules: string,
	) {}

	/** Creates the owner of a new n8n and signs in as that person. */
	static async asNewOwner(url: string, login: Login, modules: string): Promise<N8nRest> {
		const session = { cookie: '', browserId: randomUUID() };
		const response = await fetch(`${url}/rest/owner/setup`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'browser-id': session.browserId },
			body: JSON.stringify({ ...login, firstName: 'Ada', lastName: 'Owner' }),
		});
		if (!response.ok) {
			throw new N8nRefused('the owner to be', response.status, await response.text());
		}
		session.cookie = response.headers
			.getSetCookie()
			.map((line) => line.split(';')[0])
			.join('; ');
		return new N8nRest(url, session, modules);
	}

	/** Goes on with a session that another process started. */
	static resume(url: string, session: Session, modules: string): N8nRest {
		return new N8nRest(url, session, modules);
	}

	async createCredential(credential: Credential): Promise<SavedCredential> {
		const { id } = await this.call<{ id: string }>('POST', '/rest/credentials', credential);
		return { ...credential, id };
	}

	/** Presses the credential's test. */
	async testCredential(credential: SavedCredential): Promise<{ status: string; message: string }> {
		return await this.call('POST', '/rest/credentials/test', { credentials: credential });
	}

	async createWorkflow(workflow: Workflow): Promise<SavedWorkflow> {
		return await this.call('POST', '/rest/workflows', { ...workflow, active: false });
	}

	/** Publishes a workflow and waits until its webhooks and forms answer. */
	async activate({ id, versionId }: SavedWorkflow): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/activate`, { versionId });
		const published = async () => {
			const status = `/rest/workflows/${id}/publication-status`;
			const answer = await this.call<{ status: string }>('GET', status).catch((error) => {
				// n8n 1 publishes at once and has no such address.
				if (error instanceof N8nRefused && error.status === 404) return { status: 'published' };
				throw error;
			});
			return answer.status === 'published' || undefined;
		};
		await until(`workflow ${id} is published`, published);
	}

	/** Makes a workflow inactive. */
	async deactivate({ id }: Pick<SavedWorkflow, 'id'>): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/deactivate`);
	}

	/** Runs a workflow as the editor does, from a trigger that is handed `items`. */
	async run(workflow: SavedWorkflow, trigger: string, items: object[]): Promise<Execution> {
		const data = { main: [items.map((json) => ({ json }))] };
		const { executionId } = await this.call<{ executionId: string }>(
			'POST',
			`/rest/workflows/${workflow.id}/run`,
			{
				workflowData: workflow,
				triggerToStartFrom: {
					name: trigger,
					data: { data, executionTime: 0, startTime: 0, executionIndex: 0, source: [] },
				},
			},
		);
		return await this.finished(executionId);
	}

	/** The ids of a workflow's stored executions, or of all, newest first; at most 100. */
	async executionIds(workflowId?: string, status?: ExecutionStatus[]): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status }));
		const { results } = await this.call<{ results: Array<{ id: string }> }>(
			'GET',
			`/rest/executions?filter=${filter}&limit=100`,
		);
		return results.map(({ id }) => id);
	}

	/** A stored execution, once it came to its end. */
	async finished(id: string): Promise<Execution> {
		return await until(`execution ${id} ends`, async () => {
			const path = `/rest/executions/${id}`;
			const stored = await this.call<{ status: string; data: string }>('GET', path);
			if (['new', 'running', 'waiting'].includes(stored.status)) return undefined;
			return this.read(id, stored.status, stored.data);
		});
	}

	/** The first execution of a workflow, waited for, once it came to its end. */
	async firstExecution(workflowId: string): Promise<Execution> {
		const id = await until(`workflow ${workflowId} starts`, async () =>
			(await this.executionIds(workflowId)).at(-1),
		);
		return await this.finished(id);
	}

	/** Options of a drop-down that a node's method fills. */
	async options(node: EditedNode, method: string, path: string): Promise<Option[]> {
		return await this.ask('options', node, method, path, {});
	}

	/** One page of a resource locator's list. */
	async locatorPage(
		node: EditedNode,
		method: string,
		path: string,
		{ filter, page }: { filter?: string; page?: string } = {},
	): Promise<{ results: Array<Option & { url?: string }>; paginationToken?: string }> {
		const extra = { filter, paginationToken: page };
		return await this.ask('resource-locator-results', node, method, path, extra);
	}

	/** The fields that a resource mapper offers. */
	async mapperFields(
		node: EditedNode,
		method: string,
		path: string,
	): Promise<{ fields: ResourceMapperField[] }> {
		return await this.ask('resource-mapper-fields', node, method, path, {});
	}

	/** What says to n8n who asks. */
	headers(): Record<string, string> {
		return { 'browser-id': this.session.browserId, cookie: this.session.cookie };
	}

	/** Any other call of n8n's own interface; the answer without its `data` envelope. */
	async call<T>(method: string, path: string, body?: object): Promise<T> {
		const call = `${method} ${path}`;
		const { data } = await until(`n8n takes ${call}`, async () => {
			const response = await fetch(`${this.url}${path}`, {
				method,
				headers: { 'content-type': 'application/json', ...this.headers() },
				body: body && JSON.stringify(body),
			});
			const text = await response.text();
			if (response.status === 503 && text.includes(DATABASE_IS_BUSY)) return undefined;
			if (!response.ok) throw new N8nRefused(call, response.status, text);
			return JSON.parse(text) as { data: T };
		});
		return data;
	}

	private async ask<T>(
		what: string,
		node: EditedNode,
		methodName: string,
		path: string,
		extra: object,
	): Promise<T> {
		return await this.call('POST', `/rest/dynamic-node-parameters/${what}`, {
			nodeTypeAndVersion: { name: node.type, version: node.typeVersion },
			credentials: node.credentials,
			currentNodeParameters: node.parameters,
			path: `parameters.${path}`,
			methodName,
			...extra,
		});
	}

	private read(id: string, status: string, stored: string): Execution {
		// n8n stores executions with a package of its own choice, so n8n's copy of it reads them.
		const load = createRequire(join(this.modules, 'n8n', 'package.json'));
		const { parse } = load('flatted') as { parse(text: string): IRunExecutionData };
		const { resultData } = parse(stored);
		const outputs = (node: string) =>
			(resultData.runData[node]?.[0]?.data?.main ?? []).map((items) => items ?? []);
		return { id, status, error: resultData.error, outputs, stored };
	}
}

export interface Option {
	name: string;
	value: string;
}

/** Asks again and again until there is an answer. */
export async function until<T>(
	what: string,
	ask: () => Promise<T | undefined>,
	patienceMs = PATIENCE_MS,
): Promise<T> {
	const end = Date.now() + patienceMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > end) throw new Error(`Waited ${patienceMs / 1000} s in vain until ${what}.`);
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
}
