import { startN8n, startWorker, type N8n } from '../../sandbox/n8n/server';
import type { Service } from '../../sandbox/n8n/service';
import { startPostgres } from './postgres';
import { startRedis } from './redis';

/** What n8n recommends at the least. */
const EXECUTIONS_AT_ONCE = 5;

/**
 * How soon a worker that fell silent is given up: n8n waits 60 seconds, and looks every 30. That is
 * a good choice for real work, and a long time for a test.
 */
const GIVEN_UP_SOONER = {
	QUEUE_WORKER_LOCK_DURATION: '15000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '3000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

export interface QueueMode {
	/** The n8n that serves the editor and takes the webhooks' calls. */
	main: N8n;
	workers: Service[];
	/** Ends all of it and leaves only the logs. */
	stop(): Promise<void>;
}

/** Starts a real n8n in queue mode, set up as docs/queue-mode.md says: main, and workers. */
export async function startQueueMode(workerCount: number): Promise<QueueMode> {
	const parts: Service[] = [];
	const started = <T extends Service>(part: T): T => {
		parts.unshift(part);
		return part;
	};
	const stop = async () => {
		for (const part of parts) await part.stop();
	};
	try {
		const postgres = started(await startPostgres());
		const redis = started(await startRedis());
		const env = {
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			...postgres.env,
			...redis.env,
			...GIVEN_UP_SOONER,
		};
		// The first one sets up the database for all of them.
		const main = started(await startN8n({ name: 'queue-main', env }));
		const workers: Service[] = [];
		for (let number = 1; number <= workerCount; number++) {
			const options = { name: `queue-worker-${number}`, env };
			workers.push(started(await startWorker(options, EXECUTIONS_AT_ONCE)));
		}
		return { main, workers, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
