import { dirname, join } from 'node:path';
import { oneAtATime } from './lifetime';
import { isInstalled, npmInstall } from './npm';
import { sandbox } from './sandbox';

// n8n 2 asks for Node 24, and one of its native modules is built for few versions beside it.
const MAJOR = '24';
const VERSION = '24.21.0';

export interface NodeForN8n {
	version: string;
	/** Path of the `node` program. */
	program: string;
	/** The folder that holds `include/node`, for compiling native modules. */
	headers: string;
}

const own = process.versions.node.split('.')[0] === MAJOR;
const platform = process.platform === 'win32' ? 'win' : process.platform;
const name = `node-${platform}-${process.arch}`;
const copy = { folder: join(sandbox, 'node'), spec: `${name}@${VERSION}` };

/** The Node.js that n8n runs on: the one at work here if it fits, else {@link installNode}'s. */
export function nodeForN8n(): NodeForN8n {
	if (own) {
		const headers = dirname(dirname(process.execPath));
		return { version: process.versions.node, program: process.execPath, headers };
	}
	const headers = join(copy.folder, 'node_modules', name);
	const program = join(headers, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	return { version: VERSION, program, headers };
}

/** Fetches that Node.js from npm's registry, unless it is there. */
export async function installNode(): Promise<void> {
	if (own) return;
	await oneAtATime('node', async () => {
		if (!isInstalled(copy)) await npmInstall(copy);
	});
}
