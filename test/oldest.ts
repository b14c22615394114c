import { join } from 'node:path';
import { cardOf, CARD } from './e2e/meeting';
import { installN8n } from '../sandbox/n8n/install';
import { exitWith, runJest } from '../sandbox/n8n/jest';
import { project } from '../sandbox/n8n/sandbox';
import { startN8n } from '../sandbox/n8n/server';
import { OLDEST } from '../sandbox/n8n/versions';

/**
 * Of the tests from end to end: does it load, connect, list, write, branch, keep every row, and
 * start? And do the workflows run that people import?
 */
const SMOKE = [
	'loading',
	'credential',
	'locator',
	'fields',
	'writing',
	'headless',
	'agent',
	'examples',
	'trigger',
];

/**
 * Runs the tests of the engine, and of those from end to end the ones that show whether all is
 * well, on the oldest n8n that is supported: the former in its engine, on the Node.js at work here,
 * the latter on the whole of it.
 */
async function main(): Promise<number> {
	process.env.KIZEN_N8N = OLDEST.n8n;
	const { folder } = await installN8n();
	const engine = { '^(n8n-core|n8n-workflow)(/.*)?$': join(folder, 'node_modules', '$1$2') };
	const inEngine = ['test/engine', 'test/trigger', '--moduleNameMapper', JSON.stringify(engine)];
	const engineCode = await runJest(project, {}, inEngine);
	const n8n = await startN8n({ name: 'oldest' });
	try {
		const tests = SMOKE.map((name) => `test/e2e/${name}\\.test`);
		return (await runJest(join(__dirname, 'e2e'), { [CARD]: cardOf(n8n) }, tests)) || engineCode;
	} finally {
		await n8n.stop();
	}
}

exitWith(main());
