import * as core from 'n8n-core';
import { PollContext, WorkflowExecute } from 'n8n-core';
// n8n 1 does not name it in its index.
import { TriggersAndPollers } from 'n8n-core/dist/execution-engine/triggers-and-pollers';
import {
	createRunExecutionData,
	cronNodeOptions,
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IPollFunctions,
	type IRun,
	type WorkflowActivateMode,
} from 'n8n-workflow';

import { KizenTrigger } from '../../nodes/Kizen/KizenTrigger.node';
import { EngineCredentials } from '../engine/credentials';
import { surroundings } from '../engine/engine';

const NODE_TYPE = 'n8n-nodes-kizen.kizenTrigger';

/** An error as n8n records it for a poll that failed. */
export interface PollFailure {
	name: string;
	message: string;
	description?: string | null;
	failure?: unknown;
}

/** What n8n gives to a registered poll in place of a cron job. */
type Tick = () => void;

/**
 * The part of n8n that polls, as it is in `n8n-core`: the trigger is activated, polled at each tick, and
 * what it returns starts an execution. Around it stands what n8n's server adds: static data in a
 * database, as JSON, written after activation and with each execution that starts.
 */
export class PollingN8n {
	/** What the database holds of the workflow's static data. */
	database = '{}';
	/** The items of each execution that a poll started. */
	readonly executions: IDataObject[][] = [];
	/** What the polls since activation threw; the workflow stays active. */
	readonly failures: PollFailure[] = [];
	readonly warnings: string[] = [];
	readonly node: INode;
	credential: ICredentialDataDecryptedObject;
	/** How long n8n lets a poll take. */
	budgetMs: number | undefined;
	private readonly underWay: Array<Promise<unknown>> = [];
	private ticks: Tick[] = [];
	private engine = newEngine(this.takeTick());

	constructor(parameters: INodeParameters, credential: ICredentialDataDecryptedObject) {
		this.credential = credential;
		this.node = {
			id: `trigger-${++nodes}`,
			name: 'Kizen Trigger',
			type: NODE_TYPE,
			typeVersion: 1,
			position: [0, 0],
			parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, ...parameters },
			credentials: { kizenApi: { id: '1', name: 'Kizen' } },
		};
	}

	/** The position that the database holds. */
	get stored(): IDataObject | undefined {
		const data = JSON.parse(this.database) as Record<string, { position?: IDataObject }>;
		return data[`node:${this.node.name}`]?.position;
	}

	/** All that was sent so far, in order. */
	get sent(): IDataObject[] {
		return this.executions.flat();
	}

	/** Activates or publishes the workflow: n8n polls once, and an error keeps it inactive. */
	async activate(activation: WorkflowActivateMode = 'activate'): Promise<void> {
		await this.deactivate();
		const workflow = this.workflow();
		const polls = (...[flow, node, data, mode, how]: PollArguments) =>
			this.pollFunctions(new PollContext(flow, node, data, mode, how, ...this.emitters(workflow)));
		await this.engine.add(workflow, this.additionalData(), activation, polls);
		await this.settled();
		this.save(workflow);
	}

	/** Polls as at the next poll time, and waits for what comes of it. */
	async tick(): Promise<void> {
		this.startTick();
		await this.settled();
	}

	/** Polls as at the next poll time, and does not wait. */
	startTick(): void {
		if (this.ticks.length === 0) throw new Error('The workflow is not active.');
		for (const tick of this.ticks) tick();
	}

	async settled(): Promise<void> {
		await turn();
		while (this.underWay.length > 0) await Promise.allSettled(this.underWay.splice(0));
		await turn();
	}

	async deactivate(): Promise<void> {
		this.ticks = [];
		await this.engine.remove();
	}

	/** Ends n8n without a word and starts it again: what was only in memory is gone. */
	async restart(): Promise<void> {
		this.ticks = [];
		this.engine = newEngine(this.takeTick());
		await this.activate('init');
	}

	/** Presses Fetch Test Event. */
	async fetchTestEvent(): Promise<{ items: IDataObject[]; error: PollFailure | undefined }> {
		const workflow = this.workflow();
		const execution = new WorkflowExecute(
			this.additionalData(),
			'manual',
			createRunExecutionData(),
		);
		const startNode = workflow.getNode(this.node.name) ?? undefined;
		const run = await startRun(execution, workflow, startNode);
		const task = run.data.resultData.runData[this.node.name]?.[0];
		const items = (task?.data?.main[0] ?? []).map(({ json }) => json);
		return { items, error: run.data.resultData.error as PollFailure | undefined };
	}

	private takeTick(): (tick: Tick) => void {
		return (tick) => this.ticks.push(tick);
	}

	private workflow(): Workflow {
		return new Workflow({
			id: `workflow-of-${this.node.id}`,
			name: 'Test',
			nodes: [this.node],
			connections: {},
			active: true,
			nodeTypes: this.nodeTypes(),
			staticData: JSON.parse(this.database) as IDataObject,
			settings: { executionOrder: 'v1' },
		});
	}

	private nodeTypes(): INodeTypes {
		const trigger = new KizenTrigger();
		// As n8n's loader does for every node that polls.
		trigger.description.properties = [POLL_TIMES, ...trigger.description.properties];
		const { underWay } = this;
		const type: INodeType = {
			description: trigger.description,
			async poll(this: IPollFunctions) {
				const polled = trigger.poll.call(this);
				underWay.push(polled);
				return await polled;
			},
		};
		return {
			getByName: () => type,
			getByNameAndVersion: () => NodeHelpers.getVersionedNodeType(type, 1),
			getKnownTypes: () => ({}),
		};
	}

	private additionalData() {
		return surroundings(new EngineCredentials(this.credential));
	}

	private pollFunctions(context: PollContext): PollContext {
		const { warnings, budgetMs } = this;
		const logger = { ...NO_LOGGER, warn: (said: string) => warnings.push(said) };
		Object.defineProperty(context, 'logger', { value: logger });
		if (budgetMs !== undefined) {
			Object.defineProperty(context, 'getPollBudgetMs', { value: () => budgetMs });
		}
		return context;
	}

	private emitters(workflow: Workflow) {
		const emit = (data: INodeExecutionData[][]) => {
			this.save(workflow);
			this.executions.push(data.flat().map(({ json }) => json));
		};
		const emitError = (error: Error) => void this.failures.push(error);
		return [emit, emitError] as const;
	}

	/** n8n writes static data only if something was assigned to it. */
	private save(workflow: Workflow): void {
		if (workflow.staticData.__dataChanged !== true) return;
		this.database = JSON.stringify(workflow.staticData);
		workflow.staticData.__dataChanged = false;
	}
}

let nodes = 0;

/** What n8n does before and after it calls the node. */
async function turn(): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
}

const POLL_TIMES = {
	displayName: 'Poll Times',
	name: 'pollTimes',
	type: 'fixedCollection' as const,
	typeOptions: { multipleValues: true },
	default: { item: [{ mode: 'everyMinute' }] },
	options: cronNodeOptions,
};

type PollArguments = Parameters<typeof core.NodeExecuteFunctions.getExecutePollFunctions>;

/** What polls: `ActiveWorkflowTriggers` in n8n 2, `ActiveWorkflows` in n8n 1. */
interface Engine {
	add(
		workflow: Workflow,
		additionalData: ReturnType<typeof surroundings>,
		activation: WorkflowActivateMode,
		polls: (...given: PollArguments) => PollContext,
	): Promise<void>;
	remove(): Promise<unknown>;
}

const WORKFLOW_ID = 'workflow';
const NO_LOGGER = { debug() {}, info() {}, warn() {}, error() {}, scoped: () => NO_LOGGER };

function newEngine(register: (tick: Tick) => void): Engine {
	const noTriggers = () => {
		throw new Error('no trigger functions');
	};
	const crons = {
		register: (_context: unknown, tick: Tick) => register(tick),
		registerCron: (_context: unknown, tick: Tick) => register(() => void tick()),
		deregisterGroup: () => true,
		deregisterTarget: () => {},
		deregisterCrons: () => {},
		hasGroup: () => false,
		getTargetIds: () => [],
	};
	const errors = { error() {}, warn() {} };
	const pollers = new TriggersAndPollers();
	if ('ActiveWorkflowTriggers' in core) {
		const span = async (_: unknown, run: (span: object) => unknown) =>
			await run({ setStatus() {} });
		const tracing = {
			startSpan: span,
			startNewTraceSpan: span,
			pickWorkflowAttributes: () => ({}),
			pickNodeAttributes: () => ({}),
		};
		const executor = new core.PollTriggerExecutor(
			...([NO_LOGGER, pollers, tracing, errors] as unknown as ConstructorParameters<
				typeof core.PollTriggerExecutor
			>),
		);
		const engine = new core.ActiveWorkflowTriggers(
			...([NO_LOGGER, crons, pollers, errors, executor] as unknown as ConstructorParameters<
				typeof core.ActiveWorkflowTriggers
			>),
		);
		return {
			add: async (workflow, data, activation, polls) =>
				await engine.addAllTriggers(
					WORKFLOW_ID,
					workflow,
					data,
					'trigger',
					activation,
					noTriggers,
					polls,
				),
			remove: async () => await engine.remove(WORKFLOW_ID),
		};
	}
	const { ActiveWorkflows } = core as unknown as {
		ActiveWorkflows: new (...parts: object[]) => OldEngine;
	};
	const engine = new ActiveWorkflows(NO_LOGGER, crons, pollers, errors);
	return {
		add: async (workflow, data, activation, polls) =>
			await engine.add(WORKFLOW_ID, workflow, data, 'trigger', activation, noTriggers, polls),
		remove: async () => await engine.remove(WORKFLOW_ID),
	};
}

interface OldEngine {
	add(...given: unknown[]): Promise<void>;
	remove(workflowId: string): Promise<boolean>;
}

/** n8n 1 takes one by one what n8n 2 takes as one object. */
async function startRun(
	execution: WorkflowExecute,
	workflow: Workflow,
	startNode: INode | undefined,
): Promise<IRun> {
	if (execution.run.length === 1) return await execution.run({ workflow, startNode });
	const run = execution.run as unknown as (...options: unknown[]) => Promise<IRun>;
	return await run.call(execution, workflow, startNode);
}
