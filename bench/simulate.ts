import { parseArgs } from 'node:util';

import '../sandbox/n8n/output.js';
import { writeDocument } from './document';
import { count, ratio, seconds, table } from './figures';
import { DISTURBED, LIMITED, SERVICE_MS, steady, TOGETHER, WORKERS } from './simulation/scenarios';
import { simulate, type Figures, type Scenario } from './simulation/simulate';

const USAGE = `npm run simulate [-- options]
  Simulates how the node finds the number of requests in flight, with its own request queue and
  limits, and writes the tables into docs/benchmarks.md. Takes less than a minute: nothing waits.

  --seeds 3    how often each line is simulated, each time with other random numbers
  --show       only shows the tables`;

const SHARE = 0.95;
const IN_FLIGHT = 2;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			seeds: { type: 'string', default: '3' },
			show: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	const seeds = Number(values.seeds);
	if (values.help || !Number.isInteger(seeds) || seeds < 1) return console.log(USAGE);

	const text = await tables(seeds);
	if (values.show) console.log(text);
	else writeDocument('simulated', text);
}

async function tables(seeds: number): Promise<string> {
	const repeated = async (scenario: Scenario) => await meanOf(scenario, seeds);
	const plain: Array<{ workers: number; serviceMs: number; figures: Figures }> = [];
	for (const workers of WORKERS) {
		for (const serviceMs of SERVICE_MS) {
			plain.push({ workers, serviceMs, figures: await repeated(steady(workers, serviceMs)) });
		}
	}
	const disturbed: string[][] = [];
	for (const { title, ...scenario } of DISTURBED) {
		disturbed.push([title, ...cells(await repeated(scenario))]);
	}
	const limited: string[][] = [];
	for (const { title, ...scenario } of LIMITED) {
		const { tookMs, throttled } = await repeated(scenario);
		limited.push([title, seconds(tookMs), ratio(tookMs / 25_000), count(throttled)]);
	}
	const together: string[][] = [];
	for (const scenario of TOGETHER) {
		const { share, inFlightPerWorker, peak } = await repeated(scenario);
		together.push([
			`${scenario.runs} on ${scenario.workers} workers`,
			count(scenario.maxInFlight),
			ratio(share),
			ratio(inFlightPerWorker),
			count(peak),
		]);
	}
	return [
		`3,000 rows (300 for one worker). Requests take more or less long (log-normal, sigma 0.3), and n8n needs 1.5 ms of CPU time for each. Each line is the mean of ${seeds} simulations.`,
		table(
			['Workers', 'Time per request', ...HEADINGS],
			plain.map(({ workers, serviceMs, figures }) => [
				count(workers),
				`${count(serviceMs)} ms`,
				...cells(figures),
			]),
		),
		targets(plain),
		'### What may mislead it',
		'3,000 rows, 16 workers and 385 ms, if the line does not say otherwise.',
		table(['', ...HEADINGS], disturbed),
		'### 1,000 rows, Kizen allows 40 requests a second and answers 429 with `Retry-After: 1`',
		table(['Time per request', 'Time', 'Time / ideal', 'Answers 429'], limited),
		'### Several runs at the same time',
		'1,000 rows each, 385 ms.',
		table(
			['Runs', 'Requests at Once', 'Share', 'In flight per worker', 'Most in flight'],
			together,
		),
	].join('\n\n');
}

const HEADINGS = ['Share', 'In flight per worker', 'Most in flight', 'Rise', 'Time / ideal'];

const cells = ({ share, inFlightPerWorker, peak, rampMs, tookMs, idealMs }: Figures) => [
	ratio(share),
	ratio(inFlightPerWorker),
	count(peak),
	Number.isNaN(rampMs) ? 'never' : seconds(rampMs),
	ratio(tookMs / idealMs),
];

function targets(lines: Array<{ workers: number; serviceMs: number; figures: Figures }>): string {
	const verdict = (what: string, isMet: (figures: Figures) => boolean) => {
		const missed = lines.filter(({ figures }) => !isMet(figures));
		const where = missed.map(({ workers, serviceMs }) => `${workers} workers at ${serviceMs} ms`);
		return `- ${what}: ${missed.length === 0 ? 'met' : `**missed** by ${where.join(', ')}`}.`;
	};
	return [
		verdict(`Share ≥ ${SHARE}`, ({ share }) => share >= SHARE),
		verdict(
			`In flight per worker ≤ ${IN_FLIGHT}`,
			({ inFlightPerWorker }) => inFlightPerWorker <= IN_FLIGHT,
		),
	].join('\n');
}

async function meanOf(scenario: Scenario, seeds: number): Promise<Figures> {
	const all: Figures[] = [];
	for (let seed = 1; seed <= seeds; seed++) all.push(await simulate(scenario, seed));
	const mean = (key: keyof Figures) => all.reduce((sum, one) => sum + one[key], 0) / seeds;
	return {
		share: mean('share'),
		inFlightPerWorker: mean('inFlightPerWorker'),
		rampMs: mean('rampMs'),
		tookMs: mean('tookMs'),
		idealMs: mean('idealMs'),
		peak: mean('peak'),
		throttled: mean('throttled'),
	};
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
