export const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The milliseconds that a zone's clocks are ahead of UTC at a moment (milliseconds since 1970). */
type ZoneClock = (moment: number) => number;

const clocks = new Map<string, ZoneClock>();

/** The clock of an IANA time zone; undefined for a zone that is not known. */
export function zoneClock(zone: string): ZoneClock | undefined {
	const clock = clocks.get(zone) ?? createClock(zone);
	if (clock) clocks.set(zone, clock);
	return clock;
}

/** An IANA name in its usual case, `america/chicago` as `America/Chicago`; undefined for no zone. */
export function zoneId(text: string): string | undefined {
	// Offsets such as `+05:00` are zones to Intl, but no names.
	if (!/^[a-z]/i.test(text)) return undefined;
	zoneNames ??= new Map(
		Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]),
	);
	const usual = zoneNames.get(text.toLowerCase());
	return usual ?? (zoneClock(text) && text);
}

let zoneNames: Map<string, string> | undefined;

const MAX_DAYS = 10_000;

function createClock(zone: string): ZoneClock | undefined {
	const format = formatFor(zone);
	if (!format) return undefined;
	// Asking Intl is slow, and the answer is the same all day on all but two days of the year.
	const days = new Map<number, number | 'changes'>();
	const offsetOn = (day: number): number | 'changes' => {
		const known = days.get(day);
		if (known !== undefined) return known;
		const start = offsetFromIntl(format, day * DAY);
		const offset = start === offsetFromIntl(format, (day + 1) * DAY) ? start : 'changes';
		if (days.size >= MAX_DAYS) days.clear();
		days.set(day, offset);
		return offset;
	};
	return (moment) => {
		const offset = offsetOn(Math.floor(moment / DAY));
		return offset === 'changes' ? offsetFromIntl(format, moment) : offset;
	};
}

function formatFor(zone: string): Intl.DateTimeFormat | undefined {
	try {
		return new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			calendar: 'gregory',
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
	} catch {
		return undefined;
	}
}

function offsetFromIntl(format: Intl.DateTimeFormat, moment: number): number {
	const shown = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
	const part = (type: Intl.DateTimeFormatPartTypes) => Number(shown.get(type) ?? 0);
	const wall = Date.UTC(
		part('year'),
		part('month') - 1,
		part('day'),
		part('hour'),
		part('minute'),
		part('second'),
	);
	return wall - Math.floor(moment / 1000) * 1000;
}

/**
 * The offset of a wall clock time in a zone. Where the clock shows the time twice, that of the first;
 * where it skips the time, that before the skip: 02:30 in the skipped hour is then half an hour after
 * the skip began, as calendars understand it.
 * @param wall the wall clock time as if it were UTC, in milliseconds since 1970
 */
export function offsetOfWall(wall: number, offsetAt: ZoneClock): number {
	const before = offsetAt(wall - DAY);
	const after = offsetAt(wall + DAY);
	if (before === after) return before;
	// Before the change, if it comes later than the wall time read with the old offset.
	if (offsetAt(wall - before) === before) return before;
	return offsetAt(wall - after) === after ? after : before;
}
