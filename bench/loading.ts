import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCommand } from '../sandbox/n8n/command';
import { newUserFolder } from '../sandbox/n8n/data';
import { n8nEnvironment } from '../sandbox/n8n/environment';
import type { N8nInstall } from '../sandbox/n8n/install';
import { removeFolder } from '../sandbox/n8n/lifetime';
import type { Case } from './cases';
import { median, ratio, table, target } from './figures';

const STARTS_PER_ROUND = 5;
const KIZEN = 'Kizen Records';
/** The built-in nodes to compare with: what n8n's files call them. */
const BUILT_IN = { Airtable: 'Airtable', HubSpot: 'Hubspot' };

// What n8n does with a package when it starts, n8n's own modules being loaded already.
const LOAD = `
const { PackageDirectoryLoader } = require('n8n-core');
const loader = new PackageDirectoryLoader(process.argv[1]);
const cpu = process.cpuUsage();
const started = performance.now();
loader.loadAll().then(() => {
	const ms = performance.now() - started;
	const { user, system } = process.cpuUsage(cpu);
	if (loader.types.nodes.length === 0) throw new Error('There was no node to load.');
	console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }));
});
`;

interface Start {
	ms: number;
	cpuMs: number;
}

/** A folder that n8n takes for a package with just one of its own nodes and that node's credentials. */
function packageOf(name: string, { folder }: N8nInstall, userFolder: string): string {
	const base = join(folder, 'node_modules', 'n8n-nodes-base');
	const { n8n } = JSON.parse(readFileSync(join(base, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	const own = join(userFolder, name);
	mkdirSync(own);
	symlinkSync(join(base, 'dist'), join(own, 'dist'), 'junction');
	const parts = {
		nodes: n8n.nodes.filter((path) => path.endsWith(`/${name}.node.js`)),
		credentials: n8n.credentials.filter((path) => path.includes(`/${name}`)),
	};
	const manifest = { name: 'n8n-nodes-base', version: '0.0.0', n8n: parts };
	writeFileSync(join(own, 'package.json'), JSON.stringify(manifest));
	return own;
}

/** Loads a package in an n8n of its own, of which no more is started. */
async function load(path: string, install: N8nInstall, userFolder: string): Promise<Start> {
	const out = await runCommand({
		program: install.node,
		args: ['-e', LOAD, path],
		cwd: install.folder,
		env: n8nEnvironment(install, userFolder),
		log: 'bench.log',
	});
	return JSON.parse(out) as Start;
}

export const loading: Case = {
	name: 'loading',
	title: 'Loading the node when n8n starts',
	async run({ rounds }) {
		const { userFolder, install } = await newUserFolder('bench');
		try {
			const packages: Record<string, string> = {
				[KIZEN]: join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-kizen'),
			};
			for (const [title, name] of Object.entries(BUILT_IN)) {
				packages[title] = packageOf(name, install, userFolder);
			}
			const starts: Record<string, Start[]> = {};
			for (let turn = 0; turn < rounds * STARTS_PER_ROUND; turn++) {
				for (const [title, path] of Object.entries(packages)) {
					(starts[title] ??= []).push(await load(path, install, userFolder));
				}
			}
			const times = (title: string) => starts[title].map(({ ms }) => ms);
			const cpuTime = (title: string) => median(starts[title].map(({ cpuMs }) => cpuMs));
			const lines = Object.keys(packages).map((title) => [
				title,
				milliseconds(median(times(title))),
				milliseconds(Math.min(...times(title))),
				milliseconds(cpuTime(title)),
				ratio(median(times(KIZEN)) / median(times(title))),
				ratio(cpuTime(KIZEN) / cpuTime(title)),
			]);
			const headings = ['', 'Time (median)', 'Fastest', 'CPU time (median)'];
			return [
				table([...headings, 'Kizen Records takes', 'CPU time, likewise'], lines),
				'',
				target('Time', median(times(KIZEN)), 30, milliseconds),
			].join('\n');
		} finally {
			removeFolder(userFolder);
		}
	},
};

const milliseconds = (figure: number): string => `${figure.toFixed(1)} ms`;
