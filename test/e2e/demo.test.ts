import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { project, sandbox } from '../../sandbox/n8n/sandbox';
import { until } from '../until';

interface Demo {
	child: ChildProcess;
	/** What it printed so far. */
	text(): string;
	/** Its exit code, once it ended. */
	end: Promise<number | null>;
}

function runDemo(...args: string[]): Demo {
	const child = spawn(process.execPath, [join(project, 'sandbox/demo/demo.js'), ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			text += chunk.toString();
		});
	}
	const end = new Promise<number | null>((resolve) => child.once('close', resolve));
	return { child, text: () => text, end };
}

function expectTheTables(text: string): void {
	expect(text).toContain('all of it is as the table says');
	expect(text).toContain('each contact that was written was sent once');
	const [rows, items] = text
		.split(/^Item/m)
		.map((part) => part.split('\n').filter((line) => /^\d+ +[a-z]+ +\S+@\S+/.test(line)));
	const actions = rows.map((line) => line.split(/ +/)[1]);
	expect([...new Set(actions)].sort()).toEqual([
		'conflict',
		'created',
		'failed',
		'unarchived',
		'updated',
	]);
	expect(actions).toHaveLength(30);
	// What Kizen Trigger sent: what was written, each with its row, and nothing else.
	const causes = items.map((line) => / (\w+) +\S+@.* row (\d+), (\w+)$/.exec(line)?.slice(1));
	const written = actions.flatMap((action, index) => {
		if (action === 'conflict' || action === 'failed') return [];
		return [[action === 'created' ? 'created' : 'updated', String(index + 1), action]];
	});
	expect(causes.sort()).toEqual(written.sort());
}

function leftovers({ child }: Demo): string[] {
	return readdirSync(sandbox).filter((folder) => folder.startsWith(`data-demo-${child.pid}-`));
}

describe('npm run demo', () => {
	it('writes 30 contacts, shows what became of each and what the trigger sent, and ends by itself', async () => {
		const demo = runDemo();
		const code = await demo.end;
		expectTheTables(demo.text());
		expect(code).toBe(0);
		expect(leftovers(demo)).toEqual([]);
	});

	it.each([
		['Ctrl+C', 'SIGINT', 0],
		['something hard', 'SIGKILL', null],
	] as const)('stays open for a look at the editor until %s ends it', async (_, signal, code) => {
		const demo = runDemo('--open');
		const ready = new Promise((resolve) => {
			demo.child.stdout?.on('data', () => {
				if (demo.text().includes('Ctrl+C')) resolve('ready');
			});
		});
		await Promise.race([ready, demo.end]);
		expectTheTables(demo.text());

		const said = (label: RegExp) => label.exec(demo.text())?.[1] ?? '';
		const editor = new URL(said(/The workflow +(\S+)/));
		const login = await fetch(`${editor.origin}/rest/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				emailOrLdapLoginId: said(/Sign in as +(\S+)/),
				password: said(/with password +(\S+)/),
			}),
		});
		expect(login.status).toBe(200);
		expect(said(/The trigger +(\S+)/)).toMatch(`${editor.origin}/workflow/`);

		expect(leftovers(demo)).toHaveLength(1);
		demo.child.kill(signal);
		expect(await demo.end).toBe(code);
		await until(() => leftovers(demo).length === 0);
		await expect(fetch(editor)).rejects.toThrow();
	});

	it('says how it is used when it is asked for what it can not do', async () => {
		const demo = runDemo('--what');
		expect(await demo.end).toBe(2);
		expect(demo.text()).toContain('npm run demo');
	});
});
