import { cardOf, CARD } from '../e2e/meeting';
import { exitWith, runJest } from '../../sandbox/n8n/jest';
import { startQueueMode } from './queueMode';
import { WORKERS, workersCard } from './workers';

/** Starts an n8n in queue mode with two workers, runs the tests on it, and ends all of it. */
async function main(): Promise<number> {
	const { main, workers, stop } = await startQueueMode(2);
	try {
		const env = { [CARD]: cardOf(main), [WORKERS]: workersCard(workers) };
		return await runJest(__dirname, env, process.argv.slice(2));
	} finally {
		await stop();
	}
}

exitWith(main());
