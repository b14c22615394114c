// Loading this ends the process as soon as whoever started it is gone. A process whose npm was killed
// is told nothing, and would go on without anybody who waits for it.
require('./output.js');
const { readFileSync } = require('node:fs');

const LOOK_EVERY_MS = 500;
const SHELLS = ['sh', 'bash', 'dash', 'ash', 'zsh'];

const parent = process.ppid;
const npm = npmBehind(parent);

/** npm runs a script in a shell, which it does not always take with it. */
function npmBehind(pid) {
	if (process.platform !== 'linux' || !process.env.npm_lifecycle_event) return undefined;
	// "pid (name) state parent …"
	const [, name, , itsParent] = /\((.*)\) (\S) (\d+)/.exec(
		readFileSync(`/proc/${pid}/stat`, 'utf8'),
	);
	return SHELLS.includes(name) ? Number(itsParent) : undefined;
}

function isAlive(pid) {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

setInterval(() => {
	if (process.ppid === parent && (npm === undefined || isAlive(npm))) return;
	process.exit(process.exitCode ?? 1);
}, LOOK_EVERY_MS).unref();
