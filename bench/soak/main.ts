import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { event as eventParameter } from '../../nodes/Kizen/description/trigger';
import type { TriggerEvent } from '../../nodes/Kizen/trigger/cursor';
import { startKizen, type EmbeddedKizen, type FaultRule } from '../../sandbox/kizen';
import { duration } from '../../sandbox/n8n/progress';
import type { SavedWorkflow } from '../../sandbox/n8n/rest';
import { startN8n, type N8n } from '../../sandbox/n8n/server';
import { writeDocument } from '../document';
import { count, table } from '../figures';
import { startRecorder, type Recorder } from './recorder';
import { tally, type Tally } from './tally';
import { bringing } from './workflow';
import { Writer } from './writer';

const USAGE = `npm run soak [-- options]
  Lets Kizen Trigger poll in a real n8n while thousands of records are written to the embedded Kizen,
  with faults, two kills of n8n and a time in which the workflows are inactive. Counts what was missed
  and what was sent twice, and writes docs/when-a-record-changes.md. Ends with an error if there is any.

  --minutes 5  how long records are written

  With --minutes the figures are only shown.`;

const MINUTES = 5;
const EVENTS: TriggerEvent[] = ['created', 'createdOrUpdated', 'updated'];
const OUTAGE_MS = 45_000;
const INACTIVE_MS = 40_000;
/** Polls come every ten seconds, and each reads again what is not older than five minutes. */
const QUIET_MS = 35_000;
const CALM_MS = 1500;
const PATIENCE_MS = 180_000;

/** What goes wrong all the time. */
const FAULTS: FaultRule[] = [
	{ fault: { kind: 'status', status: 503 }, probability: 0.06 },
	{ fault: { kind: 'status', status: 429, retryAfter: 1 }, probability: 0.03 },
	{ fault: { kind: 'broken' }, probability: 0.03 },
	{ fault: { kind: 'drop' }, probability: 0.03 },
	{ fault: { kind: 'truncated' }, probability: 0.02 },
];

/** What takes part, for as long as it lasts. */
interface Soak {
	kizen: EmbeddedKizen;
	recorder: Recorder;
	writer: Writer;
	n8n: N8n;
	workflows: Map<TriggerEvent, SavedWorkflow>;
}

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			minutes: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return 0;
	}
	const minutes = Number(values.minutes ?? MINUTES);
	if (!(minutes > 0)) throw new Error(USAGE);

	const soak = await prepared();
	try {
		await happenings(soak, minutes * 60_000);
		await settled(soak);
		const text = await report(soak, minutes);
		console.log(`\n${text}`);
		const isRight = tallies(soak).every(({ missed, doubled }) => missed + doubled === 0);
		if (isRight && values.minutes === undefined) writeDocument('soaked', text);
		return isRight ? 0 : 1;
	} finally {
		soak.writer.stop();
		await soak.n8n.stop();
		soak.recorder.close();
		await soak.kizen.stop();
	}
}

/** The workflows are active, and nothing has been written since. */
async function prepared(): Promise<Soak> {
	const kizen = await startKizen();
	const recorder = await startRecorder();
	const writer = new Writer(kizen);
	writer.create(1000);
	writer.forget();
	const n8n = await startN8n({ name: 'soak' });
	const credential = await n8n.rest.createCredential({
		name: 'Kizen',
		type: 'kizenApi',
		data: { ...kizen.credential },
	});
	const workflows = new Map<TriggerEvent, SavedWorkflow>();
	for (const event of EVENTS) {
		const saved = await n8n.rest.createWorkflow(bringing(event, credential, recorder.url(event)));
		await n8n.rest.activate(saved);
		workflows.set(event, saved);
	}
	return { kizen, recorder, writer, n8n, workflows };
}

/** Lets everything happen that may happen to a trigger, while records are written. */
async function happenings(soak: Soak, lastsMs: number): Promise<void> {
	const { kizen, writer } = soak;
	const begin = Date.now();
	kizen.switches.searchLagMs = 9000;
	kizen.faults.latencyMs = { min: 20, max: 300 };
	kizen.faults.rateLimit = { perSecond: 4, retryAfter: 1 };
	kizen.faults.queue.push(...structuredClone(FAULTS));
	const writing = writer.goOn();
	const plan: Array<[share: number, what: string, happens: () => Promise<void> | void]> = [
		[0.08, '700 records are changed at one instant', () => writer.change(700)],
		[0.15, 'n8n is killed in the middle of a poll', async () => await killInPoll(soak)],
		[0.3, '700 records are created at one instant', () => writer.create(700)],
		[0.36, 'Kizen is not available', async () => await outage(soak)],
		[0.55, 'the workflows are inactive', async () => await inactive(soak)],
		[0.72, '700 records are changed at one instant', () => writer.change(700)],
		[0.75, 'n8n is killed while a workflow runs', async () => await killInExecution(soak)],
	];
	for (const [share, what, happens] of plan) {
		await sleep(Math.max(0, begin + share * lastsMs - Date.now()));
		console.log(`${duration(Date.now() - begin)}: ${what}`);
		await happens();
	}
	await sleep(Math.max(0, begin + lastsMs - Date.now()));
	writer.stop();
	await writing;
	console.log(`${duration(Date.now() - begin)}: no record is written any more`);
}

async function killInPoll(soak: Soak): Promise<void> {
	const { queue } = soak.kizen.faults;
	const rule: FaultRule = { fault: { kind: 'hang' }, match: { path: '/search' }, times: 1 };
	queue.unshift(rule);
	while (queue.includes(rule)) await sleep(20);
	await calm(soak);
	soak.n8n = await soak.n8n.killAndStartAgain();
}

async function killInExecution(soak: Soak): Promise<void> {
	await soak.recorder.leaveOneWaiting();
	await calm(soak);
	soak.n8n = await soak.n8n.killAndStartAgain();
}

/**
 * Waits until no poll has just ended. n8n stores the position first and the execution after it: what
 * is killed in between is lost to every trigger that polls.
 */
async function calm({ kizen }: Soak): Promise<void> {
	const state = () => `${kizen.log.length} ${kizen.inFlight.now}`;
	for (let before = ''; before !== state(); ) {
		before = state();
		await sleep(CALM_MS);
	}
}

async function outage({ kizen }: Soak): Promise<void> {
	const { queue } = kizen.faults;
	const rule: FaultRule = { fault: { kind: 'status', status: 503 }, times: Infinity };
	queue.unshift(rule);
	await sleep(OUTAGE_MS);
	queue.splice(queue.indexOf(rule), 1);
}

async function inactive({ n8n, workflows }: Soak): Promise<void> {
	for (const workflow of workflows.values()) await n8n.rest.deactivate(workflow);
	await sleep(INACTIVE_MS);
	for (const workflow of workflows.values()) await n8n.rest.activate(workflow);
}

/** Waits until all was sent, and then some more polls, which may send nothing. */
async function settled(soak: Soak): Promise<void> {
	const end = Date.now() + PATIENCE_MS;
	const { kizen } = soak;
	kizen.faults.queue.length = 0;
	kizen.faults.rateLimit = null;
	while (tallies(soak).some(({ missed }) => missed > 0) && Date.now() < end) await sleep(500);
	await sleep(QUIET_MS);
}

function tallies({ recorder, writer }: Soak): Tally[] {
	return EVENTS.map((event) => tally(event, writer.writes, recorder.sent(event)));
}

async function report(soak: Soak, minutes: number): Promise<string> {
	const all = tallies(soak);
	const executions = async (event: TriggerEvent, status: 'success' | 'error' | 'crashed') =>
		(await soak.n8n.rest.executionIds(soak.workflows.get(event)?.id, [status])).length;
	const line = (what: string, figure: (one: Tally) => number) => [
		what,
		...all.map((one) => count(figure(one))),
	];
	const counted = async (what: string, status: 'success' | 'error' | 'crashed') => [
		what,
		...(await Promise.all(EVENTS.map(async (event) => count(await executions(event, status))))),
	];
	const { log } = soak.kizen;
	const limited = log.filter(({ status }) => status === 429).length;
	const failed = log.filter(({ status }) => status === null || status >= 500).length;
	return [
		`n8n ${soak.n8n.install.version}, ${minutes} minutes, one poll every ten seconds. The search shows a write up to 9 seconds late. Of ${count(log.length)} requests, Kizen rejected ${count(limited)} because of its rate limit, and ${count(failed)} failed.`,
		'',
		table(
			['', ...EVENTS.map((event) => nameOf(event))],
			[
				line('Writes in Kizen', ({ written }) => written),
				line('Replaced by a later write before a poll', ({ replaced }) => replaced),
				line('Records sent', ({ sent }) => sent),
				line('**Missed**', ({ missed }) => missed),
				line('**Sent twice**', ({ doubled }) => doubled),
				await counted('Executions', 'success'),
				await counted('Executions in which n8n was killed', 'crashed'),
				await counted('Failed polls', 'error'),
			],
		),
	].join('\n');
}

function nameOf(event: TriggerEvent): string {
	const option = eventParameter.options.find(({ value }) => value === event);
	return option?.name ?? event;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
