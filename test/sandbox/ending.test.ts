import { spawn, type ChildProcess } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { keepFolder, removeFolder } from '../../sandbox/n8n/lifetime';
import { project } from '../../sandbox/n8n/sandbox';
import { until } from '../until';

/** However a run of demo, bench or tests is ended, nothing of it stays behind. */

const scratch = mkdtempSync(join(tmpdir(), 'n8n-nodes-kizen-ending-'));
keepFolder(scratch);
const started: ChildProcess[] = [];
afterAll(async () => {
	for (const { pid } of started) kill(-(pid ?? 0), 'SIGKILL');
	await until(() => notes().every(({ keeper }) => !isRunning(keeper)));
	removeFolder(scratch);
});

const tsx = pathToFileURL(require.resolve('tsx')).href;
const script = `node --import ${tsx} ${join(__dirname, 'standIn.ts')}`;
writeFileSync(join(scratch, 'package.json'), JSON.stringify({ scripts: { run: script } }));

interface Run {
	npm: number;
	pid: number;
	/** What it started. */
	processes: number[];
	folder: string;
}

async function startRun(): Promise<Run> {
	const child = spawn('npm', ['run', '--silent', 'run'], {
		cwd: scratch,
		env: { ...process.env, KIZEN_SANDBOX: scratch },
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	started.push(child);
	let [said, complained] = ['', ''];
	child.stdout.on('data', (chunk) => (said += String(chunk)));
	child.stderr.on('data', (chunk) => (complained += String(chunk)));
	await until(() => said.includes('\n') || child.exitCode !== null);
	if (said === '') throw new Error(complained);
	const run: Run = { npm: child.pid ?? 0, ...(JSON.parse(said) as Omit<Run, 'npm'>) };
	// Its keeper looks for what others left as it starts, and is done with that once it has a note. By
	// then the note may not yet name the process.
	const isKept = (pid: number) => run.processes.includes(pid);
	await until(() =>
		notes().some(({ owner, processes }) => owner === run.pid && processes.some(isKept)),
	);
	return run;
}

/** What the keepers of all runs have noted. */
function notes(): Array<{ owner: number; keeper: number; processes: number[] }> {
	const folder = join(scratch, 'running');
	if (!existsSync(folder)) return [];
	const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
	return files.flatMap((file) => {
		const note = readNote(join(folder, file));
		if (!note) return [];
		const processes = note.processes.map(({ pid }) => pid);
		return [{ owner: note.owner.pid, keeper: note.keeper.pid, processes }];
	});
}

interface Note {
	owner: { pid: number };
	keeper: { pid: number };
	processes: Array<{ pid: number }>;
}

/** Reads what a keeper noted; undefined where the keeper has just ended and removed it. */
function readNote(path: string): Note | undefined {
	try {
		return JSON.parse(readFileSync(path, 'utf8')) as Note;
	} catch {
		return undefined;
	}
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(pid, signal);
	} catch {
		return false;
	}
}

const isRunning = (pid: number) => kill(pid, 0);
const partsOf = ({ processes, folder }: Run) => [...processes.map(isRunning), existsSync(folder)];
const isWhole = (run: Run) => [isRunning(run.pid), ...partsOf(run)].every((part) => part);
const gone = async (run: Run) =>
	await until(() => !isRunning(run.pid) && partsOf(run).every((part) => !part));

describe('Nothing stays behind of a run', () => {
	it.each(['SIGTERM', 'SIGKILL'] as const)('that %s ends', async (signal) => {
		const run = await startRun();
		expect(isWhole(run)).toBe(true);
		kill(run.pid, signal);
		await gone(run);
	});

	it.each(['SIGTERM', 'SIGKILL'] as const)('whose npm %s ends', async (signal) => {
		const run = await startRun();
		kill(run.npm, signal);
		await gone(run);
	});

	it('whose terminal is closed', async () => {
		const run = await startRun();
		kill(-run.npm, 'SIGHUP');
		await gone(run);
	});

	it('whose keeper was killed before it', async () => {
		const run = await startRun();
		const keeperOf = () =>
			notes().filter(({ owner, keeper }) => owner === run.pid && isRunning(keeper));
		const [{ keeper }] = keeperOf();
		kill(keeper, 'SIGKILL');
		await until(() => keeperOf().length > 0 && !isRunning(keeper));
		kill(run.pid, 'SIGKILL');
		await gone(run);
	});

	it('all of which was killed at once, when the next one starts; one that runs is left alone', async () => {
		// In this order: the keeper of the other one has not seen the one that is killed.
		const [other, run] = [await startRun(), await startRun()];
		const [{ keeper }] = notes().filter(({ owner }) => owner === run.pid);
		kill(run.pid, 'SIGSTOP');
		kill(keeper, 'SIGKILL');
		kill(run.pid, 'SIGKILL');
		await until(() => !isRunning(keeper) && !isRunning(run.pid));
		expect(partsOf(run).every((part) => part)).toBe(true);
		const next = await startRun();
		await gone(run);
		expect([isWhole(other), isWhole(next)]).toEqual([true, true]);
		kill(next.pid, 'SIGTERM');
		await gone(next);
		expect(isWhole(other)).toBe(true);
		kill(other.pid, 'SIGTERM');
		await gone(other);
		await until(() => notes().length === 0);
		expect(readdirSync(scratch).sort()).toEqual(['logs', 'package.json', 'running']);
	});
});

describe('The npm that installs the tools of the demo', () => {
	const clone = join(scratch, 'clone');
	beforeAll(() => {
		for (const part of ['package.json', 'sandbox']) {
			cpSync(join(project, part), join(clone, part), { recursive: true });
		}
		const npm = '#!/usr/bin/env node\nconsole.log(process.pid);\nsetTimeout(() => {}, 600_000);\n';
		writeFileSync(join(clone, 'npm'), npm, { mode: 0o755 });
	});
	afterAll(() => rmSync(clone, { recursive: true }));

	it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
		'ends when %s ends the demo',
		async (signal) => {
			const demo = spawn(process.execPath, [join(clone, 'sandbox', 'demo', 'demo.js')], {
				env: {
					...process.env,
					KIZEN_SANDBOX: scratch,
					PATH: [clone, process.env.PATH].join(delimiter),
				},
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			started.push(demo);
			let said = '';
			demo.stdout.on('data', (chunk) => (said += String(chunk)));
			const npm = () => Number(/^(\d+)$/m.exec(said)?.[1]);
			await until(() => npm() > 0);
			expect(isRunning(npm())).toBe(true);
			// Against this signal nothing helps before the keeper knows of npm.
			const isKept = () => notes().some(({ processes }) => processes.includes(npm()));
			if (signal === 'SIGKILL') await until(isKept);
			demo.kill(signal);
			await until(() => !isRunning(npm()));
		},
	);
});
