import {
	ExecuteContext,
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	SupplyDataContext,
	WorkflowExecute,
} from 'n8n-core';
import { makeHandleToolInvocation } from 'n8n-core/dist/execution-engine/node-execution-context/utils/get-input-connection-data';
import {
	createRunExecutionData,
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IConnections,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
} from 'n8n-workflow';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { EngineCredentials } from './credentials';

/** What a resource locator holds that names what it means. */
export const byName = (value: string) => ({ __rl: true, mode: 'name', value });

/**
 * Runs the node inside n8n's own engine: Start gives the items, Kizen runs, and after it stands one
 * node an output that looks back at Start, as an expression in a later node would.
 */
export interface Scenario {
	/** Parameters of the Kizen node; `object`, `operation` and so on as they stand in a workflow. */
	parameters: INodeParameters;
	/** The items' JSON. */
	rows: IDataObject[];
	/** Whole items instead of rows, as code that knows no better may return them. */
	items?: unknown[];
	/** Settings of the node: onError, retryOnFail, maxTries, executeOnce, alwaysOutputData. */
	node?: Partial<INode>;
	credential?: ICredentialDataDecryptedObject;
	timezone?: string;
	/** Lets the items reach the node a second time in the same execution, as a loop does. */
	twice?: boolean;
	pinData?: Record<string, INodeExecutionData[]>;
	/** The workflow is stopped, as a user stops it, as soon as this says so. */
	stopWhen?(): boolean;
}

export interface Result {
	run: IRun;
	status: string;
	/** The error that stopped the workflow, as n8n stores it. */
	error: { name: string; message: string; description?: string; context?: IDataObject } | undefined;
	/** One list of items per output of the Kizen node. */
	outputs: INodeExecutionData[][];
	/** The JSON of the first output. */
	json: IDataObject[];
	hints: NodeExecutionHint[];
	/**
	 * By output: the items of Start that a later node finds through `$('Start').item`, from the first
	 * twenty items and the last.
	 */
	lookedBack: IDataObject[][];
	/** Everything that n8n would store or show, as text. */
	stored: string;
	credentialReads: number;
}

const NODE_TYPE = 'n8n-nodes-kizen.kizenRecords';

function nodeType(name: string, execute: INodeType['execute']): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: 1,
			description: '',
			defaults: {},
			inputs: ['main'],
			outputs: ['main'],
			properties: [{ displayName: 'Value', name: 'value', type: 'string', default: '' }],
		},
		execute,
	};
}

/** From so many items of an output, and from its last, which is enough to see that all can. */
const LOOKS_BACK = 20;

const TYPES: Record<string, INodeType> = {
	'n8n-nodes-base.manualTrigger': nodeType('start', async function () {
		return [this.getInputData()];
	}),
	'test.lookBack': nodeType('lookBack', async function () {
		return [
			this.getInputData().flatMap((_item, index, { length }) => {
				if (index >= LOOKS_BACK && index < length - 1) return [];
				const found = this.getNodeParameter('value', index) as IDataObject;
				return [{ json: { found }, pairedItem: { item: index } }];
			}),
		];
	}),
	'test.pass': nodeType('pass', async function () {
		return [this.getInputData()];
	}),
	[NODE_TYPE]: new KizenRecords(),
	[`${NODE_TYPE}Tool`]: new KizenRecords(),
};

const nodeTypes: INodeTypes = {
	getByName: (type) => TYPES[type],
	getByNameAndVersion: (type, version) => NodeHelpers.getVersionedNodeType(TYPES[type], version),
	getKnownTypes: () => ({}),
};

const OUTPUTS_AT_MOST = 8;

function workflowOf({ parameters, node, timezone, twice }: Scenario): Workflow {
	const nodes: INode[] = [
		{
			id: 'start',
			name: 'Start',
			type: 'n8n-nodes-base.manualTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		},
		{
			id: 'kizen',
			name: 'Kizen',
			type: NODE_TYPE,
			typeVersion: 1,
			position: [200, 0],
			parameters,
			credentials: { kizenApi: { id: '1', name: 'Kizen' } },
			...node,
		},
		{
			id: 'pass',
			name: 'Pass',
			type: 'test.pass',
			typeVersion: 1,
			position: [100, 900],
			parameters: {},
		},
	];
	const toKizen = { node: 'Kizen', type: 'main', index: 0 } as const;
	const lines: IConnections[string]['main'] = [];
	for (let output = 0; output < OUTPUTS_AT_MOST; output++) {
		const name = `Look Back ${output}`;
		nodes.push({
			id: name,
			name,
			type: 'test.lookBack',
			typeVersion: 1,
			position: [400, output * 100],
			parameters: { value: "={{ $('Start').item.json }}" },
		});
		lines.push([{ node: name, type: 'main', index: 0 }]);
	}
	return new Workflow({
		id: 'workflow',
		name: 'Test',
		nodes,
		connections: {
			Start: { main: [[toKizen, ...(twice ? [{ ...toKizen, node: 'Pass' }] : [])]] },
			Pass: { main: [[toKizen]] },
			Kizen: { main: lines },
		},
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1', ...(timezone && { timezone }) },
	});
}

let executions = 0;

export function surroundings(
	credentialsHelper = new EngineCredentials(undefined),
): IWorkflowExecuteAdditionalData {
	const url = 'http://localhost/';
	const executionId = String(++executions);
	const workflow = { id: 'workflow', name: 'Test', nodes: [], connections: {}, active: false };
	const parts: Partial<IWorkflowExecuteAdditionalData> & { hooks: unknown } = {
		credentialsHelper,
		hooks: new ExecutionLifecycleHooks('manual', executionId, {
			...workflow,
			createdAt: new Date(),
			updatedAt: new Date(),
			activeVersionId: null,
			isArchived: false,
		}),
		executionId,
		variables: {},
		currentNodeExecutionIndex: 0,
		restApiUrl: url,
		instanceBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		formBaseUrl: url,
		formWaitingBaseUrl: url,
		formTestBaseUrl: url,
		mcpBaseUrl: url,
		mcpTestBaseUrl: url,
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
	};
	// What is missing belongs to parts of n8n that a regular node never reaches.
	return parts as IWorkflowExecuteAdditionalData;
}

export async function runInEngine(scenario: Scenario): Promise<Result> {
	const credentials = new EngineCredentials(scenario.credential);
	const workflow = workflowOf(scenario);
	const execution = new WorkflowExecute(
		surroundings(credentials),
		'manual',
		createRunExecutionData(),
	);
	const items = scenario.items ?? scenario.rows.map((json) => ({ json }));
	const running = start(execution, {
		workflow,
		startNode: workflow.getNode('Start') ?? undefined,
		pinData: scenario.pinData,
		triggerToStartFrom: { name: 'Start', data: { data: { main: [items] } } } as never,
	});
	const { stopWhen } = scenario;
	const poll = stopWhen && setInterval(() => stopWhen() && running.cancel(), 1);
	const run = await running.finally(() => clearInterval(poll));
	return resultOf(run, credentials);
}

/** Runs the node alone, with items that n8n's other nodes would not let through. */
export async function executeAlone(
	scenario: Pick<Scenario, 'parameters' | 'node' | 'credential'> & { items: unknown[] },
): Promise<INodeExecutionData[][]> {
	const workflow = workflowOf({ ...scenario, rows: [] });
	const node = workflow.getNode('Kizen');
	if (node === null) throw new Error('no node');
	const items = scenario.items as INodeExecutionData[];
	const context = new ExecuteContext(
		workflow,
		node,
		surroundings(new EngineCredentials(scenario.credential)),
		'manual',
		createRunExecutionData(),
		0,
		items,
		{ main: [items] },
		{ node, data: { main: [items] }, source: null },
		[],
	);
	return await new KizenRecords().execute.call(context);
}

/**
 * Makes a tool of the node, as n8n does for agents that call their tools themselves. Returns what such
 * an agent calls with the model's arguments.
 */
export function toolOf(
	scenario: Pick<Scenario, 'parameters' | 'node' | 'credential'>,
): (args: IDataObject) => Promise<string> {
	const type = `${NODE_TYPE}Tool`;
	const workflow = workflowOf({ ...scenario, rows: [], node: { ...scenario.node, type } });
	const node = workflow.getNode('Kizen');
	const agent = workflow.getNode('Start');
	if (node === null || agent === null) throw new Error('no node');
	const execution = createRunExecutionData();
	const around = surroundings(new EngineCredentials(scenario.credential));
	return makeHandleToolInvocation(
		(runIndex) =>
			new SupplyDataContext(
				workflow,
				node,
				around,
				'manual',
				execution,
				runIndex,
				[{ json: { question: 'of the agent' } }],
				{},
				'ai_tool',
				{ node: agent, data: {}, source: null },
				[],
				undefined,
				agent,
			),
		node,
		TYPES[type],
		execution,
	);
}

type RunOptions = Parameters<WorkflowExecute['run']>[0];
type Running = ReturnType<WorkflowExecute['run']>;

/** n8n 1 takes one by one what n8n 2 takes as one object. */
function start(execution: WorkflowExecute, options: RunOptions): Running {
	if (execution.run.length === 1) return execution.run(options);
	const { workflow, startNode, destinationNode, pinData, triggerToStartFrom } = options;
	const run = execution.run as unknown as (...options: unknown[]) => Running;
	return run.call(execution, workflow, startNode, destinationNode, pinData, triggerToStartFrom);
}

function resultOf(run: IRun, credentials: EngineCredentials): Result {
	const { runData, error } = run.data.resultData;
	const task = runData.Kizen?.at(-1);
	const outputs = (task?.data?.main ?? []).map((items) => items ?? []);
	return {
		run,
		status: run.status,
		error: error && {
			name: error.name,
			message: error.message,
			description: error.description ?? undefined,
			context: error.context,
		},
		outputs,
		json: (outputs[0] ?? []).map(({ json }) => json),
		hints: task?.hints ?? [],
		lookedBack: Array.from({ length: OUTPUTS_AT_MOST }, (_, output) =>
			(runData[`Look Back ${output}`]?.[0]?.data?.main[0] ?? []).map(
				({ json }) => json.found as IDataObject,
			),
		),
		stored: storedText(run.data),
		credentialReads: credentials.reads,
	};
}

/** As n8n stores an execution: everything reachable, errors with their own properties. */
export function storedText(data: IRunExecutionData): string {
	const seen = new WeakSet<object>();
	return JSON.stringify(data, (_key, value: unknown) => {
		if (typeof value !== 'object' || value === null) return value;
		if (seen.has(value)) return '[seen]';
		seen.add(value);
		if (value instanceof Error) {
			return { ...value, name: value.name, message: value.message, stack: value.stack };
		}
		return value;
	});
}

/** Calls a method of the node as the editor does. */
export async function askNode<T>(
	method: (this: LoadOptionsContext, ...args: string[]) => Promise<T>,
	parameters: INodeParameters,
	/** Undefined if none is chosen. */
	credential: ICredentialDataDecryptedObject | undefined,
	...args: string[]
): Promise<T> {
	return await askNodeAt('parameters.object', method, parameters, credential, ...args);
}

/** What the canvas and the editor make of an expression in the node's description. */
export function expressionOf(expression: string, parameters: INodeParameters): unknown {
	const workflow = workflowOf({ parameters, rows: [] });
	const node = workflow.getNode('Kizen');
	if (node === null) throw new Error('no node');
	return workflow.expression.getSimpleParameterValue(node, expression, 'internal', {});
}

/** As {@link askNode}, for the parameter at `path`: neighbours are found from there. */
export async function askNodeAt<T>(
	path: string,
	method: (this: LoadOptionsContext, ...args: string[]) => Promise<T>,
	parameters: INodeParameters,
	credential: ICredentialDataDecryptedObject | undefined,
	...args: string[]
): Promise<T> {
	const chosen = credential === undefined ? { node: { credentials: undefined } } : {};
	const workflow = workflowOf({ parameters, rows: [], ...chosen });
	const node = workflow.getNode('Kizen');
	if (node === null) throw new Error('no node');
	const context = new LoadOptionsContext(
		workflow,
		node,
		{ ...surroundings(new EngineCredentials(credential)), currentNodeParameters: parameters },
		path,
	);
	return await method.call(context, ...args);
}
