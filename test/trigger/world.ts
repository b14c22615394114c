import { shuffle } from '../../sandbox/kizen/drawing';
import type { Sighting } from '../../nodes/Kizen/trigger/cursor';

/** A second in microseconds. */
export const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

/** What is not known of Kizen, or is not the same every time. */
export interface Nature {
	/** To which unit a filter compares times, in microseconds. */
	resolution: number;
	/** Whether the search keeps the order that it is asked for. */
	ordered: boolean;
	/** Whether responses carry a date, and by how much it differs from the times of records. */
	clock: { skew: number } | undefined;
	/** The largest page. */
	pageSize: number;
	/** Whether records with one time come in the same order in every page. */
	ties: 'same' | 'changing';
	/** How long one request takes. */
	requestTakes: number;
	/** By how much some of the copies of the data lag behind that requests are answered from. */
	staleBy: number;
}

export const NATURES = { resolutions: [1, 1000, SECOND, DAY] };

export interface Version {
	/** When Kizen wrote it: `updated`. */
	time: number;
	/** When the search shows it. */
	shown: number;
	colour: number;
	archived: boolean;
}

export interface Entry {
	id: string;
	created: number;
	versions: Version[];
}

/** A model of Kizen's records and their search, with a clock of its own. */
export class World {
	/** Noon, so that days begin at neither end of a short test. */
	now = Date.parse('2026-03-31T17:00:00Z') * 1000;
	readonly entries: Entry[] = [];
	private questions = 0;

	constructor(readonly nature: Nature) {}

	pass(microseconds: number): void {
		this.now += microseconds;
	}

	/** Kizen's clock, in whole seconds as in the header Date. */
	clock(): number | undefined {
		const { clock } = this.nature;
		return clock && Math.floor((this.now + clock.skew) / SECOND) * SECOND;
	}

	create(colour: number, lag: number): void {
		const id = `record-${this.entries.length}`;
		const version = { time: this.now, shown: this.now + lag, colour, archived: false };
		this.entries.push({ id, created: this.now, versions: [version] });
		this.pass(1);
	}

	/** Writes some records at one instant. */
	change(entries: Entry[], change: Partial<Version>, lag: (n: number) => number): void {
		entries.forEach(({ versions }, n) => {
			const before = versions[versions.length - 1];
			// A later version is never shown before an earlier one.
			const shown = Math.max(before.shown, this.now + lag(n));
			versions.push({ ...before, ...change, time: this.now, shown });
		});
		this.pass(1);
	}

	/** One page of the records within some times. */
	page({ by, from = -Infinity, to = Infinity, page, size, descending, colour }: Question): Answer {
		const { resolution, ordered, pageSize, ties } = this.nature;
		const unit = (time: number) => Math.floor(time / resolution);
		const stale = ++this.questions % 3 === 0 ? this.nature.staleBy : 0;
		const found = this.entries
			.flatMap((entry) => this.shown(entry, this.now - stale) ?? [])
			.filter((row) => colour === undefined || row.colour === colour)
			.filter((row) => unit(row[by]) >= unit(from) && unit(row[by]) <= unit(to));
		if (ties === 'changing') shuffle(found, this.questions);
		if (ordered) found.sort((a, b) => (descending ? b[by] - a[by] : a[by] - b[by]));
		const length = Math.min(size, pageSize);
		const start = (page - 1) * length;
		const end = start + length;
		this.pass(this.nature.requestTakes);
		return { rows: found.slice(start, end), more: end < found.length, count: found.length };
	}

	private shown(
		{ id, created, versions }: Entry,
		now: number,
	): (Sighting<undefined> & Version) | undefined {
		const version = [...versions].reverse().find(({ shown }) => shown <= now);
		if (version === undefined || version.archived) return undefined;
		return { id, created, updated: version.time, record: undefined, ...version };
	}
}

export interface Question {
	by: 'created' | 'updated';
	from?: number;
	to?: number;
	page: number;
	size: number;
	descending?: boolean;
	colour?: number;
}

export interface Answer {
	rows: Array<Sighting<undefined>>;
	more: boolean;
	count: number;
}
