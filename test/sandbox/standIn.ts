import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { newDataFolder } from '../../sandbox/n8n/data';
import { startService } from '../../sandbox/n8n/service';

/** A run for ending.test.ts: in place of n8n a program that does not end when it is asked to. */
const STUBBORN = `
	const { spawn } = require('node:child_process');
	process.on('SIGTERM', () => {});
	const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
	console.log(JSON.stringify([process.pid, helper.pid]));
	setInterval(() => {}, 1000);
`;

/** In place of a browser, which its driver starts: it goes on writing into its folder. For Linux. */
const WRITER = `
	const { mkdirSync, writeFileSync } = require('node:fs');
	setInterval(() => {
		mkdirSync(process.env.HOME, { recursive: true });
		writeFileSync(process.env.HOME + '/written', '');
	}, 1);
	setTimeout(() => process.exit(), 600_000);
`;

async function main(): Promise<void> {
	const folder = newDataFolder('stand-in');
	const writers = process.platform === 'linux' ? [startWriter(join(folder, 'browser'))] : [];
	const { log } = await startService({
		title: 'The stand-in',
		program: process.execPath,
		args: ['-e', STUBBORN],
		folder,
		log: 'stand-in',
		isReady: (said) => said.includes('\n'),
	});
	const processes = [...(JSON.parse(log()) as number[]), ...writers];
	console.log(JSON.stringify({ pid: process.pid, folder, processes }));
	// The test ends it long before, unless somebody ended the test.
	setTimeout(() => process.exit(), 600_000);
}

function startWriter(home: string): number | undefined {
	const env = { ...process.env, HOME: home };
	return spawn(process.execPath, ['-e', WRITER], { env, detached: true, stdio: 'ignore' }).pid;
}

void main();
