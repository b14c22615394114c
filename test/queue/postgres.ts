import { chownSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '../../sandbox/n8n/command';
import { newDataFolder } from '../../sandbox/n8n/data';
import { keepFolder } from '../../sandbox/n8n/lifetime';
import { freePorts } from '../../sandbox/n8n/ports';
import { alongPath, firstProgram } from '../../sandbox/n8n/programs';
import { startService, type Service, type User } from '../../sandbox/n8n/service';
import { missing } from './missing';

// Debian and Ubuntu keep each version in a folder of its own, which is not on the search path.
const DEBIAN = '/usr/lib/postgresql';

export interface Postgres extends Service {
	/** What tells n8n of it, as n8n's environment variables. */
	env: Record<string, string>;
}

/** Starts a Postgres of its own with an empty database, on a free port of 127.0.0.1. */
export async function startPostgres(): Promise<Postgres> {
	const programs = findPrograms();
	const user = await otherThanRoot();
	const [port] = await freePorts(1);
	const settings = [
		`port=${port}`,
		'listen_addresses=127.0.0.1',
		'unix_socket_directories=',
		'fsync=off',
	];
	const setUp = 'initdb -D data -U n8n --auth=trust -E UTF8 --locale=C --no-sync';
	const serve = `postgres -D data ${settings.map((setting) => `-c ${setting}`).join(' ')}`;
	const service = await startService({
		title: 'Postgres',
		program: '/bin/sh',
		args: ['-c', `${setUp} && exec ${serve}`],
		env: { ...process.env, PATH: [programs, process.env.PATH].join(delimiter) },
		folder: folderFor(user),
		user,
		log: 'postgres',
		// Killed, it would leave its shared memory behind.
		endNow: 'SIGQUIT',
		isReady: (log) => log.includes('ready to accept connections'),
	});
	const env = {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'n8n',
		DB_POSTGRESDB_PASSWORD: 'it trusts whoever reaches it',
	};
	return { ...service, env };
}

function findPrograms(): string {
	const versions = foldersIn(DEBIAN).sort((a, b) => Number(b) - Number(a));
	const installed = versions.map((version) => join(DEBIAN, version, 'bin', 'initdb'));
	const initdb = firstProgram([...installed, ...alongPath('initdb')]);
	if (!initdb) throw missing('Postgres');
	return dirname(initdb);
}

function foldersIn(path: string): string[] {
	try {
		return readdirSync(path);
	} catch {
		return [];
	}
}

/** Postgres refuses to be run by root; then the user runs it that its package brings along. */
async function otherThanRoot(): Promise<User | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const id = async (kind: string) => {
		const args = [kind, 'postgres'];
		return Number(await runCommand({ program: 'id', args, cwd: '/', log: 'postgres-user.log' }));
	};
	return { uid: await id('-u'), gid: await id('-g') };
}

/** Another user may not be able to enter the sandbox, wherever that is, but a temporary folder. */
function folderFor(user: User | undefined): string {
	if (!user) return newDataFolder('postgres');
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-kizen-postgres-'));
	keepFolder(folder);
	chownSync(folder, user.uid, user.gid);
	return folder;
}
