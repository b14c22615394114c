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

async function main(): Promise<void> {
	const folder = newDataFolder('stand-in');
	const { log } = await startService({
		title: 'The stand-in',
		program: process.execPath,
		args: ['-e', STUBBORN],
		folder,
		log: 'stand-in',
		isReady: (said) => said.includes('\n'),
	});
	console.log(
		JSON.stringify({ pid: process.pid, folder, processes: JSON.parse(log()) as number[] }),
	);
	// The test ends it long before, unless somebody ended the test.
	setTimeout(() => process.exit(), 600_000);
}

void main();
