import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';

import { KIZEN_NODE, node, webhook, workflow } from '../e2e/workflows';
import type { LoggedRequest } from '../kizen';
import type { SavedCredential } from '../n8n/rest';
import { startN8n } from '../n8n/server';
import type { Case } from './cases';
import { WRITER } from './contenders';
import { count, median, ratio, seconds, table, target } from './figures';
import type { KizenProcess } from './kizenProcess';
import { openCpu, openMemory } from './memory';
import { companies } from './rows';
import { runOf, type Stage } from './trial';

const SIZES = [5_000, 25_000, 50_000];
const PAGE_SIZE = 500;
const MB = 1024 * 1024;

/** A way to read all records of an object in n8n; with `text`, only those with it in their name. */
interface Reader {
	title: string;
	node(kizen: KizenProcess, credential: SavedCredential, text?: string): INode;
}

const KIZEN: Reader = {
	title: 'Kizen Records',
	node: ({ objectId }, credential, text) =>
		reading(KIZEN_NODE, 1, credential, {
			operation: 'search',
			object: { __rl: true, mode: 'list', value: objectId },
			returnAll: true,
			options: text === undefined ? {} : { search: text },
		}),
};

/** Asks for the same order and as many records per page as Kizen Records does. */
const HTTP: Reader = {
	title: 'HTTP Request',
	node: ({ url, objectId }, credential, text) => {
		const query = {
			ordering: 'created',
			page_size: String(PAGE_SIZE),
			...(text !== undefined && { search: text }),
		};
		const pagination = {
			paginationMode: 'updateAParameterInEachRequest',
			parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
			paginationCompleteWhen: 'other',
			completeExpression: '={{ !$response.body.next }}',
		};
		return reading('n8n-nodes-base.httpRequest', 4.5, credential, {
			method: 'POST',
			url: `${url}/api/records/${objectId}/search`,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'kizenApi',
			sendQuery: true,
			queryParameters: {
				parameters: Object.entries(query).map(([name, value]) => ({ name, value })),
			},
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '{}',
			options: { pagination: { pagination } },
		});
	},
};

function reading(
	type: string,
	version: number,
	{ id, name }: SavedCredential,
	parameters: INode['parameters'],
): INode {
	return node(WRITER, type, version, parameters, { credentials: { kizenApi: { id, name } } });
}

/** What one run of one reader came to. */
interface Reading {
	nodeMs: number;
	pages: number;
	/** What the node put out, as JSON. */
	outputMb: number;
	/** Highest resident memory above that right before the run. */
	memoryMb: number;
	/** Milliseconds from one page's request to the next, the last page left out. */
	gaps: number[];
	/** How long Kizen alone takes for each page, asked again without n8n, the faster of two times. */
	own: number[];
	/** CPU time of n8n per page in the first tenth of the gaps, in the last one, and in all. */
	cpu: { first: number; last: number; all: number };
}

/** CPU time so far at a moment. */
type Sample = [at: number, ms: number];

const SAMPLE_MS = 20;

/** In an n8n of its own, in which the reader has read a hundred records before. */
async function readAll(kizen: KizenProcess, reader: Reader, records: number): Promise<Reading> {
	const n8n = await startN8n({ name: 'bench' });
	try {
		const data = kizen.credential;
		const credential = await n8n.rest.createCredential({ name: 'Kizen', type: 'kizenApi', data });
		const stage = { n8n, kizen, credential };
		await run(stage, reader.node(kizen, credential, 'Bench Company 12'));
		await kizen.forgetLog();
		const memory = openMemory(n8n.userFolder);
		memory.forget();
		const idle = memory.peakMb();
		const cpu = openCpu(n8n.userFolder);
		const samples: Sample[] = [];
		const sampling = setInterval(() => samples.push([Date.now(), cpu()]), SAMPLE_MS);
		const saved = await run(stage, reader.node(kizen, credential)).finally(() =>
			clearInterval(sampling),
		);
		// Read before the execution is asked for, which n8n loads into its memory to answer.
		const memoryMb = memory.peakMb() - idle;
		const pages = (await kizen.log()).filter(({ path }) => path.endsWith('/search'));
		const { nodeMs, items } = await runOf(stage, saved);
		const output = items.map(({ json }) => json);
		const ids = output.flatMap(({ id, results }) =>
			Array.isArray(results) ? results.map((each) => (each as { id: string }).id) : [id],
		);
		const found = new Set(ids).size;
		if (found < records) throw new Error(`${reader.title} found ${found} of ${records} records`);
		return {
			nodeMs,
			pages: pages.length,
			outputMb: Buffer.byteLength(JSON.stringify(output)) / MB,
			memoryMb,
			cpu: cpuPerPage(
				samples,
				pages.map(({ at }) => at),
			),
			gaps: pages.slice(1).map(({ at }, index) => at - pages[index].at),
			own: fastest(await askAgain(kizen, pages), await askAgain(kizen, pages)),
		};
	} finally {
		await n8n.stop();
	}
}

async function run({ n8n }: Stage, reader: INode) {
	const path = randomUUID();
	const nodes = [webhook(path), reader, node('One', 'n8n-nodes-base.limit', 1, { maxItems: 1 })];
	const lines = { Webhook: [WRITER], [WRITER]: ['One'] };
	const saved = await n8n.rest.createWorkflow(workflow(path, nodes, lines));
	await n8n.rest.activate(saved);
	await (await fetch(`${n8n.url}/webhook/${path}`, { method: 'POST' })).text();
	return saved;
}

async function askAgain({ url }: KizenProcess, pages: LoggedRequest[]): Promise<number[]> {
	const times: number[] = [];
	for (const page of pages) {
		const own = Object.entries(page.headers).filter(([name]) => /^(content-type|x-)/.test(name));
		const started = performance.now();
		const response = await fetch(url + page.url, {
			method: page.method,
			headers: Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
			body: JSON.stringify(page.body),
		});
		await response.arrayBuffer();
		times.push(performance.now() - started);
	}
	return times;
}

const fastest = (times: number[], again: number[]) =>
	times.map((time, index) => Math.min(time, again[index]));

/** The median of the first tenth of the pages and of the last one. */
function ends(times: number[]): [number, number] {
	const tenth = Math.max(1, Math.round(times.length / 10));
	return [median(times.slice(0, tenth)), median(times.slice(-tenth))];
}

/** Between the requests that begin the first tenth of the pages and that follow it; likewise the last. */
function cpuPerPage(samples: Sample[], at: number[]): Reading['cpu'] {
	const gaps = at.length - 1;
	const tenth = Math.max(1, Math.round(gaps / 10));
	const between = (from: number, to: number) =>
		(cpuAt(samples, at[to]) - cpuAt(samples, at[from])) / (to - from);
	return { first: between(0, tenth), last: between(gaps - tenth, gaps), all: between(0, gaps) };
}

function cpuAt(samples: Sample[], at: number): number {
	const next = samples.findIndex(([moment]) => moment >= at);
	if (next < 1) return samples.at(next === 0 ? 0 : -1)?.[1] ?? NaN;
	const [[from, before], [to, after]] = [samples[next - 1], samples[next]];
	return before + ((after - before) * (at - from)) / (to - from);
}

const perOutput = ({ memoryMb, outputMb }: Reading) => memoryMb / outputMb;

export const search: Case = {
	name: 'search',
	title: 'Search of 50,000 records',
	async run({ kizen, scale }) {
		const readings = new Map<Reader, Reading[]>([KIZEN, HTTP].map((reader) => [reader, []]));
		await kizen.prepare({}, {});
		const sizes = SIZES.map((size) => size * scale);
		const rows = companies(Math.max(...sizes));
		let held = 0;
		for (const size of sizes) {
			await kizen.fill(rows.slice(held, size));
			held = size;
			for (const [reader, list] of readings) {
				const reading = await readAll(kizen, reader, size);
				console.log(
					`    ${reader.title}, ${size} records: ${seconds(reading.nodeMs)}, ${count(reading.memoryMb)} MB`,
				);
				list.push(reading);
			}
		}
		const lines = (cells: (reading: Reading) => string[]) =>
			[...readings].flatMap(([{ title }, list]) =>
				list.map((reading, index) => [
					`${title}, ${count(sizes[index])} records`,
					...cells(reading),
				]),
			);
		const [least, middle, most] = readings.get(KIZEN) ?? [];
		const halves = ['first tenth', 'last tenth'];
		return [
			'One round.',
			'',
			table(
				['', 'Time', 'Requests for pages', 'Output', 'Memory above idle', 'Memory ÷ output'],
				lines((reading) => [
					seconds(reading.nodeMs),
					count(reading.pages),
					`${reading.outputMb.toFixed(1)} MB`,
					`${count(reading.memoryMb)} MB`,
					ratio(perOutput(reading)),
				]),
			),
			'',
			"One page, in the first tenth of the pages and in the last. The time from one request to the next and Kizen's own part of it are medians; the CPU time of n8n is a mean:",
			'',
			table(
				[
					'',
					...['From request to request', 'Of that Kizen alone', 'CPU time of n8n'].flatMap((what) =>
						halves.map((half) => `${what}, ${half}`),
					),
					'CPU time of n8n, all pages',
				],
				lines(({ gaps, own, cpu }) =>
					[...ends(gaps), ...ends(own.slice(0, -1)), cpu.first, cpu.last, cpu.all].map(
						(ms) => `${Math.round(ms)} ms`,
					),
				),
			),
			'',
			target(
				"n8n's CPU time per page, last tenth against first",
				most.cpu.last / most.cpu.first,
				1.2,
			),
			target(
				`n8n's CPU time per page of ${count(sizes[2])} records against that of ${count(sizes[1])}`,
				most.cpu.all / middle.cpu.all,
				1.2,
			),
			target(
				`Memory ÷ output of ${count(sizes[2])} records against that of ${count(sizes[0])}`,
				perOutput(most) / perOutput(least),
				1.2,
			),
		].join('\n');
	},
};
