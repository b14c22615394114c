import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepFolder, removeFolder, signalGroup, spawnKept } from './lifetime';
import { sandbox } from './sandbox';

const START_PATIENCE_MS = 600_000;
const STOP_PATIENCE_MS = 10_000;
const POLL_MS = 100;

export interface ServiceOptions {
	/** What it is called when it does not start. */
	title: string;
	/** The program's path. */
	program: string;
	args: string[];
	env?: NodeJS.ProcessEnv;
	/** The folder that it works in and that is removed with it. */
	folder: string;
	/** Name of its log in the sandbox's `logs` folder, without an ending; emptied at first. */
	log: string;
	/** Who runs it, if not who runs this. */
	user?: User;
	/** Ends it at once, whatever it is doing; SIGKILL unless it leaves something behind then. */
	endNow?: NodeJS.Signals;
	/** Whether it serves by now, asked again and again with what it logged so far. */
	isReady(log: string): boolean | Promise<boolean>;
}

/** A user of this computer, whom root can let run something. */
export interface User {
	uid: number;
	gid: number;
}

/** A program that serves until it is stopped. */
export interface Service {
	/** Of the process and, but on Windows, of the group of all that it started. */
	pid: number;
	logFile: string;
	/** All that it logged so far. */
	log(): string;
	/** Resolves when it ends, whoever ends it. */
	ended: Promise<unknown>;
	/** Ends it and all it started, and removes its folder. The log file stays. */
	stop(): Promise<void>;
}

/** Starts a program and waits until it serves. Whatever ends this process ends it, too. */
export async function startService(options: ServiceOptions): Promise<Service> {
	const log = openLog(options.log);
	keepFolder(options.folder);
	const child = spawnKept(options.program, options.args, {
		cwd: options.folder,
		env: options.env,
		...options.user,
		endNow: options.endNow,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	// One that can not even be started says so here, and has no process id.
	child.on('error', (error) => log.add(Buffer.from(error.message)));
	child.stdout?.on('data', log.add);
	child.stderr?.on('data', log.add);
	const ended = new Promise((resolve) => child.once('close', resolve));
	const stop = endOf(child, ended, options);
	try {
		await ready(options, child, log);
		return { pid: child.pid ?? 0, logFile: log.file, log: log.text, ended, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

interface Log {
	file: string;
	add(chunk: Buffer): void;
	text(): string;
}

function openLog(name: string): Log {
	const file = join(sandbox, 'logs', `${name}.log`);
	mkdirSync(join(sandbox, 'logs'), { recursive: true });
	writeFileSync(file, '');
	const chunks: Buffer[] = [];
	const add = (chunk: Buffer) => {
		chunks.push(chunk);
		appendFileSync(file, chunk);
	};
	return { file, add, text: () => Buffer.concat(chunks).toString() };
}

async function ready(
	{ title, isReady }: ServiceOptions,
	child: ChildProcess,
	log: Log,
): Promise<void> {
	const end = Date.now() + START_PATIENCE_MS;
	while (Date.now() < end) {
		if (!child.pid || child.exitCode !== null || child.signalCode !== null) break;
		if (await isReady(log.text())) return;
		await sleep(POLL_MS);
	}
	const last = log.text().trimEnd().split('\n').slice(-15).join('\n    ');
	throw new Error(`${title} did not start. It said last:\n    ${last}\n  All of it: ${log.file}`);
}

function endOf(
	child: ChildProcess,
	gone: Promise<unknown>,
	{ folder, endNow = 'SIGKILL' }: ServiceOptions,
): () => Promise<void> {
	return async () => {
		signalGroup(child, 'SIGTERM');
		const patience = new AbortController();
		await Promise.race([gone, sleep(STOP_PATIENCE_MS, undefined, patience)]);
		patience.abort();
		signalGroup(child, endNow);
		removeFolder(folder);
	};
}
