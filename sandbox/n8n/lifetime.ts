import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sandbox } from './sandbox';
import './starter.js';

const LOOK_EVERY_MS = 500;

/** What must not stay behind, in the words of keeper.js. */
type Kept = { process: number; signal: NodeJS.Signals } | { folder: string };

export interface KeptOptions extends SpawnOptions {
	/** Ends the program at once, whatever it is doing; SIGKILL unless it leaves something behind then. */
	endNow?: NodeJS.Signals;
}

/**
 * Starts a program in a process group of its own. However this process ends, even by SIGKILL, the
 * program and all that it started end with it.
 */
export function spawnKept(
	program: string,
	args: string[],
	{ endNow = 'SIGKILL', ...options }: KeptOptions,
): ChildProcess {
	// Before the program, which no moment is to be without a keeper.
	keeper ??= startKeeper();
	const child = spawn(program, args, { ...options, detached: process.platform !== 'win32' });
	const { pid } = child;
	if (pid === undefined) return child;
	keep(pid, { process: pid, signal: endNow });
	child.once('exit', () => {
		signalGroup(child, 'SIGKILL');
		release(pid);
	});
	return child;
}

/** Sends a signal to a program of {@link spawnKept} and to all that it started. */
export function signalGroup({ pid }: Pick<ChildProcess, 'pid'>, signal: NodeJS.Signals): void {
	try {
		if (pid) process.kill(process.platform === 'win32' ? pid : -pid, signal);
	} catch {
		// It is gone already.
	}
}

/** Has a folder removed when this process ends, however it does. */
export function keepFolder(path: string): void {
	keep(path, { folder: path });
}

/** Removes a folder of {@link keepFolder} now. */
export function removeFolder(path: string): void {
	// What has just ended may still be writing into it.
	rmSync(path, { recursive: true, force: true, maxRetries: 10 });
	release(path);
}

/** Does work that two runs on this computer would spoil for each other if they did it at once. */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
	const lock = join(sandbox, 'locks', name);
	mkdirSync(join(sandbox, 'locks'), { recursive: true });
	keeper ??= startKeeper();
	while (!makes(lock)) await sleep(LOOK_EVERY_MS);
	keepFolder(lock);
	try {
		return await work();
	} finally {
		removeFolder(lock);
	}
}

/** Makes a folder, if nobody was faster. */
function makes(path: string): boolean {
	try {
		mkdirSync(path);
		return true;
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
		throw error;
	}
}

const allKept = new Map<number | string, Kept>();
let keeper: ChildProcess | undefined;

function keep(key: number | string, what: Kept): void {
	allKept.set(key, what);
	tell(what);
}

function release(key: number | string): void {
	allKept.delete(key);
	tell({ release: key });
}

function tell(line: Kept | { release: number | string }): void {
	keeper ??= startKeeper();
	keeper.stdin?.write(`${JSON.stringify(line)}\n`);
}

/** Starts keeper.js, in a session of its own: no Ctrl+C and no closed terminal reaches it. */
function startKeeper(): ChildProcess {
	const args = [join(__dirname, 'keeper.js'), join(sandbox, 'running'), String(process.pid)];
	const stdio: SpawnOptions['stdio'] = ['pipe', 'ignore', 'ignore'];
	const child = spawn(process.execPath, args, { detached: true, stdio });
	child.unref();
	if (child.stdin instanceof Socket) child.stdin.unref();
	// It is to outlive this process: another one takes over from one that was killed.
	child.stdin?.on('error', () => {});
	child.once('exit', () => {
		keeper = startKeeper();
		allKept.forEach(tell);
	});
	return child;
}

// A process that ends by itself, not by a signal, says by its exit code what came of its work.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => process.exit(process.exitCode ?? 1));
}
