import { setTimeout as sleep } from 'node:timers/promises';

import { drawing } from '../../sandbox/kizen/drawing';
import type { BulkRow, EmbeddedKizen } from '../../sandbox/kizen';
import type { Write } from './tally';

/** The object that is written to. */
export const OBJECT = 'deals';

const EVERY_MS = 100;
/** A record is changed only when the change no longer belongs to its creation. */
const CHANGED_AFTER_MS = 15_000;

/** Writes to Kizen past its own interface, as fast as people and imports do, and keeps a list. */
export class Writer {
	readonly writes: Write[] = [];
	private readonly records: Array<{ id: string; since: number }> = [];
	private readonly draw = drawing(1);
	private version = 0;
	private isStopped = false;

	constructor(private readonly kizen: EmbeddedKizen) {}

	/** Creates some records at one instant. */
	create(count: number): void {
		const rows = this.write(Array.from({ length: count }, (): BulkRow => ({})));
		const since = Date.now();
		for (const { id, version } of rows) {
			this.records.push({ id, since });
			this.writes.push({ id, version, kind: 'created' });
		}
	}

	/** Changes some records at one instant. */
	change(count: number): void {
		const young = this.records.findIndex(({ since }) => since > Date.now() - CHANGED_AFTER_MS);
		const old = young === -1 ? this.records.length : young;
		const chosen = new Set(
			Array.from({ length: count }, () => this.records[Math.floor(this.draw() * old)]?.id),
		);
		const rows = [...chosen].filter((id) => id !== undefined).map((id): BulkRow => ({ id }));
		for (const { id, version } of this.write(rows)) {
			this.writes.push({ id, version, kind: 'updated' });
		}
	}

	/** What was written so far was there before. */
	forget(): void {
		this.writes.length = 0;
	}

	/** Creates a record and changes another, again and again, until it is told to stop. */
	async goOn(): Promise<void> {
		while (!this.isStopped) {
			this.create(1);
			this.change(1);
			await sleep(EVERY_MS);
		}
	}

	stop(): void {
		this.isStopped = true;
	}

	private write(rows: BulkRow[]): Array<{ id: string; version: number }> {
		const versions = rows.map(() => ++this.version);
		const written = rows.map(({ id }, n) => {
			const name = id === undefined ? { name: `Deal ${versions[n]}` } : {};
			return { id, values: { ...name, next_step: String(versions[n]) } };
		});
		return this.kizen.bulk(OBJECT, written).map(({ id }, n) => ({ id, version: versions[n] }));
	}
}
