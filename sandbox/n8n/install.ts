import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	statfsSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, environmentFor, runCommand } from './command';
import { n8nEnvironment } from './environment';
import { keepFolder, removeFolder } from './lifetime';
import { installNode, type NodeForN8n } from './node';
import { step } from './progress';
import { sandbox } from './sandbox';
import { isN8n1, NEWEST } from './versions';

const LOG = 'install.log';
const DISK_NEEDED_GB = 3;

export interface N8nInstall {
	version: string;
	/** The folder that holds `node_modules/n8n`. */
	folder: string;
	/** The `node` program to run it with. */
	node: string;
	/** n8n's own entry script. */
	script: string;
	/** A folder with an n8n database that is set up and holds nothing: starting on it is faster. */
	emptyData: string;
}

/** The n8n that demo and tests run on: the newest one, unless `KIZEN_N8N` names another version. */
const chosenVersion = () => process.env.KIZEN_N8N ?? NEWEST.n8n;

/**
 * Makes a real n8n available in the sandbox, with a Node.js that it runs on. The first call
 * downloads and says so; after that it needs no network and no time.
 */
export async function installN8n(version = chosenVersion()): Promise<N8nInstall> {
	const node = await installNode();
	const folder = join(sandbox, version === NEWEST.n8n ? 'n8n' : `n8n-${version}`);
	const install = {
		version,
		folder,
		node: node.program,
		script: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
		emptyData: join(folder, 'empty-data'),
	};
	const marker = join(folder, 'installed.json');
	const complete = JSON.stringify({ n8n: version, node: node.version, sqlite3: 'loads' });
	if (existsSync(marker) && readFileSync(marker, 'utf8') === complete) return install;

	if (!hasN8n(install)) await downloadN8n(install);
	await buildSqlite(install, node);
	await step('Setting up an empty n8n database, once', async () => await setUpData(install));
	writeFileSync(marker, complete);
	return install;
}

function hasN8n({ folder, version }: N8nInstall): boolean {
	// npm writes this file when everything is in place, so an interrupted install has none.
	if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) return false;
	return versionOf('n8n', folder) === version;
}

function versionOf(name: string, folder: string): string | undefined {
	const manifest = join(folder, 'node_modules', name, 'package.json');
	if (!existsSync(manifest)) return undefined;
	return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

async function downloadN8n({ folder, version, node }: N8nInstall): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const freeAtFirst = freeGb(folder);
	if (freeAtFirst < DISK_NEEDED_GB) {
		throw new Error(
			`n8n ${version} takes ${DISK_NEEDED_GB} GB and ${folder} has ${freeAtFirst.toFixed(1)} GB ` +
				'left. Free some, or set KIZEN_SANDBOX to a folder on another disk.',
		);
	}
	const manifest = { name: 'n8n-for-kizen', private: true, ...pinsFor(version) };
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
	await step(
		`Installing n8n ${version}, once: npm downloads some 2,400 packages, which take about ` +
			`${DISK_NEEDED_GB} GB on disk and, while at it, 4 GB of memory (3 to 5 minutes)`,
		async () =>
			await runCommand({
				program: 'npm',
				// Of all the install scripts only sqlite3's is needed; another one always fails.
				args: ['install', `n8n@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'],
				cwd: folder,
				env: environmentFor(node),
				log: LOG,
			}),
		() => {
			const written = freeAtFirst - freeGb(folder);
			if (written < 0.1) return 'npm works out what is needed';
			return `${written.toFixed(1)} of about ${DISK_NEEDED_GB} GB written`;
		},
	);
}

function freeGb(folder: string): number {
	const { bavail, bsize } = statfsSync(folder);
	return (bavail * bsize) / 1e9;
}

/** n8n 1 asks for a package that is not in npm's registry; the last one there serves as well. */
function pinsFor(version: string): object {
	return isN8n1(version) ? { overrides: { xlsx: '0.18.5' } } : {};
}

async function buildSqlite({ folder, node }: N8nInstall, { headers }: NodeForN8n): Promise<void> {
	const common = { cwd: folder, env: environmentFor(node), log: LOG };
	const loads = async () =>
		await runCommand({ program: node, args: ['-e', "require('sqlite3')"], ...common }).then(
			() => true,
			() => false,
		);
	if (await loads()) return;
	copySqlite(folder);
	if (await loads()) return;
	const nodedir = existsSync(join(headers, 'include', 'node')) ? [`--nodedir=${headers}`] : [];
	const args = ['rebuild', 'sqlite3', '--ignore-scripts=false', ...nodedir];
	try {
		await step("Preparing n8n's database module, once (about a minute)", async () => {
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
	if (!(await loads())) throw new Error(`sqlite3 was built but does not load: see ${LOG}`);
}

/** Another n8n in the sandbox may have the same module built already. */
function copySqlite(folder: string): void {
	const built = (n8n: string) => join(n8n, 'node_modules', 'sqlite3', 'build', 'Release');
	const version = versionOf('sqlite3', folder);
	const other = readdirSync(sandbox)
		.map((name) => join(sandbox, name))
		.filter((n8n) => n8n !== folder && versionOf('sqlite3', n8n) === version)
		.find((n8n) => existsSync(built(n8n)));
	if (other) cpSync(built(other), built(folder), { recursive: true });
}

/** Lets n8n create its database, which it would otherwise do on every start in a new folder. */
async function setUpData(install: N8nInstall): Promise<void> {
	const { folder, node, script, emptyData } = install;
	removeFolder(emptyData);
	const userFolder = mkdtempSync(join(folder, 'setup-'));
	keepFolder(userFolder);
	try {
		const env = n8nEnvironment(install, userFolder);
		const args = [script, 'list:workflow'];
		await runCommand({ program: node, args, cwd: userFolder, env, log: LOG });
		cpSync(join(userFolder, '.n8n'), emptyData, { recursive: true });
	} finally {
		removeFolder(userFolder);
	}
}
