import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, environmentFor, runCommand, type Command } from './command';
import type { N8nInstall } from './install';
import { oneAtATime } from './lifetime';
import { nodeForN8n } from './node';
import { INSTALL_LOG, isInstalled, npmInstall } from './npm';
import { step } from './progress';
import { sandbox } from './sandbox';

/**
 * n8n's database module, sqlite3, comes from npm without its native part, and compiling that takes a
 * minute and a compiler. This descendant of it comes with native parts for most systems, and they fit:
 * they are made of the same sources for Node-API, which no version of Node.js breaks.
 */
const READY_MADE = {
	folder: join(sandbox, 'sqlite3'),
	spec: '@appthreat/sqlite3@8.0.1',
	args: ['--omit=optional'],
};
const FIND = `
	const { resolve } = require('node-gyp-build');
	console.log(resolve(require('node:path').resolve('node_modules/@appthreat/sqlite3')));
`;

// What n8n needs it for, in short.
const TRY = `
	const { Database } = require('sqlite3');
	const database = new Database(':memory:');
	const made = 'create table rows (id integer primary key, text, bytes blob)';
	const check = (problem, rows) => {
		if (problem || rows[0].text !== 'ä' || rows[0].bytes[0] !== 7) process.exit(1);
		database.close((failure) => process.exit(failure ? 1 : 0));
	};
	database.serialize(() => {
		database.run(made);
		database.run('insert into rows (text, bytes) values (?, ?)', ['ä', Buffer.from([7])]);
		database.all('select * from rows', check);
	});
`;

/** Fetches the ready-made native parts. */
export async function fetchSqlite(): Promise<void> {
	await oneAtATime('sqlite3', async () => {
		if (!isInstalled(READY_MADE)) await npmInstall(READY_MADE);
	});
}

/** Makes the database module of an n8n work: with a ready-made native part, else by compiling it. */
export async function prepareSqlite(n8n: N8nInstall): Promise<void> {
	const { node, folder } = n8n;
	const common = { cwd: folder, env: environmentFor(node), log: INSTALL_LOG };
	const works = async () => await succeeds({ program: node, args: ['-e', TRY], ...common });
	if (await works()) return;
	const find = { program: node, args: ['-e', FIND], ...common, cwd: READY_MADE.folder };
	const native = await runCommand(find).catch(() => '');
	if (native) {
		const place = join(folder, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
		cpSync(native.trim(), place);
		if (await works()) return;
	}
	await compile(common);
	if (!(await works())) throw new Error(`sqlite3 was built but does not work: see ${INSTALL_LOG}`);
}

async function succeeds(command: Command): Promise<boolean> {
	return await runCommand(command).then(
		() => true,
		() => false,
	);
}

async function compile(common: Omit<Command, 'program' | 'args'>): Promise<void> {
	const { headers } = nodeForN8n();
	const nodedir = existsSync(join(headers, 'include', 'node')) ? [`--nodedir=${headers}`] : [];
	const args = ['rebuild', 'sqlite3', '--ignore-scripts=false', ...nodedir];
	try {
		await step("Compiling n8n's database module, once (about a minute)", async () => {
			await runCommand({ program: 'npm', args, ...common });
		});
	} catch (error) {
		if (!(error instanceof CommandFailed)) throw error;
		throw new Error(
			"n8n's database module (sqlite3) could be neither downloaded ready-made nor compiled here. " +
				'Compiling needs a C++ compiler, make and Python, once. On Debian and Ubuntu: ' +
				'apt-get install -y build-essential python3. On macOS: xcode-select --install. ' +
				`Then run this again; what is installed already is kept.\n${error.message}`,
		);
	}
}
