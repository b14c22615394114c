import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newUserFolder } from './data';
import { n8nEnvironment } from './environment';
import type { N8nInstall } from './install';
import { freePorts } from './ports';
import { step } from './progress';
import { N8nRest, type Login } from './rest';
import { sandbox } from './sandbox';

const START_PATIENCE_MS = 120_000;
const STOP_PATIENCE_MS = 10_000;
const POLL_MS = 100;

export interface N8nOptions {
	/** What it is for; names its data folder and its log. */
	name: string;
	/** Version of n8n; the current one when left out. */
	version?: string;
	/** More of n8n's environment variables. */
	env?: Record<string, string>;
}

export interface N8n {
	url: string;
	install: N8nInstall;
	/** The owner, chosen for this run. */
	login: Login;
	/** n8n's own interface, signed in as the owner. */
	rest: N8nRest;
	/** The folder with its database, its binary data and the installed package. */
	userFolder: string;
	logFile: string;
	/** All that it logged so far. */
	log(): string;
	/** Ends it and all it started, and removes its data. The log file stays. */
	stop(): Promise<void>;
}

/**
 * Starts a real n8n of its own, with this package packed and installed in it as a user would have
 * it, on free ports of this computer and in a fresh folder of the sandbox.
 */
export async function startN8n({ name, version, env = {} }: N8nOptions): Promise<N8n> {
	const { userFolder, install } = await newUserFolder(name, version);
	return await step(`Starting n8n ${install.version}`, async () => {
		const [port, brokerPort] = await freePorts(2);
		const log = openLog(name);
		const child = spawn(install.node, [install.script, 'start'], {
			cwd: userFolder,
			env: {
				...n8nEnvironment(install, userFolder),
				N8N_PORT: String(port),
				N8N_LISTEN_ADDRESS: '127.0.0.1',
				N8N_SECURE_COOKIE: 'false',
				N8N_RUNNERS_BROKER_PORT: String(brokerPort),
				...env,
			},
			// A process group of its own, so that the task runner it starts ends with it.
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		child.stdout?.on('data', log.add);
		child.stderr?.on('data', log.add);
		const stop = endOf(child, userFolder);
		try {
			const url = `http://127.0.0.1:${port}`;
			await ready(url, child, log);
			const login = { email: 'owner@example.com', password: newPassword() };
			const rest = await N8nRest.asNewOwner(url, login, join(install.folder, 'node_modules'));
			return { url, install, login, rest, userFolder, logFile: log.file, log: log.text, stop };
		} catch (error) {
			await stop();
			throw error;
		}
	});
}

interface Log {
	file: string;
	add(chunk: Buffer): void;
	text(): string;
}

function openLog(name: string): Log {
	const file = join(sandbox, 'logs', `n8n-${name}.log`);
	mkdirSync(join(sandbox, 'logs'), { recursive: true });
	writeFileSync(file, '');
	const chunks: Buffer[] = [];
	const add = (chunk: Buffer) => {
		chunks.push(chunk);
		appendFileSync(file, chunk);
	};
	return { file, add, text: () => Buffer.concat(chunks).toString() };
}

/**
 * Waits until n8n serves its interface. A 200 alone says nothing: while it starts, n8n 2 answers
 * every address with a waiting page, and n8n 1 calls itself ready before its interface exists.
 */
async function ready(url: string, child: ChildProcess, log: Log): Promise<void> {
	const end = Date.now() + START_PATIENCE_MS;
	while (Date.now() < end) {
		if (child.exitCode !== null || child.signalCode !== null) break;
		const settings = await fetch(`${url}/rest/settings`).then(
			async (response) => await response.text(),
			() => '',
		);
		if (settings.includes('"settingsMode"')) return;
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
	const last = log.text().trimEnd().split('\n').slice(-15).join('\n    ');
	throw new Error(`n8n did not start. It said last:\n    ${last}\n  All of it: ${log.file}`);
}

const running = new Set<() => void>();
// Whatever ends this process, no n8n stays behind.
process.on('exit', () => running.forEach((end) => end()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => process.exit(process.exitCode ?? 1));
}

function endOf(child: ChildProcess, userFolder: string): () => Promise<void> {
	const gone = new Promise((resolve) => child.once('close', resolve));
	const kill = (signal: NodeJS.Signals) => {
		try {
			if (child.pid) process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
		} catch {
			// It is gone already.
		}
	};
	const endNow = () => {
		kill('SIGKILL');
		rmSync(userFolder, { recursive: true, force: true });
	};
	running.add(endNow);
	return async () => {
		kill('SIGTERM');
		await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, STOP_PATIENCE_MS))]);
		endNow();
		running.delete(endNow);
	};
}

/** n8n asks for a digit and a capital letter. */
function newPassword(): string {
	return `Kz1${randomBytes(6).toString('hex')}`;
}
