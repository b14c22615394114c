/**
 * Dates and times as Kizen writes and reads them. Instants are held as ISO 8601 in UTC, to the
 * millisecond where somebody wrote them, to the microsecond where Kizen stamps a record.
 */

import type { Switches } from './switches';

const dateForm = /^(\d{4})-(\d\d)-(\d\d)$/;
const datetimeForm =
	/^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** Whether the text is YYYY-MM-DD and such a day exists. */
export function isDate(text: string): boolean {
	const parts = dateForm.exec(text);
	if (parts === null) return false;
	const [year, month, day] = parts.slice(1).map(Number);
	const date = new Date(Date.UTC(year, month - 1, day));
	date.setUTCFullYear(year);
	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * The instant (ISO, UTC) that an ISO 8601 date and time means; one without offset is read in
 * `zone` (an IANA name), or is undefined like every other text when zone is undefined.
 */
export function instantOf(text: string, zone: string | undefined): string | undefined {
	const parts = datetimeForm.exec(text);
	if (parts === null || !isDate(parts[1])) return undefined;
	const [, date, hour, minute, second = '00', fraction = '0', offset] = parts;
	if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
	const clock = `${date}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}`;
	if (offset !== undefined) return toIso(Date.parse(clock + normalOffset(offset)));
	if (zone === undefined) return undefined;
	const asUtc = Date.parse(`${clock}Z`);
	const guess = asUtc - offsetMs(asUtc, zone);
	return toIso(asUtc - offsetMs(guess, zone));
}

let originMs = performance.timeOrigin;
let lastStamp = 0;

/** What this computer's clock shows, in milliseconds since 1970, to the microsecond. */
function preciseNow(): number {
	const setByMs = Date.now() - originMs - performance.now();
	// The clock was set meanwhile, or the computer slept.
	if (Math.abs(setByMs) > 5) originMs += setByMs;
	return originMs + performance.now();
}

/** What Kizen's clock shows, in milliseconds since 1970. */
export function kizenNow({ clockAheadMs }: Switches): number {
	return preciseNow() + clockAheadMs;
}

/** The instant that Kizen stamps on a record now; no two are the same. */
export function stampNow({ clockAheadMs }: Switches): string {
	lastStamp = Math.max(Math.floor(preciseNow() * 1000), lastStamp + 1);
	const rest = String(lastStamp % 1000).padStart(3, '0');
	const ms = Math.floor(lastStamp / 1000) + clockAheadMs;
	return new Date(ms).toISOString().replace('Z', `${rest}Z`);
}

/** An instant to the microsecond, so that instants compare as texts. */
export function inMicroseconds(instant: string): string {
	return instant.length > 24 ? instant : instant.replace('Z', '000Z');
}

/** The instant to the microsecond that a text means; undefined for a text that means none. */
export function microsecondsOf(text: string): string | undefined {
	const iso = toIso(Date.parse(text));
	const finer = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? '';
	return iso?.replace('Z', `${finer.padEnd(3, '0')}Z`);
}

/** "2026-03-31T12:27:20.152070-05:00": the captured form, microseconds and the zone's offset. */
export function inZone(instant: string, zone: string): string {
	const ms = Date.parse(instant);
	const offset = offsetMs(ms, zone);
	const micros = inMicroseconds(instant).slice(23, 26);
	const clock = new Date(ms + offset).toISOString().slice(0, -1);
	const minutes = Math.abs(offset) / 60_000;
	const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
	return `${clock}${micros}${offset < 0 ? '-' : '+'}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}

/** Whether the name is an IANA time zone that this computer knows. */
export function isZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en-US', { timeZone: name });
		return true;
	} catch {
		return false;
	}
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** Zones change their clocks on a quarter of an hour: within one, the system is asked once. */
const QUARTER_MS = 900_000;

function offsetMs(ms: number, zone: string): number {
	const quarter = `${zone} ${Math.floor(ms / QUARTER_MS)}`;
	const known = offsets.get(quarter) ?? askedOffsetMs(ms, zone);
	offsets.set(quarter, known);
	return known;
}

function askedOffsetMs(ms: number, zone: string): number {
	let clock = clocks.get(zone);
	if (clock === undefined) {
		clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
		clocks.set(zone, clock);
	}
	const name = clock.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? '';
	const parts = /([+-])(\d\d):(\d\d)/.exec(name);
	if (parts === null) return 0;
	const minutes = Number(parts[2]) * 60 + Number(parts[3]);
	return (parts[1] === '-' ? -1 : 1) * minutes * 60_000;
}

function normalOffset(offset: string): string {
	if (offset.toUpperCase() === 'Z') return 'Z';
	return offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
}

/** Undefined for a time that is not one. */
export function toIso(ms: number): string | undefined {
	return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
