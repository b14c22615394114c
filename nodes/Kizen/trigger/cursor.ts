/**
 * How far the trigger has read Kizen's records, and what a poll makes of the records that it read.
 * Pure: a position and records go in, events and the next position come out.
 *
 * Every instant is one of Kizen's own, so the clock and the time zone of n8n do not matter. Four
 * rules make sure that no event is missed and that none is sent twice:
 *
 * 1. A poll reads again what lies less than {@link OVERLAP} before the end of what was read, because
 *    a search may show a record some time after it was written.
 * 2. What a poll reads for the first time is read again by the next poll, because a record can move
 *    from a page that was not read yet to a page that was.
 * 3. All records that were read from `floor` on are remembered, and `floor` never falls and never
 *    passes a record that was not read.
 * 4. A record that changes before it is read moves past `floor`, and is still to be sent as created.
 *    So while polls leave something for later, all that was read is remembered, back to `since`.
 *
 * The events and the position after them leave a poll together. n8n stores a position only with
 * events; a position that is lost had none, and the next poll reads the same records again.
 */

import { isObject } from '../fields';

/** What starts the workflow. */
export type TriggerEvent = 'created' | 'createdOrUpdated' | 'updated';

export type EventAction = 'created' | 'updated';

/** Whole microseconds since 1970: as fine as Kizen's own times. */
export type Instant = number;

const MILLISECOND = 1000;
const SECOND = 1000 * MILLISECOND;

/** How late a search may show a record. At most 9 s were seen (kizen/builder-cli, live suite). */
const OVERLAP = 300 * SECOND;

/** What changes this soon after the creation belongs to it, such as the first stage or tags. */
export const CREATION = 10 * SECOND;

/** How many records are remembered beside those that a poll reads for the first time. */
const MAX_SEEN = 2000;

/** How many records are remembered by rule 4. If there are more, one that changed comes as updated. */
const MAX_SEEN_BEHIND = 20_000;

/** Where the trigger is, as n8n stores it. */
export interface Position {
	v: 1;
	/** What it is a position in: the environment, business, object and event. */
	of: string;
	/** No record before it is read again. A whole millisecond, which is what Kizen's filters take. */
	floor: Instant;
	/** The end of what was read. */
	top: Instant;
	/** What was created before it was sent as created. It is `floor`, or earlier after a backlog. */
	since: Instant;
	/** Whether the latest poll left something for later. */
	isBehind: boolean;
	/** IDs of the records that were read from `since` on, by the time they had then. */
	seen: Record<string, string[]>;
}

/** A record as a poll found it. */
export interface Sighting<T> {
	id: string;
	created: Instant;
	updated: Instant;
	record: T;
}

/** What a poll read from the position's `floor` on. */
export interface Reading<T> {
	sightings: Array<Sighting<T>>;
	/** The time up to which records were read; undefined if nothing was left. */
	end: Instant | undefined;
	/** Kizen's clock when the reading began, if Kizen told it. */
	clock: Instant | undefined;
}

export interface Rules {
	event: TriggerEvent;
	/** The maximum number of events that one poll sends. */
	maxEvents: number;
	overlap?: Instant;
	remembered?: number;
}

interface Advance<T> {
	/** The oldest first. */
	events: Array<{ action: EventAction; record: T }>;
	position: Position;
}

/**
 * Returns the position of a trigger that has read nothing yet: what is written from `now` on is new.
 *
 * @param now Kizen's time, or undefined if it is unknown because Kizen has no record: then all are new
 */
export function startingAt(of: string, now: Instant | undefined, overlap = OVERLAP): Position {
	const floor = now === undefined ? 0 : wholeMilliseconds(now - overlap);
	return { v: 1, of, floor, top: now ?? 0, since: floor, isBehind: false, seen: {} };
}

/** Returns the events among the records that a poll read, and the position after them. */
export function advance<T>(position: Position, reading: Reading<T>, rules: Rules): Advance<T> {
	const { event, maxEvents } = rules;
	const memory = memoryOf(position);
	const known = { ...position, memory };
	const sightings = [...reading.sightings].sort((a, b) => timeOf(a, event) - timeOf(b, event));
	const events: Advance<T>['events'] = [];
	let { end } = reading;
	let { top } = position;
	for (const sighting of sightings) {
		const news = newsOf(sighting, event, known);
		if (news === 'none') continue;
		if (news !== 'silent') {
			if (events.length === maxEvents) {
				end = timeOf(sighting, event);
				break;
			}
			events.push({ action: news, record: sighting.record });
		}
		memory.set(sighting.id, timeOf(sighting, event));
		top = Math.max(top, timeOf(sighting, event));
	}
	if (end === undefined) top = Math.max(top, reading.clock ?? top);
	const readTo = Math.min(position.top, end ?? position.top);
	const floor = nextFloor({ position, top, readTo }, memory, rules);
	const isBehind = end !== undefined;
	const since = nextSince({ position, floor, isBehind }, memory, event);
	const seen = seenFrom(since, memory);
	return { events, position: { v: 1, of: position.of, floor, top, since, isBehind, seen } };
}

/** The time of each remembered record when it was last read, by its ID. */
type Memory = Map<string, Instant>;

/** Returns the records that a position remembers. */
export function memoryOf({ seen }: Position): Memory {
	const memory: Memory = new Map();
	for (const [time, ids] of Object.entries(seen)) {
		for (const id of ids) memory.set(id, Number(time));
	}
	return memory;
}

/**
 * Returns what a record means for the workflow: an event; `silent` if it must be remembered only; or
 * `none` if it was read before, or lies before what is read. A search that lags behind may show an
 * older state of a record again: it is never news.
 */
export function newsOf(
	sighting: Sighting<unknown>,
	event: TriggerEvent,
	{ floor, since, memory }: Pick<Position, 'floor' | 'since'> & { memory: Memory },
): EventAction | 'silent' | 'none' {
	const { id, created, updated } = sighting;
	const time = timeOf(sighting, event);
	const before = memory.get(id);
	if (time < floor || (before !== undefined && before >= time)) return 'none';
	switch (event) {
		case 'created':
			return 'created';
		case 'createdOrUpdated':
			return before === undefined && created >= since ? 'created' : 'updated';
		case 'updated':
			return before === undefined && updated - created <= CREATION ? 'silent' : 'updated';
	}
}

/** Returns the time by which an event orders records: that of the creation or of the last change. */
export function timeOf({ created, updated }: Sighting<unknown>, event: TriggerEvent): Instant {
	return event === 'created' ? created : updated;
}

/** Tells whether n8n stored a position, and not something that the node does not know. */
export function isPosition(stored: unknown): stored is Position {
	if (!isObject(stored) || !isObject(stored.seen)) return false;
	const { v, of, floor, top, since, isBehind, seen } = stored;
	return (
		v === 1 &&
		typeof of === 'string' &&
		[floor, top, since].every(Number.isSafeInteger) &&
		typeof isBehind === 'boolean' &&
		Object.entries(seen).every(([time, ids]) => /^\d+$/.test(time) && Array.isArray(ids))
	);
}

/**
 * Rules 1 and 2; and if too many records would be remembered, rule 2 alone.
 *
 * @param readTo the end of what was read for the second time
 */
function nextFloor(
	{ position, top, readTo }: { position: Position; top: Instant; readTo: Instant },
	memory: Memory,
	{ overlap = OVERLAP, remembered = MAX_SEEN }: Rules,
): Instant {
	const times = [...memory.values()].sort((a, b) => b - a);
	const oldest = times[remembered - 1] ?? 0;
	const wanted = Math.max(top - overlap, oldest);
	return Math.max(position.floor, wholeMilliseconds(Math.min(wanted, readTo)));
}

/** Rule 4. What was left for later counts as read when it was read twice, as in rule 2. */
function nextSince(
	{ position, floor, isBehind }: { position: Position; floor: Instant; isBehind: boolean },
	memory: Memory,
	event: TriggerEvent,
): Instant {
	const isCaughtUp = !isBehind && !position.isBehind;
	const isNeeded = event === 'createdOrUpdated' && memory.size <= MAX_SEEN_BEHIND;
	return isCaughtUp || !isNeeded ? floor : position.since;
}

function seenFrom(since: Instant, memory: Memory): Position['seen'] {
	const seen: Position['seen'] = {};
	for (const [id, time] of memory) {
		if (time >= since) (seen[String(time)] ??= []).push(id);
	}
	return seen;
}

function wholeMilliseconds(instant: Instant): Instant {
	return Math.max(0, Math.floor(instant / MILLISECOND) * MILLISECOND);
}
