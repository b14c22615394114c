import type { IDataObject, INode } from 'n8n-workflow';

import type { EmbeddedKizen } from '../../sandbox/kizen';
import type { FaultRule } from '../../sandbox/kizen/faults';
import { silence } from '../until';
import { runInEngine } from './engine';
import { chance, seedsOf } from './seeds';
import { withKizen } from './withKizen';

/**
 * Runs with rows, faults and settings drawn from a seed, held against what Kizen must hold after
 * them. What a seed draws is the same each time; how the requests meet is up to the machine.
 */
const seeds = seedsOf(10);

interface Row {
	name: string;
	/** No two rows have the same, so that it shows whose values a record holds. */
	website: string;
}

interface Plan {
	operation: 'add' | 'upsert';
	rows: Row[];
	faults: FaultRule[];
	latencyMs: { min: number; max: number };
	maxParallel: number;
	node: Partial<INode>;
	/** Stop the workflow once Kizen has received so many requests. */
	stopAfter?: number;
}

const WRITES = { path: '/(add|upsert)$' };

function planOf(seed: number): Plan {
	const { next, below, oneOf } = chance(seed);
	const count = 40 + below(100);
	const names = 1 + below(count);
	const spelled = [
		(s: string) => s,
		(s: string) => s.toUpperCase(),
		(s: string) => s.toLowerCase(),
		(s: string) => `${s} \u00a0`,
		(s: string) => `\u200b${s.toUpperCase()}\n`,
		(s: string) => `\ufeff\u202a${s}\u202c`,
	];
	const rows = Array.from({ length: count }, (_, n) => ({
		name: oneOf(spelled)(`Random Company ${below(names)}`),
		website: `https://row-${n}.example`,
	}));
	const rule = (): FaultRule => {
		const when = oneOf(['before', 'after'] as const);
		const status = oneOf([408, 502, 503, 504]);
		const drawn: FaultRule[] = [
			{ fault: { kind: 'drop' }, when, probability: 0.03 },
			{ fault: { kind: 'drop' }, when, times: 3 },
			{ fault: { kind: 'status', status }, when, probability: 0.03 },
			{ fault: { kind: 'status', status: 503, retryAfter: 1 }, times: 1 },
			{ fault: { kind: 'status', status: 429, retryAfter: oneOf([0, null]) }, times: 2 },
			{ fault: { kind: 'status', status: 500 }, when, times: 2 },
			{ fault: { kind: 'status', status: 403 }, times: 2 },
			{ fault: { kind: oneOf(['html', 'empty', 'truncated'] as const) }, times: 2 },
		];
		return { match: WRITES, skip: below(count / 2), ...oneOf(drawn) };
	};
	return {
		operation: oneOf(['add', 'upsert']),
		rows,
		faults: Array.from({ length: 1 + below(4) }, rule),
		latencyMs: { min: 0, max: oneOf([0, 2, 8]) },
		maxParallel: oneOf([1, 2, 5, 16, 32]),
		node: {
			onError: 'continueRegularOutput',
			...(next() < 0.3 && { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 }),
		},
		...(next() < 0.25 && { stopAfter: below(count) }),
	};
}

const key = ({ name }: Row) => name.replace(/^[^r]+|[^\d]+$/gi, '').toLowerCase();

/** What became of each row: written, certainly not written, or nobody knows. */
type Fate = 'written' | 'not written' | 'open';

/** Without an output the workflow was stopped. */
function fatesOf(plan: Plan, json: IDataObject[] | undefined): Fate[] {
	return plan.rows.map((_, index) => {
		const item = json?.[index];
		if (item === undefined) return 'open';
		if (item.action !== 'failed' && item.action !== 'conflict') return 'written';
		// An Upsert that failed was tried as often as is allowed, and may have been carried out.
		if (plan.operation === 'upsert') return 'open';
		return /may still have created|Look in Kizen/.test(JSON.stringify(item))
			? 'open'
			: 'not written';
	});
}

/** The websites that Kizen holds for each name. */
function heldByKey(kizen: EmbeddedKizen): Map<string, string[]> {
	const held = new Map<string, string[]>();
	for (const { identity, values } of kizen.all('companies_company')) {
		if (!/^random/i.test(identity)) continue;
		const list = held.get(identity.toLowerCase()) ?? [];
		list.push(String(values.website));
		held.set(identity.toLowerCase(), list);
	}
	return held;
}

/** One record for each name, with the values of the last row that can have written it. */
function checkUpsert(kizen: EmbeddedKizen, { rows }: Plan, fates: Fate[]): void {
	const held = heldByKey(kizen);
	for (const name of new Set(rows.map(key))) {
		const indexes = rows.flatMap((row, index) => (key(row) === name ? [index] : []));
		const lastWritten = indexes.filter((index) => fates[index] === 'written').at(-1);
		const possible = indexes
			.filter((index) => index >= (lastWritten ?? 0))
			.filter((index) => fates[index] !== 'not written')
			.map((index) => rows[index].website);
		const websites = held.get(name) ?? [];
		expect(websites.length).toBeLessThanOrEqual(1);
		if (lastWritten !== undefined) expect(websites).toHaveLength(1);
		for (const website of websites) expect(possible).toContain(website);
	}
	expect([...held.keys()].every((name) => rows.some((row) => key(row) === name))).toBe(true);
}

/** One record for each row that was written, none for one that was not, and never two. */
function checkAdd(kizen: EmbeddedKizen, { rows }: Plan, fates: Fate[]): void {
	const held = heldByKey(kizen);
	rows.forEach((row, index) => {
		const times = (held.get(key(row)) ?? []).filter((website) => website === row.website).length;
		if (fates[index] === 'open') expect(times).toBeLessThanOrEqual(1);
		else expect(times).toBe(fates[index] === 'written' ? 1 : 0);
	});
}

/** What Kizen saw: rows of one name in their order and never two of them together. */
function checkRequests(kizen: EmbeddedKizen, { rows, maxParallel, node }: Plan): void {
	const sent = kizen.log.filter(({ path }) => /\/(add|upsert)$/.test(path));
	// Kizen refuses with 409 a write that overlaps with another one to the same record.
	expect(sent.filter(({ status }) => status === 409)).toEqual([]);
	expect(kizen.inFlight.most).toBeLessThanOrEqual(maxParallel);
	if (node.retryOnFail) return;
	const indexOf = new Map(rows.map(({ website }, index) => [website, index]));
	const last = new Map<string, number>();
	for (const { body } of sent) {
		const website = /https:\/\/row-\d+\.example/.exec(JSON.stringify(body))?.[0] ?? '';
		const index = indexOf.get(website) ?? -1;
		const name = key(rows[index]);
		expect(index).toBeGreaterThanOrEqual(last.get(name) ?? 0);
		last.set(name, index);
	}
}

async function runPlan(kizen: EmbeddedKizen, plan: Plan): Promise<void> {
	const { operation, rows, stopAfter, maxParallel } = plan;
	kizen.switches.activeDuplicates = 'allowed';
	kizen.faults.latencyMs = plan.latencyMs;
	kizen.faults.queue.push(...structuredClone(plan.faults));
	let sentWhenStopped = 0;
	const { status, json, outputs } = await runInEngine({
		credential: kizen.credential,
		parameters: {
			operation,
			object: { __rl: true, mode: 'name', value: 'companies_company' },
			lookupValue: '={{ $json.name }}',
			specifyFields: 'json',
			jsonFields:
				operation === 'add'
					? '={{ { name: $json.name, website: $json.website } }}'
					: '={{ { website: $json.website } }}',
			options: { maxParallel, giveUpAfter: 2 },
		},
		rows: rows.map((row) => ({ ...row })),
		node: plan.node,
		stopWhen: () => (sentWhenStopped = kizen.log.length) >= (stopAfter ?? Infinity),
	});
	const stopped = status === 'canceled';
	if (stopAfter === undefined) expect(status).toBe('success');
	if (!stopped) {
		expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual(
			rows.map((_, item) => ({ item })),
		);
		for (const [index, { action, website }] of json.entries()) {
			if (!['created', 'updated'].includes(String(action))) continue;
			expect(website).toBe(rows[index].website);
		}
	}
	if (stopped) await silence(kizen);
	if (stopped) expect(kizen.log.length).toBeLessThanOrEqual(sentWhenStopped + maxParallel);
	const fates = fatesOf(plan, stopped ? undefined : json);
	if (operation === 'upsert') checkUpsert(kizen, plan, fates);
	else checkAdd(kizen, plan, fates);
	checkRequests(kizen, plan);
}

it.concurrent.each(seeds)(
	'seed %i',
	withKizen(async (kizen, seed: number) => {
		const plan = planOf(seed);
		try {
			await runPlan(kizen, plan);
		} catch (error) {
			const { rows, ...settings } = plan;
			console.error(
				`Replay with KIZEN_SEED=${seed}: ${rows.length} rows, ${JSON.stringify(settings)}`,
			);
			throw error;
		}
	}),
);
