import type { Scenario } from './simulate';

export interface Line extends Scenario {
	title: string;
}

export const WORKERS = [1, 4, 8, 16, 40, 100, 400];
export const SERVICE_MS = [20, 100, 385, 2000];

/** What n8n needs for a request, measured. */
const CPU_MS = 1.5;

/** 3,000 rows; fewer for one worker, who takes long for them. */
export const steady = (workers: number, serviceMs: number): Scenario => ({
	workers,
	serviceMs,
	rows: workers === 1 ? 300 : 3000,
	cpuMs: CPU_MS,
});

const PACE = { workers: 16, serviceMs: 385, rows: 3000, cpuMs: CPU_MS };

/** What may mislead the limit. */
export const DISTURBED: Line[] = [
	{ title: '100 rows, 400 workers', ...PACE, workers: 400, rows: 100 },
	{ title: '1,000 rows, 400 workers', ...PACE, workers: 400, rows: 1000 },
	{ title: '1,000 rows, 40 workers', ...PACE, workers: 40, rows: 1000 },
	{ title: 'The service time varies little (sigma 0.1)', ...PACE, jitter: 0.1 },
	{ title: 'The service time varies much (sigma 0.6)', ...PACE, jitter: 0.6 },
	{ title: 'One request in 100 takes ten times as long', ...PACE, slow: 0.01 },
	{ title: 'n8n pauses for 300 ms, every three seconds', ...PACE, pauses: true },
	{ title: 'n8n needs 10 ms of CPU time for each response', ...PACE, workers: 100, cpuMs: 10 },
	{ title: 'A row in two is looked up first, in a tenth of the time', ...PACE, lookUps: true },
	{ title: 'Kizen rejects a row in two, in a tenth of the time', ...PACE, rejected: 0.5 },
	{ title: 'The response to one request in ten is lost', ...PACE, lost: 0.1 },
	{ title: '16 workers, then 4, then 16 again', ...PACE, stepDown: true },
	{ title: '40 workers, then 10, then 40 again', ...PACE, workers: 40, stepDown: true },
	{ title: '100 workers, then 25, then 100 again', ...PACE, workers: 100, stepDown: true },
	{ title: '40 workers, all four times as slow for a time', ...PACE, workers: 40, slowDown: true },
	{ title: '16 workers, half of them busy for somebody else', ...PACE, neighbour: true },
	{
		title: '40 workers, half of them busy for somebody else',
		...PACE,
		workers: 40,
		neighbour: true,
	},
];

/** Rows where Kizen allows 40 requests a second. */
export const LIMITED: Line[] = SERVICE_MS.slice(0, 3).map((serviceMs) => ({
	title: `${serviceMs} ms`,
	workers: 1000,
	serviceMs,
	perSecond: 40,
}));

/** Several runs that write at the same time, such as executions on several workers of n8n. */
export const TOGETHER = [
	{ workers: 16, runs: 2 },
	{ workers: 40, runs: 2 },
	{ workers: 40, runs: 5 },
	{ workers: 40, runs: 10 },
	{ workers: 400, runs: 10 },
].flatMap(({ workers, runs }) =>
	[100, Math.floor(100 / runs)].map((maxInFlight) => ({
		workers,
		runs,
		maxInFlight,
		serviceMs: 385,
	})),
);
