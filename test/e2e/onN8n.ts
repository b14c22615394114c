import { runJest } from '../../sandbox/n8n/jest';
import { startN8n } from '../../sandbox/n8n/server';
import { cardOf, CARD } from './meeting';

/** Starts one n8n with the packed package in it, runs tests of this folder on it, and ends it. */
export async function testsOnN8n(args: string[]): Promise<number> {
	const n8n = await startN8n({ name: 'e2e' });
	try {
		return await runJest(__dirname, { [CARD]: cardOf(n8n) }, args);
	} finally {
		await n8n.stop();
	}
}
