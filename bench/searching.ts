import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, INode } from 'n8n-workflow';

import { KIZEN_NODE, node, webhook, workflow } from '../sandbox/n8n/workflows';
import type { LoggedRequest } from '../sandbox/kizen';
import type { SavedCredential } from '../sandbox/n8n/rest';
import { startN8n } from '../sandbox/n8n/server';
import type { Case } from './cases';
import { count, median, seconds, table, target } from './figures';
import type { KizenProcess } from './kizenProcess';
import { openCpu, openMemory } from './memory';
import { companies } from './rows';
import { runOf, type Stage } from './trial';

const SIZES = [12_500, 25_000, 50_000];
const PAGE_SIZE = 500;
const MB = 1024 * 1024;

/** A way to get the records of an object into n8n; `text` is what their names hold. */
interface Reader {
	title: string;
	/** One after the other; what the last one puts out is the output. */
	nodes(kizen: KizenProcess, credential: SavedCredential, text: string): INode[];
}

const KIZEN: Reader = {
	title: 'Kizen Records',
	nodes: ({ objectId }, credential, text) => [
		reading(KIZEN_NODE, 1, credential, {
			operation: 'search',
			object: { __rl: true, mode: 'list', value: objectId },
			returnAll: true,
			searchFor: text,
		}),
	],
};

/**
 * Asks for the same order and as many records per page as Kizen Records does. It puts out an item per
 * page, of which Split Out makes one per record.
 */
const HTTP: Reader = {
	title: 'HTTP Request, then Split Out',
	nodes: ({ url, objectId }, credential, text) => {
		const query = { ordering: 'created', page_size: String(PAGE_SIZE), search: text };
		const pagination = {
			paginationMode: 'updateAParameterInEachRequest',
			parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
			paginationCompleteWhen: 'other',
			completeExpression: '={{ !$response.body.next }}',
		};
		return [
			reading('n8n-nodes-base.httpRequest', 4.5, credential, {
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
			}),
			node('Split', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'results', options: {} }),
		];
	},
};

function reading(
	type: string,
	version: number,
	{ id, name }: SavedCredential,
	parameters: INode['parameters'],
): INode {
	return node('Read', type, version, parameters, { credentials: { kizenApi: { id, name } } });
}

/**
 * What n8n takes for such items wherever they come from: those of Kizen Records, given to n8n in one
 * answer. `all` is looked at anew for each reading.
 */
async function startSameItems(all: () => IDataObject[]) {
	const server = createServer(({ url }, response) => {
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(url === '/' ? all() : all().slice(0, 100)));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const reader: Reader = {
		title: 'The same items from one answer',
		nodes: (_kizen, _credential, text) => [
			node('Read', 'n8n-nodes-base.httpRequest', 4.5, { url: text === '' ? url : `${url}/few` }),
		],
	};
	return { reader, stop: () => server.close() };
}

/** What one run of one reader came to. */
interface Reading {
	/** The node that reads. */
	readMs: number;
	/** With what comes after it. */
	allMs: number;
	pages: number;
	output: IDataObject[];
	/** The output as JSON. */
	outputMb: number;
	/** Highest resident memory above that right before the run: until the last page, and in all. */
	readingMb: number;
	memoryMb: number;
	/** Milliseconds from one page's request to the next, the last page left out. */
	gaps: number[];
	/** How long Kizen alone takes for each page, asked again without n8n, the faster of two times. */
	own: number[];
	/** CPU time of n8n per page in the first tenth of the gaps, in the last one, and in all. */
	cpu: { first: number; last: number; all: number };
}

/** CPU time so far, and resident memory, at a moment. */
type Sample = [at: number, ms: number, mb: number];

const SAMPLE_MS = 20;

/** In an n8n of its own, in which the reader has read a hundred records before. */
async function readAll(kizen: KizenProcess, reader: Reader, records: number): Promise<Reading> {
	const n8n = await startN8n({ name: 'bench' });
	try {
		const data = kizen.credential;
		const credential = await n8n.rest.createCredential({ name: 'Kizen', type: 'kizenApi', data });
		const stage = { n8n, kizen, credential };
		await run(stage, reader.nodes(kizen, credential, 'Bench Company 12'));
		await kizen.forgetLog();
		const memory = openMemory(n8n.userFolder);
		memory.forget();
		const idle = memory.peakMb();
		const cpu = openCpu(n8n.userFolder);
		const samples: Sample[] = [];
		const sampling = setInterval(() => {
			samples.push([Date.now(), cpu(), memory.nowMb()]);
		}, SAMPLE_MS);
		const nodes = reader.nodes(kizen, credential, '');
		const saved = await run(stage, nodes).finally(() => clearInterval(sampling));
		// Read before the execution is asked for, which n8n loads into its memory to answer.
		const memoryMb = memory.peakMb() - idle;
		const pages = (await kizen.log()).filter(({ path }) => path.endsWith('/search'));
		const { times, items } = await runOf(
			stage,
			saved,
			nodes.map(({ name }) => name),
		);
		const output = items.map(({ json }) => json);
		const found = new Set(output.map(({ id }) => id)).size;
		if (found < records) throw new Error(`${reader.title} found ${found} of ${records} records`);
		return {
			readMs: times[0],
			allMs: times.reduce((sum, ms) => sum + ms),
			pages: pages.length,
			output,
			outputMb: Buffer.byteLength(JSON.stringify(output)) / MB,
			readingMb: highest(samples, pages.at(-1)?.at) - idle,
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

export async function run({ n8n }: Stage, readers: INode[]) {
	const path = randomUUID();
	const first = webhook(path);
	const nodes = [first, ...readers, node('One', 'n8n-nodes-base.limit', 1, { maxItems: 1 })];
	const names = nodes.map(({ name }) => name);
	const lines = Object.fromEntries(names.slice(0, -1).map((name, n) => [name, [names[n + 1]]]));
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

const highest = (samples: Sample[], until = 0) =>
	Math.max(...samples.filter(([at]) => at <= until).map(([, , mb]) => mb));

function cpuAt(samples: Sample[], at: number): number {
	const next = samples.findIndex(([moment]) => moment >= at);
	if (next < 1) return samples.at(next === 0 ? 0 : -1)?.[1] ?? NaN;
	const [[from, before], [to, after]] = [samples[next - 1], samples[next]];
	return before + ((after - before) * (at - from)) / (to - from);
}

export const search: Case = {
	name: 'search',
	title: 'Search of 50,000 records',
	async run({ kizen, scale }) {
		await kizen.prepare({}, {});
		let found: IDataObject[] = [];
		const same = await startSameItems(() => found);
		const readers = [KIZEN, HTTP, same.reader];
		const readings = new Map<Reader, Reading[]>(readers.map((reader) => [reader, []]));
		const sizes = SIZES.map((size) => size * scale);
		const rows = companies(Math.max(...sizes));
		let held = 0;
		for (const size of sizes) {
			await kizen.fill(rows.slice(held, size));
			held = size;
			for (const [reader, list] of readings) {
				const reading = await readAll(kizen, reader, size);
				if (reader === KIZEN) found = reading.output;
				list.push({ ...reading, output: [] });
				console.log(
					`    ${reader.title}, ${size} records: ${seconds(reading.allMs)}, ${count(reading.memoryMb)} MB`,
				);
			}
		}
		same.stop();
		return figures(readings, sizes);
	},
};

function figures(readings: Map<Reader, Reading[]>, sizes: number[]): string {
	const lines = (readers: Reader[], cells: (reading: Reading) => string[]) =>
		readers.flatMap((reader) =>
			of(reader).map((reading, index) => [
				`${reader.title}, ${count(sizes[index])} records`,
				...cells(reading),
			]),
		);
	const of = (reader: Reader) => readings.get(reader) ?? [];
	const [same] = [...readings.keys()].slice(-1);
	const memory = (reader: Reader) => of(reader).map(({ memoryMb }) => memoryMb);
	const growth = (reader: Reader) => {
		const [least, , most] = memory(reader);
		return most - least;
	};
	const [, middle, most] = of(KIZEN);
	const halves = ['first tenth', 'last tenth'];
	return [
		'One round.',
		'',
		table(
			['', 'Time', 'Of that reading', 'Requests for pages', 'Output'],
			lines([KIZEN, HTTP], ({ allMs, readMs, pages, outputMb }) => [
				seconds(allMs),
				seconds(readMs),
				count(pages),
				`${outputMb.toFixed(1)} MB`,
			]),
		),
		'',
		'Memory of n8n above that right before the run; in brackets until the last page, before n8n saves the execution:',
		'',
		table(
			['', ...sizes.map((size) => `${count(size)} records`)],
			[...readings.keys()].map((reader) => [
				reader.title,
				...of(reader).map(
					({ memoryMb, readingMb, pages }) =>
						`${count(memoryMb)} MB${pages > 0 ? ` (${count(readingMb)} MB)` : ''}`,
				),
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
			lines([KIZEN, HTTP], ({ gaps, own, cpu }) =>
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
			`Time for ${count(sizes[2])} records against HTTP Request, then Split Out`,
			most.allMs / of(HTTP)[2].allMs,
			1.2,
		),
		target(
			`Memory for ${count(sizes[2])} records against that for the same items from one answer`,
			most.memoryMb / memory(same)[2],
			1.1,
		),
		target(
			`Growth of memory from ${count(sizes[0])} to ${count(sizes[2])} records against that of the same items from one answer`,
			growth(KIZEN) / growth(same),
			1.1,
		),
	].join('\n');
}
