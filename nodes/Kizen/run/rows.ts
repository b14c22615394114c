import { sleep } from 'n8n-workflow';

import { Cancelled, Queue } from '../http';
import type { Job } from '../operations';
import { isDone, ProblemError, problemOf, type Outcome } from '../outcome';
import type { SettledRows } from './resume';

interface Rows {
	count: number;
	/** How many rows are sent at once at most; asked for after the first row was prepared. */
	maxInFlight(): number;
	/** What earlier tries of the run have settled. */
	settled: SettledRows;
	/** Reads a row. Throws what is wrong with it. */
	prepare(index: number): Promise<Job>;
	/** Whether this outcome ends the run. */
	stops(outcome: Outcome): boolean;
	/** Whether the workflow was stopped. */
	stopped(): boolean;
}

/**
 * Runs the rows side by side and returns one outcome for each, in their order. Rows with the same key
 * are sent one after another; meanwhile, other rows go on beside them.
 *
 * Rows that were not begun have no outcome, because the workflow was stopped or because a row before
 * them ends the run.
 */
export async function runRows(rows: Rows): Promise<Array<Outcome | undefined>> {
	return await new RowRunner(rows).run();
}

/** A row that was read. */
interface PreparedRow {
	index: number;
	job: Job;
}

/** A row that waits for another one with the same key. Read again in its turn, if it has no job. */
interface WaitingRow {
	index: number;
	job?: Job;
}

/** Reading ahead, the event loop gets its turn after so many rows. */
const ROWS_PER_TURN = 32;

class RowRunner {
	private readonly outcomes: Array<Outcome | undefined>;
	/** Rows that wait behind the row of their key that is in flight, by key. */
	private readonly waiting = new Map<string, Queue<WaitingRow>>();
	/** How many waiting rows have a job. Others are only a number, so that any number may wait. */
	private waitingJobs = 0;
	private inFlight = 0;
	private stopAfter = Infinity;
	private onSlotFree: () => void = () => {};

	constructor(private readonly rows: Rows) {
		this.outcomes = new Array<Outcome | undefined>(rows.count).fill(undefined);
	}

	async run(): Promise<Array<Outcome | undefined>> {
		for (let index = 0; index < this.rows.count && this.mayBegin(index); index++) {
			const row = await this.read(index);
			if (row === undefined) continue;
			const behind = row.job.key === undefined ? undefined : this.waiting.get(row.job.key);
			if (behind === undefined) {
				await this.slotFree();
				void this.sendAll(row);
			} else {
				behind.push(this.waitingRow(row));
				if (index % ROWS_PER_TURN === 0) await sleep(0);
			}
		}
		await this.slotFree(1);
		return this.outcomes;
	}

	private mayBegin(index: number): boolean {
		return index <= this.stopAfter && !this.rows.stopped();
	}

	/** Returns undefined for a row that is settled without being sent. */
	private async read(index: number): Promise<PreparedRow | undefined> {
		const { settled } = this.rows;
		const earlier = settled.get(index);
		if (earlier) {
			this.settle(index, earlier);
			return undefined;
		}
		try {
			const job = await this.rows.prepare(index);
			const later = settled.laterThan(index, job.key);
			if (later === undefined) return { index, job };
			this.settle(index, superseded(later));
		} catch (thrown) {
			this.settle(index, failure(thrown));
		}
		return undefined;
	}

	private waitingRow(row: PreparedRow): WaitingRow {
		if (this.waitingJobs >= this.rows.maxInFlight()) return { index: row.index };
		this.waitingJobs += 1;
		return row;
	}

	/** Sends a row and those that come to wait behind it, in one slot. */
	private async sendAll(first: PreparedRow): Promise<void> {
		const { key } = first.job;
		const behind = new Queue<WaitingRow>();
		if (key !== undefined) this.waiting.set(key, behind);
		this.inFlight += 1;
		await this.send(first);
		for (let next = behind.shift(); next; next = behind.shift()) {
			if (!this.mayBegin(next.index)) break;
			if (next.job) this.waitingJobs -= 1;
			const { index, job } = next;
			const row = job ? { index, job } : await this.read(index);
			if (row) await this.send(row);
		}
		if (key !== undefined) this.waiting.delete(key);
		this.inFlight -= 1;
		this.onSlotFree();
	}

	private async send({ index, job }: PreparedRow): Promise<void> {
		if (!this.mayBegin(index)) return;
		try {
			const written = this.rows.settled.writtenOf(index);
			const outcome = await (written && job.resume ? job.resume(written) : job.send());
			this.settle(index, withRow(outcome, job), job.key);
		} catch (thrown) {
			this.settle(index, withRow(failure(thrown), job));
		}
	}

	private settle(index: number, outcome: Outcome, key?: string): void {
		this.outcomes[index] = outcome;
		this.rows.settled.settle(index, outcome, key);
		if (this.rows.stops(outcome)) this.stopAfter = Math.min(this.stopAfter, index);
	}

	/** Waits until fewer rows than `limit` are in flight. */
	private async slotFree(limit?: number): Promise<void> {
		while (this.inFlight >= (limit ?? this.rows.maxInFlight())) {
			await new Promise<void>((resolve) => (this.onSlotFree = resolve));
		}
	}
}

const MAX_LABEL = 60;

/** Says in what went wrong which row it was. */
function withRow(outcome: Outcome, { label = '' }: Job): Outcome {
	if (isDone(outcome) || label === '') return outcome;
	const row = label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL)}…` : label;
	return { ...outcome, problem: { row, ...outcome.problem } };
}

/** Written now, the row would undo one that comes after it: the last one wins. */
function superseded(later: number): Outcome {
	const message = `A later row about the same record, [item ${later}], was written already`;
	return {
		action: 'failed',
		problem: { message, remedy: 'The record holds the values of that row.' },
		final: true,
	};
}

function failure(thrown: unknown): Outcome {
	if (thrown instanceof Cancelled) {
		return { action: 'failed', problem: new ProblemError('The workflow was stopped', '').problem };
	}
	return { action: 'failed', problem: problemOf(thrown) };
}
