import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	statfsSync,
	writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { runCommand } from './command';
import { n8nEnvironment } from './environment';
import { keepFolder, oneAtATime, removeFolder } from './lifetime';
import { installNode, nodeForN8n } from './node';
import { INSTALL_LOG, isInstalled, npmInstall } from './npm';
import { step } from './progress';
import { sandbox } from './sandbox';
import { fetchSqlite, prepareSqlite } from './sqlite';
import { isN8n1, NEWEST } from './versions';

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

function placeOf(version: string): N8nInstall {
	const folder = join(sandbox, version === NEWEST.n8n ? 'n8n' : `n8n-${version}`);
	return {
		version,
		folder,
		node: nodeForN8n().program,
		script: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
		emptyData: join(folder, 'empty-data'),
	};
}

/** What the marker of a complete installation says. */
const completeness = (version: string) =>
	JSON.stringify({ n8n: version, node: nodeForN8n().version, sqlite3: 'loads' });
const markerOf = ({ folder }: N8nInstall) => join(folder, 'installed.json');

/** Whether {@link installN8n} has nothing to do. */
export function hasN8n(version = chosenVersion()): boolean {
	const marker = markerOf(placeOf(version));
	return existsSync(marker) && readFileSync(marker, 'utf8') === completeness(version);
}

/**
 * Makes a real n8n available in the sandbox, with a Node.js that it runs on. The first call
 * downloads and says so; after that it needs no network and no time.
 */
export async function installN8n(version = chosenVersion()): Promise<N8nInstall> {
	const n8n = placeOf(version);
	if (hasN8n(version)) return n8n;
	await oneAtATime(basename(n8n.folder), async () => {
		if (hasN8n(version)) return;
		await download(n8n);
		await prepareSqlite(n8n);
		await step('Setting up an empty n8n database, once', async () => await setUpData(n8n));
		writeFileSync(markerOf(n8n), completeness(version));
	});
	return n8n;
}

async function download({ folder, version }: N8nInstall): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const n8n = {
		folder,
		spec: `n8n@${version}`,
		manifest: manifestFor(version),
		args: isN8n1(version) ? [] : [WITHOUT_PEERS],
	};
	const freeAtFirst = freeGb(folder);
	if (!isInstalled(n8n) && freeAtFirst < DISK_NEEDED_GB) {
		throw new Error(
			`n8n ${version} takes ${DISK_NEEDED_GB} GB and ${folder} has ${freeAtFirst.toFixed(1)} GB ` +
				'left. Free some, or set KIZEN_SANDBOX to a folder on another disk.',
		);
	}
	await step(
		`Installing n8n ${version}, once: npm downloads some 2,100 packages, which take about ` +
			`${DISK_NEEDED_GB} GB on disk and, while at it, 4 GB of memory (2 to 4 minutes)`,
		async () => {
			const parts = [installNode(), fetchSqlite()];
			if (!isInstalled(n8n)) parts.push(npmInstall(n8n));
			await Promise.all(parts);
		},
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

/**
 * What n8n's packages ask whoever installs them for ("peers") is left out: it is a fifth of n8n, half
 * of npm's work, and all that n8n 2 loads of it is date-fns. n8n 1 does not start without them: of
 * LangChain's packages some are then too new for the core that is chosen.
 */
const WITHOUT_PEERS = '--legacy-peer-deps';

function manifestFor(version: string): object {
	const dependencies = { 'date-fns': '2.30.0' };
	// n8n 1 asks for a version that is not in npm's registry; the last one there serves as well.
	return isN8n1(version) ? { dependencies, overrides: { xlsx: '0.18.5' } } : { dependencies };
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
		await runCommand({ program: node, args, cwd: userFolder, env, log: INSTALL_LOG });
		cpSync(join(userFolder, '.n8n'), emptyData, { recursive: true });
	} finally {
		removeFolder(userFolder);
	}
}
