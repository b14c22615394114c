import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand, environmentFor } from './command';
import { step } from './progress';
import { sandbox } from './sandbox';

// n8n 2 asks for Node 24, and one of its native modules is built for few versions beside it.
const NODE_MAJOR = 24;
const NODE_VERSION = '24.21.0';

export interface NodeForN8n {
	version: string;
	/** Path of the `node` program. */
	program: string;
	/** The folder that holds `include/node`, for compiling native modules. */
	headers: string;
}

/** Makes sure of a Node.js that n8n runs on: the one at work here if it fits, else npm's copy. */
export async function installNode(): Promise<NodeForN8n> {
	if (Number(process.versions.node.split('.')[0]) === NODE_MAJOR) {
		const headers = dirname(dirname(process.execPath));
		return { version: process.versions.node, program: process.execPath, headers };
	}
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const name = `node-${platform}-${process.arch}`;
	const folder = join(sandbox, 'node');
	const headers = join(folder, 'node_modules', name);
	const program = join(headers, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	if (!isComplete(folder, headers, program)) {
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'package.json'), '{"name":"node-for-n8n","private":true}\n');
		await step(
			`Fetching Node.js ${NODE_VERSION}, which n8n needs (about 50 MB, half a minute)`,
			async () =>
				await runCommand({
					program: 'npm',
					args: [
						'install',
						`${name}@${NODE_VERSION}`,
						'--ignore-scripts',
						'--no-audit',
						'--no-fund',
					],
					cwd: folder,
					env: environmentFor(process.execPath),
					log: 'install.log',
				}),
		);
	}
	return { version: NODE_VERSION, program, headers };
}

function isComplete(folder: string, headers: string, program: string): boolean {
	// npm writes this file when everything is in place, so an interrupted install has none.
	if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) return false;
	if (!existsSync(program)) return false;
	const manifest: unknown = JSON.parse(readFileSync(join(headers, 'package.json'), 'utf8'));
	return (manifest as { version: string }).version === NODE_VERSION;
}
