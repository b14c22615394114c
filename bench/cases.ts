import type { Faults } from '../sandbox/kizen';
import { startN8n } from '../sandbox/n8n/server';
import {
	HTTP,
	HTTP_IN_BATCHES,
	KIZEN,
	kizenAtOnce,
	ONE_BY_ONE,
	type Contender,
	type Operation,
} from './contenders';
import { conversionMs } from './conversion';
import { count, median, ratio, seconds, table, target } from './figures';
import { bareClientMs } from './bareClient';
import type { KizenProcess } from './kizenProcess';
import { loading } from './loading';
import { companies } from './rows';
import { search } from './searching';
import { tryOut, type Conditions, type Stage, type Trial } from './trial';

/** What a case may use, and how thoroughly it is to be done. */
export interface Scope {
	kizen: KizenProcess;
	/** The n8n that most cases share. */
	stage(): Promise<Stage>;
	rounds: number;
	/** 1, or less for a quick look. */
	scale: number;
}

/** One part of the benchmark; `run` returns what stands in the document about it, as Markdown. */
export interface Case {
	name: string;
	title: string;
	run(scope: Scope): Promise<string>;
}

const ROWS = 1_000;
const MANY_ROWS = 10_000;
const LATENCY_MS = 100;
const PER_SECOND = 40;
/** HTTP Request still ends with it for 10,000 rows; with 450 MB, it does not. */
const SMALL_HEAP_MB = 600;

/** Several rounds, in each of which all contenders have their turn. */
async function inTurns(
	stage: Stage,
	contenders: Contender[],
	conditions: Conditions,
	rounds: number,
): Promise<Map<Contender, Trial[]>> {
	const trials = new Map<Contender, Trial[]>(contenders.map((contender) => [contender, []]));
	for (let round = 0; round < rounds; round++) {
		for (const contender of contenders) {
			const trial = await tryOut(stage, contender, conditions);
			console.log(`    ${contender.title}: ${seconds(trial.nodeMs)}`);
			trials.get(contender)?.push(trial);
		}
	}
	return trials;
}

type Trials = Map<Contender, Trial[]>;

const of = (trials: Trials, contender: Contender, read: (trial: Trial) => number) =>
	median((trials.get(contender) ?? []).map(read));
const timeOf = (trials: Trials, contender: Contender) =>
	of(trials, contender, ({ nodeMs }) => nodeMs);

/** All that was measured of a figure, fastest first. */
const spread = (trials: Trials, contender: Contender) =>
	(trials.get(contender) ?? [])
		.map(({ nodeMs }) => nodeMs)
		.sort((a, b) => a - b)
		.map((ms) => (ms / 1000).toFixed(2))
		.join(', ');

function timeTable(trials: Trials, rows: number): string {
	const kizen = timeOf(trials, KIZEN);
	const lines = [...trials.keys()].map((contender) => {
		const time = timeOf(trials, contender);
		return [
			contender.title,
			seconds(time),
			spread(trials, contender),
			count((rows * 1000) / time),
			count(of(trials, contender, ({ mostInFlight }) => mostInFlight)),
			ratio(kizen / time),
		];
	});
	const headings = ['', 'Time (median)', 'Each run, s', 'Rows per s', 'Most at once'];
	return table([...headings, 'Kizen Records takes'], lines);
}

const latency: Case = {
	name: 'latency',
	title: '1,000 rows, Kizen answers in 100 ms',
	async run({ stage, rounds, scale }) {
		const rows = companies(ROWS * scale);
		const conditions = { rows, faults: { latencyMs: LATENCY_MS } };
		const here = await stage();
		const trials = await inTurns(here, [KIZEN, HTTP], conditions, rounds);
		// Waiting decides their time, not the machine: one round of them says it.
		const slow = await inTurns(here, [HTTP_IN_BATCHES, ONE_BY_ONE], conditions, 1);
		const all = new Map([...trials, ...slow]);
		const bare: number[] = [];
		const kizen = timeOf(all, KIZEN);
		const atOnce = of(all, KIZEN, ({ mostInFlight }) => mostInFlight);
		for (let round = 0; round < rounds; round++) {
			await here.kizen.prepare(conditions.faults, {});
			bare.push(await bareClientMs(here.kizen, rows, atOnce));
		}
		return [
			timeTable(all, rows.length),
			'',
			target('Time against HTTP Request', kizen / timeOf(all, HTTP), 0.7),
			target('Time against one row after another', kizen / timeOf(all, ONE_BY_ONE), 0.1),
			`- A bare Node.js client without n8n, ${atOnce} at once from the first moment, takes ${seconds(median(bare))} on the same machine; ${seconds((rows.length * LATENCY_MS) / atOnce)} is the ideal.`,
		].join('\n');
	},
};

/** Kizen's own import tool writes 2.6 rows a second, one after another. */
const OWN_TOOL_MS = 385;

const slowKizen: Case = {
	name: 'slow',
	title: `1,000 rows, Kizen answers in ${OWN_TOOL_MS} ms`,
	async run({ stage, rounds, scale }) {
		const conditions = { rows: companies(ROWS * scale), faults: { latencyMs: OWN_TOOL_MS } };
		const trials = await inTurns(await stage(), [KIZEN, HTTP], conditions, rounds);
		return [
			timeTable(trials, conditions.rows.length),
			'',
			target('Time against HTTP Request', timeOf(trials, KIZEN) / timeOf(trials, HTTP), 0.8),
		].join('\n');
	},
};

const workers: Case = {
	name: 'workers',
	title: '1,000 rows, 16 workers of Kizen take 100 ms for each',
	async run({ stage, rounds, scale }) {
		const rows = companies(ROWS * scale);
		const capacity = { workers: 16, serviceMs: LATENCY_MS };
		const conditions = { rows, faults: { capacity } };
		const trials = await inTurns(await stage(), [KIZEN, HTTP], conditions, rounds);
		const possibleMs = (rows.length * capacity.serviceMs) / capacity.workers;
		return [
			timeTable(trials, rows.length),
			'',
			target(
				`Rows per second, of those that are possible in ${seconds(possibleMs)}`,
				possibleMs / timeOf(trials, KIZEN),
				{ atLeast: 0.9 },
			),
		].join('\n');
	},
};

const overhead: Case = {
	name: 'overhead',
	title: '1,000 rows, Kizen answers at once',
	async run({ stage, rounds, scale }) {
		const rows = companies(ROWS * scale);
		const trials = await inTurns(await stage(), [KIZEN, HTTP, ONE_BY_ONE], { rows }, rounds);
		return [
			timeTable(trials, rows.length),
			'',
			target('Time against HTTP Request', timeOf(trials, KIZEN) / timeOf(trials, HTTP), 0.5),
		].join('\n');
	},
};

const atOnce: Case = {
	name: 'at-once',
	title: 'How many requests at once',
	async run({ stage, rounds, scale }) {
		const rows = companies(ROWS * scale);
		const contenders = [8, 16, 32, 64, 100].map(kizenAtOnce);
		const conditions = { rows, faults: { latencyMs: LATENCY_MS } };
		const trials = await inTurns(await stage(), contenders, conditions, rounds);
		const lines = contenders.map((contender) => {
			const most = of(trials, contender, ({ mostInFlight }) => mostInFlight);
			const ideal = (rows.length * LATENCY_MS) / most;
			const time = timeOf(trials, contender);
			return [
				contender.title,
				seconds(time),
				spread(trials, contender),
				seconds(ideal),
				ratio(ideal / time),
			];
		});
		const headings = [
			'',
			'Time (median)',
			'Each run, s',
			'Rows × 100 ms / most at once',
			'Part of it',
		];
		return table(headings, lines);
	},
};

const limit: Case = {
	name: 'limit',
	title: '1,000 rows, Kizen allows 40 requests a second and answers 429 with `Retry-After: 1`',
	async run({ stage, rounds, scale }) {
		const rows = companies(ROWS * scale);
		const faults: Partial<Faults> = {
			latencyMs: LATENCY_MS,
			rateLimit: { perSecond: PER_SECOND, retryAfter: 1 },
		};
		const trials = await inTurns(await stage(), [KIZEN, HTTP], { rows, faults }, rounds);
		const lines = [KIZEN, HTTP].map((contender) => [
			contender.title,
			seconds(timeOf(trials, contender)),
			spread(trials, contender),
			count(of(trials, contender, ({ turnedAway }) => turnedAway)),
			count(of(trials, contender, ({ lost }) => lost)),
		]);
		const idealMs = (rows.length * 1000) / PER_SECOND;
		const lost = Math.max(...(trials.get(KIZEN) ?? []).map((trial) => trial.lost));
		return [
			table(['', 'Time (median)', 'Each run, s', 'Answers 429', 'Rows lost'], lines),
			'',
			target(`Time against the ideal ${seconds(idealMs)}`, timeOf(trials, KIZEN) / idealMs, 1.1),
			target(
				'Answers 429',
				of(trials, KIZEN, ({ turnedAway }) => turnedAway),
				40,
				count,
			),
			target('Rows lost in any round', lost, 0, count),
			`- The hint on the node: "${trials.get(KIZEN)?.[0].hint}"`,
			'- HTTP Request is given On Error = Continue here, so that it tries every row. As it comes, it stops at the first 429 with nothing said about the rows that were written.',
		].join('\n');
	},
};

const dropped: Case = {
	name: 'dropped',
	title: '1,000 rows, 5 % of connections dropped after Kizen has written',
	async run({ stage, rounds, scale }) {
		const rows = companies(ROWS * scale);
		const here = await stage();
		const lines: string[][] = [];
		const worst = { lost: 0, doubled: 0, addDoubled: 0, silent: 0, inDoubt: 0 };
		for (const operation of ['upsert', 'add'] satisfies Operation[]) {
			const conditions: Conditions = {
				rows,
				operation,
				// Names may be held twice, so that a row that is sent twice shows.
				switches: { activeDuplicates: 'allowed' },
				faults: {
					queue: [
						{
							match: { path: '/(add|upsert)$' },
							fault: { kind: 'drop' },
							when: 'after',
							probability: 0.05,
						},
					],
				},
			};
			const trials = await inTurns(here, [KIZEN, HTTP], conditions, rounds);
			for (const contender of [KIZEN, HTTP]) {
				const figure = (read: (trial: Trial) => number) => count(of(trials, contender, read));
				lines.push([
					`${contender.title}, ${operation === 'add' ? 'Add' : 'Upsert'}`,
					seconds(timeOf(trials, contender)),
					figure((trial) => trial.dropped),
					figure((trial) => trial.lost),
					figure((trial) => trial.doubled),
					figure((trial) => trial.uncertain),
					figure((trial) => trial.failedThoughWritten),
				]);
			}
			for (const trial of trials.get(KIZEN) ?? []) {
				worst.lost = Math.max(worst.lost, trial.lost);
				if (operation === 'upsert') worst.doubled = Math.max(worst.doubled, trial.doubled);
				else worst.addDoubled = Math.max(worst.addDoubled, trial.doubled);
				worst.silent = Math.max(worst.silent, trial.failedThoughWritten);
				worst.inDoubt = Math.max(worst.inDoubt, trial.uncertainThoughWritten);
			}
		}
		const headings = ['', 'Time (median)', 'Answers dropped', 'Rows lost', 'Rows doubled'];
		return [
			table([...headings, 'Reported as uncertain', 'Reported as failed, but written'], lines),
			'',
			target('Rows lost in any round', worst.lost, 0, count),
			target('Rows doubled by Upsert', worst.doubled, 0, count),
			target('Rows doubled by Add', worst.addDoubled, 0, count),
			target('Written rows reported as failed without a word of doubt', worst.silent, 0, count),
			target('Written rows reported as uncertain', worst.inDoubt, 0, count),
		].join('\n');
	},
};

const many: Case = {
	name: 'many',
	title: '10,000 rows, Kizen answers in 100 ms',
	async run({ kizen, rounds, scale }) {
		const contenders = [KIZEN, HTTP];
		const none = (): Trials => new Map(contenders.map((contender) => [contender, []]));
		const [few, lots, confined] = [none(), none(), none()];
		const smallHeap = { NODE_OPTIONS: `--max-old-space-size=${SMALL_HEAP_MB}` };
		// An n8n of its own for each, because memory that was needed once is not given back.
		const inOwnN8n = async (contender: Contender, sizes: Array<[Trials, number]>, env = {}) => {
			const stage = await setStage(kizen, env);
			try {
				for (const [trials, size] of sizes) {
					const rows = companies(size * scale);
					const trial = await tryOut(stage, contender, { rows, faults: { latencyMs: LATENCY_MS } });
					const figures = `${seconds(trial.nodeMs)}, ${count(trial.peakMb)} MB`;
					console.log(`    ${contender.title}, ${rows.length} rows: ${figures}`);
					trials.get(contender)?.push(trial);
				}
			} finally {
				await stage.n8n.stop();
			}
		};
		for (let round = 0; round < rounds; round++) {
			for (const contender of contenders) {
				await inOwnN8n(contender, [
					[few, ROWS],
					[lots, MANY_ROWS],
				]);
				await inOwnN8n(contender, [[confined, MANY_ROWS]], smallHeap);
			}
		}
		const growth = (contender: Contender) => timeOf(lots, contender) / timeOf(few, contender) / 10;
		const peak = (trials: Trials, contender: Contender) =>
			of(trials, contender, ({ peakMb }) => peakMb);
		const peakRatio = (trials: Trials) => peak(trials, KIZEN) / peak(trials, HTTP);
		const perRow = (trials: Trials, contender: Contender, rows: number) =>
			`${(timeOf(trials, contender) / rows).toFixed(2)} ms`;
		const lines = contenders.map((contender) => [
			contender.title,
			seconds(timeOf(lots, contender)),
			perRow(few, contender, ROWS * scale),
			perRow(lots, contender, MANY_ROWS * scale),
			ratio(growth(contender)),
			`${count(peak(lots, contender))} MB`,
			`${count(peak(confined, contender))} MB`,
		]);
		const times = ['Time (median)', 'Per row of 1,000', 'Per row of 10,000', 'Growth'];
		const headings = ['', ...times, 'Peak memory', `With a heap of ${SMALL_HEAP_MB} MB`];
		const writes = of(lots, KIZEN, (trial) => trial.writes) / (MANY_ROWS * scale);
		const others = Math.max(...(lots.get(KIZEN) ?? []).map((trial) => trial.others));
		return [
			table(headings, lines),
			'',
			target('Time per row against that of 1,000 rows', growth(KIZEN), 1.15),
			target('Peak memory against HTTP Request', peakRatio(lots), 0.8),
			target(`The same, with a heap of ${SMALL_HEAP_MB} MB`, peakRatio(confined), 0.8),
			target('Writes per row', writes, 1),
			target('Other requests per run', others, 3, count),
		].join('\n');
	},
};

const conversion: Case = {
	name: 'conversion',
	title: '10,000 rows of 20 fields, conversion only',
	async run({ rounds, scale }) {
		const times = Array.from({ length: rounds }, () => conversionMs(MANY_ROWS * scale));
		return await Promise.resolve(target('CPU time', median(times), 1000, seconds));
	},
};

export const CASES: Case[] = [
	latency,
	slowKizen,
	workers,
	overhead,
	atOnce,
	limit,
	dropped,
	many,
	search,
	conversion,
	loading,
];

/** A fresh n8n with the credential in it, its parts in use once. */
export async function setStage(
	kizen: KizenProcess,
	env: Record<string, string> = {},
): Promise<Stage> {
	const n8n = await startN8n({ name: 'bench', env });
	const data = kizen.credential;
	const credential = await n8n.rest.createCredential({ name: 'Kizen', type: 'kizenApi', data });
	const stage = { n8n, kizen, credential };
	for (const contender of [KIZEN, HTTP]) await tryOut(stage, contender, { rows: companies(100) });
	return stage;
}
