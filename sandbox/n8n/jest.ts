import { join } from 'node:path';
import { spawnKept } from './lifetime';
import { project } from './sandbox';

const JEST = join(project, 'node_modules', 'jest', 'bin', 'jest.js');

/**
 * Runs the tests of a folder that has a jest.config.js, in a process that knows `env` besides.
 * Returns jest's exit code.
 */
export async function runJest(
	folder: string,
	env: Record<string, string>,
	args: string[],
): Promise<number> {
	const all = [JEST, '--config', join(folder, 'jest.config.js'), ...args];
	const jest = spawnKept(process.execPath, all, {
		cwd: project,
		env: { ...process.env, ...env },
		stdio: 'inherit',
	});
	return await new Promise((resolve) => jest.once('close', (code) => resolve(code ?? 1)));
}

/** Ends this process with the exit code of `tests`, or with what kept them from running. */
export function exitWith(tests: Promise<number>): void {
	tests.then(
		(code) => process.exit(code),
		(error: unknown) => {
			console.error(error instanceof Error ? error.message : error);
			process.exit(1);
		},
	);
}
