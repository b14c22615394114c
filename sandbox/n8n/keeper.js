// A process of its own that ends what another process started, and removes what it wrote, when that
// process ends. It can not miss the end: its input is a pipe, which the system closes with the other
// process, whatever killed it. What it keeps is noted in a file as well, so that the next keeper does
// its work should this one be killed.
//
// Lines of its input, as JSON: {"process": pid, "signal": "SIGKILL"} and {"folder": path} are kept,
// {"release": pid or path} is kept no longer.
const { execFileSync } = require('node:child_process');
const {
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} = require('node:fs');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');

const PATIENCE_MS = 10_000;
const POLL_MS = 20;
const WITHOUT_GROUPS = process.platform === 'win32';

const [folder, owner] = process.argv.slice(2);
const notes = join(folder, `${process.pid}.json`);
const kept = {
	owner: known(Number(owner)),
	keeper: known(process.pid),
	processes: [],
	folders: [],
};

/** A process as it is found again: another one may get its id later, but not its time of start. */
function known(pid) {
	return { pid, started: startOf(pid) };
}

/** When a running process started; undefined for one that has ended. */
function startOf(pid) {
	try {
		if (process.platform === 'linux') {
			const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
				.split(') ')
				.pop()
				.split(' ');
			return state === 'Z' ? undefined : fields[18];
		}
		return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
	} catch {
		return undefined;
	}
}

const isRunning = ({ pid, started }) => started !== undefined && startOf(pid) === started;

/**
 * The processes whose home is in a folder: a browser is started by its driver, which names nobody to
 * keep. Where there is no /proc, one that has lost its driver is left to end by itself.
 */
function processesIn(folder) {
	if (process.platform !== 'linux') return [];
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return pids.map(Number).filter((pid) => `${homeOf(pid)}/`.startsWith(`${folder}/`));
}

function homeOf(pid) {
	try {
		const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
		return variables.find((one) => one.startsWith('HOME='))?.slice('HOME='.length);
	} catch {
		// It has ended, or is somebody else's.
		return undefined;
	}
}

/** Sends a signal to a process and all that it started; says whether there was anybody to get it. */
function signal(pid, name) {
	return kill(WITHOUT_GROUPS ? pid : -pid, name);
}

function kill(pid, name) {
	try {
		return process.kill(pid, name);
	} catch {
		return false;
	}
}

async function clean({ processes, folders }) {
	for (const { pid, signal: name } of processes) signal(pid, name);
	const end = Date.now() + PATIENCE_MS;
	for (const { pid } of processes) {
		while (signal(pid, 0) && Date.now() < end) await sleep(POLL_MS);
		signal(pid, 'SIGKILL');
	}
	for (const path of folders) {
		// What still writes there would make it again.
		let left;
		do {
			left = processesIn(path);
			for (const pid of left) signal(pid, 'SIGKILL') || kill(pid, 'SIGKILL');
			await sleep(POLL_MS);
		} while (left.length > 0 && Date.now() < end);
		rmSync(path, { recursive: true, force: true, maxRetries: 20 });
	}
}

function note() {
	writeFileSync(`${notes}.new`, JSON.stringify(kept));
	renameSync(`${notes}.new`, notes);
}

/** Does the work of keepers that were killed together with their owners. */
async function cleanAfterTheDead() {
	for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
		const file = join(folder, name);
		try {
			const left = JSON.parse(readFileSync(file, 'utf8'));
			if (isRunning(left.owner) || isRunning(left.keeper)) continue;
			await clean({ ...left, processes: left.processes.filter(isRunning) });
			rmSync(file, { force: true });
		} catch (error) {
			// Another keeper was faster.
			if (error.code !== 'ENOENT') throw error;
		}
	}
}

function take({ process: pid, signal: name, folder: path, release }) {
	if (pid) kept.processes.push({ ...known(pid), signal: name });
	if (path) kept.folders.push(path);
	kept.processes = kept.processes.filter((one) => one.pid !== release);
	kept.folders = kept.folders.filter((one) => one !== release);
	note();
}

// Whoever ends everything at once, as a terminal does, leaves it the time for its work.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
mkdirSync(folder, { recursive: true });
const input = createInterface({ input: process.stdin });
input.on('line', (line) => take(JSON.parse(line)));
input.on('close', () => {
	void clean(kept).then(() => rmSync(notes, { force: true }));
});
void cleanAfterTheDead();
