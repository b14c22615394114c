import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installN8n } from './n8n/install';
import { project } from './n8n/sandbox';
import { OLDEST } from './n8n/versions';

/**
 * Runs the tests of the engine and those from end to end on the oldest n8n that is supported: the
 * former in its engine, on the Node.js at work here, the latter on the whole of it.
 */
async function main(): Promise<number> {
	process.env.KIZEN_N8N = OLDEST.n8n;
	const { folder } = await installN8n();
	const engine = { '^(n8n-core|n8n-workflow)(/.*)?$': join(folder, 'node_modules', '$1$2') };
	const inEngine = ['test/engine', '--moduleNameMapper', JSON.stringify(engine)];
	const codes = [
		await run('jest/bin/jest.js', ...inEngine),
		await run('tsx/dist/cli.mjs', 'test/e2e/run.ts'),
	];
	return Math.max(...codes);
}

/** Runs a program of this project's packages to its end, and gives its exit code. */
async function run(program: string, ...args: string[]): Promise<number> {
	const script = join(project, 'node_modules', program);
	const child = spawn(process.execPath, [script, ...args], { cwd: project, stdio: 'inherit' });
	return await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
