import { hasChromium } from '../../sandbox/n8n/editor';
import { exitWith, runJest } from '../../sandbox/n8n/jest';
import { startN8n } from '../../sandbox/n8n/server';
import { cardOf, CARD } from './meeting';

/** Starts one n8n with the packed package in it, runs the tests on it, and ends it. */
async function main(): Promise<number> {
	const n8n = await startN8n({ name: 'e2e' });
	try {
		const args = process.argv.slice(2);
		if (!hasChromium()) {
			console.log('Leaving out the tests of the editor: there is no Chromium (see CHROMIUM_PATH).');
			args.push('--testPathIgnorePatterns', '/editor/');
		}
		return await runJest(__dirname, { [CARD]: cardOf(n8n) }, args);
	} finally {
		await n8n.stop();
	}
}

exitWith(main());
