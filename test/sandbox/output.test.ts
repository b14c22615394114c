import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { scripts } from '../../package.json';
import { project } from '../../sandbox/n8n/sandbox';

/** As `npm run <name> -- <args> | head` does once `head` has ended. Returns what it complains about. */
async function withoutReader(name: keyof typeof scripts, ...args: string[]): Promise<string> {
	const [program, ...own] = scripts[name].split(' ');
	const path = join(project, 'node_modules', '.bin', program);
	const child = spawn(program === 'node' ? process.execPath : path, [...own, ...args], {
		cwd: project,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	child.stdout.destroy();
	let complaint = '';
	child.stderr.on('data', (chunk) => (complaint += String(chunk)));
	await new Promise((resolve) => child.once('close', resolve));
	return complaint;
}

it.concurrent.each([
	['sandbox', '--switches'],
	['bench', '--help'],
	['simulate', '--help'],
	['soak', '--help'],
	['live', '--help'],
	['prose', 'SECURITY.md'],
	['demo'],
] as const)('%s %s ends quietly when nobody reads what it prints', async (name, ...args) => {
	expect(await withoutReader(name, ...args)).toBe('');
});
