import type { IDataObject } from 'n8n-workflow';

import { simplifyFields } from '../fields';
import { stopwatch, type Exchange, type Records } from '../kizen';
import { ProblemError } from '../outcome';
import type { Adds } from './adds';
import { namesakes } from './findRecord';
import { holdsAll } from './heldValues';
import type { ReadyRow } from './input';

/** An Add of which Kizen's response was lost, so that nobody knows whether it was carried out. */
interface DoubtfulAdd {
	adds: Adds;
	records: Records;
	/** The name, or a contact's email. */
	identifier: string;
	/** Rows with the same key concern the same record. */
	key: string;
	/** As it was sent. */
	row: ReadyRow;
	/** When it was sent. */
	exchange: Exchange;
}

/** What was found: the row's own record, or what else can be said. */
export type Finding = { record: IDataObject } | { seen: Sight };

/**
 * `nothing`: no record of this name that no other row got. `other`: one or more of which nothing tells
 * that this row created it. `unknown`: it could not be looked for.
 */
export type Sight = 'nothing' | 'other' | 'unknown';

/** How long to wait before each look for a record that is not there yet. */
const PAUSES_MS = [500, 1000, 2000];

/** How often to read a record once more only to learn better what Kizen's clock shows. */
const READS_OF_CLOCK = 5;

/**
 * Looks for the record of an Add whose response was lost. The record is this row's own if all of this
 * is true:
 *
 * 1. It is the only active record with this name (of contacts: email), whatever its case, apart from
 *    records that other rows of the run got back.
 * 2. Kizen created it while the request was out, by Kizen's clock (see `clock.ts`). So a record that
 *    was there before does not count, nor one that the request brought back from the archive. Where
 *    Kizen's responses tell too little of its clock, the row stays in doubt.
 * 3. It holds every value that the row sent.
 * 4. No other Add of the run with this name is open: one in doubt may be carried out late.
 *
 * One case is left that nothing can tell apart: somebody else adds a record of the same name with the
 * same values while the request is out, or right before it, and the request itself is not carried out. Kizen then holds
 * exactly what the row asks for, once.
 *
 * Sends nothing but requests that read.
 *
 * @throws Cancelled when the workflow is stopped
 */
export async function findAdded(add: DoubtfulAdd): Promise<Finding> {
	return await look(add).catch((thrown: unknown): Finding => {
		if (thrown instanceof ProblemError) return { seen: 'unknown' };
		throw thrown;
	});
}

async function look(add: DoubtfulAdd): Promise<Finding> {
	for (const pauseMs of PAUSES_MS) {
		await add.records.kizen.pause(pauseMs);
		const [id, ...more] = (await idsOfName(add)).filter((one) => !add.adds.has(one));
		if (id !== undefined) return more.length > 0 ? { seen: 'other' } : await readOwn(add, id);
	}
	return { seen: 'nothing' };
}

/** The search ignores case, and may show a new record late; the exact look-up does neither. */
async function idsOfName({ records, identifier }: DoubtfulAdd): Promise<string[]> {
	const { identifierName } = records.schema;
	const found = await namesakes(records, identifier, (one) => one[identifierName] ?? []);
	const exact = await records.lookUp(identifier, []);
	const ids = [...found.map(({ id }) => id), exact?.id];
	return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

/** Reads the only record of the name, again while that makes clear when it was created. */
async function readOwn(add: DoubtfulAdd, id: string): Promise<Finding> {
	const { adds, key, records, row, exchange } = add;
	const { kizen, schema } = records;
	for (let reads = 0; ; reads++) {
		const record = await records.find(id);
		if (record === undefined || !holdsAll(record, row, schema)) break;
		const { created } = simplifyFields(record.fields, schema);
		const isOwn = kizen.clock.isWithin(created, exchange);
		// Asked now, when nothing more is waited for, because other rows go on meanwhile.
		if (isOwn === 'no' || adds.has(id) || !adds.isOneOpen(key)) break;
		if (isOwn === 'yes') {
			adds.settle(key, id);
			return { record };
		}
		if (reads === READS_OF_CLOCK) break;
		await kizen.pause(kizen.clock.untilTelling(stopwatch()));
	}
	return { seen: 'other' };
}
