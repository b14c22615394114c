import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { hasChromium } from '../n8n/editor';
import { project } from '../n8n/sandbox';
import { startN8n } from '../n8n/server';
import { cardOf, CARD } from './meeting';

const JEST = join(project, 'node_modules', 'jest', 'bin', 'jest.js');

/** Starts one n8n with the packed package in it, runs the tests on it, and ends it. */
async function main(): Promise<number> {
	const n8n = await startN8n({ name: 'e2e' });
	try {
		const args = ['--config', join(__dirname, 'jest.config.js'), ...process.argv.slice(2)];
		if (!hasChromium()) {
			console.log('Leaving out the tests of the editor: there is no Chromium (see CHROMIUM_PATH).');
			args.push('--testPathIgnorePatterns', '/editor/');
		}
		const env = { ...process.env, [CARD]: cardOf(n8n) };
		const jest = spawn(process.execPath, [JEST, ...args], { cwd: project, env, stdio: 'inherit' });
		return await new Promise((resolve) => jest.once('close', (code) => resolve(code ?? 1)));
	} finally {
		await n8n.stop();
	}
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
