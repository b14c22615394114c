import { readFileSync } from 'node:fs';
import type { Service } from '../../sandbox/n8n/service';

/** The environment variable by which the tests learn of the workers that were started for them. */
export const WORKERS = 'KIZEN_QUEUE_WORKERS';

/** A running worker of n8n, known by what it logs. */
export interface Worker {
	/** Ids of the executions that it began, ended or not. */
	started(): string[];
	/** Ids of the executions that it is at, or was when it died. */
	underWay(): string[];
	/** Ends it as a power cut does. */
	kill(): void;
}

type Card = Pick<Service, 'pid' | 'logFile'>;

/** What a test needs to know of the workers, as text for {@link WORKERS}. */
export function workersCard(workers: Service[]): string {
	return JSON.stringify(workers.map(({ pid, logFile }): Card => ({ pid, logFile })));
}

/** Meets the workers that were started for the tests. */
export function sharedWorkers(): Worker[] {
	const text = process.env[WORKERS];
	if (!text) throw new Error('These tests run on workers of their own: npm run test:queue');
	return (JSON.parse(text) as Card[]).map(workerOf);
}

function workerOf({ pid, logFile }: Card): Worker {
	const logged = (what: 'started' | 'finished') => {
		const lines = readFileSync(logFile, 'utf8').matchAll(
			new RegExp(`Worker ${what} execution (\\d+) `, 'g'),
		);
		return Array.from(lines, ([, id]) => id);
	};
	return {
		started: () => logged('started'),
		underWay() {
			const finished = new Set(logged('finished'));
			return logged('started').filter((id) => !finished.has(id));
		},
		kill: () => process.kill(-pid, 'SIGKILL'),
	};
}
