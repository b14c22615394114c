// `npm run demo` on a fresh clone. This part is plain JavaScript because it runs before anything is
// installed: it installs what the rest needs, then hands over to run.ts.
require('../n8n/starter.js');
const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const project = resolve(__dirname, '../..');
const modules = join(project, 'node_modules');
const sandbox = process.env.KIZEN_SANDBOX ?? join(project, '.sandbox');
const n8n = join(sandbox, 'n8n', 'installed.json');
const keeper = join(__dirname, '..', 'n8n', 'keeper.js');
const { engines, devDependencies } = readJson(join(project, 'package.json'));

// What each part takes on two quiet cores, in seconds, and what `slowness` measures there, in ms.
const TOOLS_S = 45;
const TABLE_S = 10;
const N8N_S = 120;
const RUN_S = 30;
const USUAL_MS = 80;

function readJson(file) {
	return JSON.parse(readFileSync(file, 'utf8'));
}

/** Ends with a message for a person. */
function giveUp(message) {
	console.error(message);
	process.exit(1);
}

function isOldNode() {
	const [wantedMajor, wantedMinor] = engines.node.match(/\d+/g).map(Number);
	const [major, minor] = process.versions.node.split('.').map(Number);
	return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/** npm writes this file last, so that an interrupted install is seen. */
function isInstalled() {
	if (!existsSync(join(modules, '.package-lock.json'))) return false;
	return Object.entries(devDependencies).every(([name, version]) => {
		const manifest = join(modules, name, 'package.json');
		return existsSync(manifest) && readJson(manifest).version === version;
	});
}

/**
 * How much slower, or busier, this machine is at the moment than the one the times are from; at least
 * 1, because much of the time goes to the network and the disk.
 */
function slowness() {
	const start = performance.now();
	for (let n = 0; n < 300; n++) createHash('sha256').update(Buffer.alloc(100_000, n)).digest();
	return Math.max(1, (performance.now() - start) / USUAL_MS);
}

/** Says how long it will take until there is something to see, and until the end. */
function announce() {
	const slower = slowness();
	const time = (seconds) =>
		seconds * slower < 90
			? `${Math.ceil((seconds * slower) / 10) * 10} seconds`
			: `${Math.round((seconds * slower) / 60)} minutes`;
	const table = (isInstalled() ? 0 : TOOLS_S) + TABLE_S;
	if (existsSync(n8n)) console.log(`This takes about ${time(table + RUN_S)} on this machine.`);
	else {
		console.log(
			`The first time takes about ${time(table + N8N_S + RUN_S)} on this machine: ` +
				`the table comes after ${time(table)}, then n8n is installed for the rest.`,
		);
	}
}

/** Has a process end with this one, until it is released. */
function keepRunning({ pid }) {
	const child = spawn(process.execPath, [keeper, join(sandbox, 'running'), String(process.pid)], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	child.stdin.on('error', () => {});
	if (pid) child.stdin.write(`${JSON.stringify({ process: pid, signal: 'SIGTERM' })}\n`);
	return () => child.stdin.end(`${JSON.stringify({ release: pid })}\n`);
}

async function install() {
	console.log(
		"Installing this project's own tools into node_modules, once: about 1,400 packages, 1 GB …",
	);
	const shell = process.platform === 'win32';
	const args = ['ci', '--loglevel=error'];
	// Not before the keeper knows of npm, which a signal would else leave behind.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.on(signal, () => process.exit(process.exitCode ?? 1));
	}
	// In a group of its own, which the keeper ends however this process ends.
	const npm = spawn('npm', args, { cwd: project, stdio: 'inherit', shell, detached: !shell });
	const release = keepRunning(npm);
	const status = await new Promise((ended) => {
		npm.once('error', ({ message }) =>
			giveUp(`npm did not start (${message}). It comes with Node.js: is it in PATH?`),
		);
		npm.once('close', ended);
	});
	release();
	if (status !== 0) giveUp('npm could not install them; what it says above tells why.');
}

/** Else "KizenRecords.node" would be found with the ending ".json", which is n8n's codex file. */
function lookForTypeScriptFirst() {
	const { '.json': json } = require.extensions;
	delete require.extensions['.json'];
	require.extensions['.json'] = json;
}

async function main() {
	if (isOldNode()) {
		giveUp(`This needs Node.js ${engines.node}; you have ${process.version}. See nodejs.org.`);
	}
	announce();
	if (!isInstalled()) await install();
	require(join(modules, 'tsx', 'dist', 'cjs', 'index.cjs'));
	lookForTypeScriptFirst();
	require('./run.ts');
}

void main();
