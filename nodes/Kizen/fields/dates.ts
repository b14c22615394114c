import { quoted } from './format';
import { plainSpaces, trimInvisible } from './invisible';
import type { Field } from './schema';
import { isObject } from './typeGuards';
import { invalid, unclearValue, type Unclear, type ValueContext, type Written } from './types';
import { otherForm, rulesOf, SET_FORM, type FormRules, type WrittenForm } from './writtenForm';
import { MINUTE, offsetOfWall, zoneClock } from './zoneClock';

/** A day, and what the given value says beyond it. */
interface Moment {
	/** `2026-03-04` */
	day: string;
	/** `15:45:00`, with as many decimals as were given; undefined for a day alone. */
	time?: string;
	/** `Z` or `-05:00`; undefined for the time of a wall clock. */
	offset?: string;
}

type ReadMoment = Moment | Unclear;

/**
 * A day as written, or the day of a time as the clock shows it; of a moment with its own offset, which
 * DateTimes, Dates and texts such as `2026-03-31T22:00:00Z` are, the day in the workflow's time zone.
 */
export function writeDate(given: unknown, field: Field, context: ValueContext): Written {
	const read = readMoment(given, context.form);
	if ('unclear' in read) return unclearValue(given, field, { takes: 'a date', ...read });
	const { day, time = '00:00:00', offset } = read;
	if (offset === undefined) return { value: day };
	const clock = zoneClock(context.timezone);
	if (!clock) return noZone(given, field, context);
	const moment = Date.parse(`${day}T${time}${offset}`);
	const shown = new Date(moment + clock(moment)).toISOString();
	return shown.length === ISO_LENGTH
		? { value: shown.slice(0, 10) }
		: unclearValue(given, field, { takes: 'a date', ...NO_DAY });
}

/** Years of more than four digits are written longer. */
const ISO_LENGTH = '2026-03-31T22:00:00.000Z'.length;

/**
 * A time with its offset. One without a zone is the workflow's wall clock; a day alone is its start.
 */
export function writeDatetime(given: unknown, field: Field, context: ValueContext): Written {
	const read = readMoment(given, context.form);
	if ('unclear' in read) return unclearValue(given, field, { takes: 'a date and time', ...read });
	const { day, time = '00:00:00', offset } = read;
	if (offset !== undefined) return { value: `${day}T${time}${offset}` };
	const clock = zoneClock(context.timezone);
	if (!clock) return noZone(given, field, context);
	const wall = Date.parse(`${day}T${time.slice(0, 'hh:mm:ss'.length)}Z`);
	const ahead = offsetOfWall(wall, clock);
	if (ahead % MINUTE === 0) return { value: `${day}T${time}${offsetText(ahead / MINUTE)}` };
	// Before time zones, places were seconds apart; ISO 8601 has no such offsets.
	return { value: new Date(wall - ahead).toISOString() };
}

/**
 * The ISO text of n8n's DateTime or of a Date; undefined for everything else. A Date has no zone: it
 * is taken as the UTC time it becomes when items are stored as JSON, so that storing changes nothing.
 */
export function isoOf(given: unknown): string | undefined {
	if (given instanceof Date) return Number.isNaN(given.getTime()) ? undefined : given.toISOString();
	// Luxon's DateTime cannot be imported here; it is told by what it can do.
	if (!isObject(given) || !isFunction(given.toISO) || !isFunction(given.toMillis)) return undefined;
	const iso = given.toISO();
	return typeof iso === 'string' ? iso : undefined;
}

function isFunction(value: unknown): value is () => unknown {
	return typeof value === 'function';
}

function readMoment(given: unknown, form: WrittenForm): ReadMoment {
	if (typeof given === 'number') return readSerial(given);
	const text = typeof given === 'string' ? trimInvisible(plainSpaces(given)) : isoOf(given);
	if (text === undefined) return NO_DATE;
	return NUMERIC.test(text) ? readSerial(Number(text)) : readText(text, form);
}

const DATE_EXAMPLE = 'Write it like 2026-03-04 or 2026-03-04T15:45.';
const NO_DATE: Unclear = { unclear: 'is not one', remedy: DATE_EXAMPLE };
const NO_DAY: Unclear = { unclear: 'is not a day in the calendar', remedy: DATE_EXAMPLE };
const NUMERIC = /^\d+(?:\.\d+)?$/;
const ISO =
	/^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:(?:[Tt]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d+)?)?\s*([Zz]|[-+−]\d{2}(?::?\d{2})?)?)?$/;

/** With the year first, a date has one reading; with the year last, the form decides. */
function readText(text: string, form: WrittenForm): ReadMoment {
	const rules = rulesOf(form);
	const parts = YEAR_LAST.exec(text);
	if (parts && rules) return inForm(parts, rules);
	return (parts && yearLast(parts)) ?? readIso(text);
}

function inForm(parts: RegExpExecArray, rules: FormRules): ReadMoment {
	const { name, isDayFirst, separators, sampleDate } = rules;
	const [, first, mark = '', second, year, behind = ''] = parts;
	const [day, month] = isDayFirst ? [first, second] : [second, first];
	const text = dayText(Number(year), Number(month), Number(day));
	const reading = text && separators.includes(mark) ? withTime(text, behind.trim()) : '';
	const isRead = reading !== '' && (behind.trim() === '' || reading !== text);
	return isRead
		? readIso(reading)
		: { unclear: `is not a date in the ${name} form`, remedy: otherForm(sampleDate) };
}

function readIso(text: string): ReadMoment {
	const parts = ISO.exec(text);
	if (!parts) return { unclear: 'is not one', remedy: timeAsIso(text) ?? DATE_EXAMPLE };
	const [, year, , month, date, hour, minute, second = '00', fraction = '', zone] = parts;
	const day = dayText(Number(year), Number(month), Number(date));
	if (day === undefined) return NO_DAY;
	if (hour === undefined) return { day };
	if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
		return { unclear: 'is not a time of day', remedy: DATE_EXAMPLE };
	}
	const time = `${hour.padStart(2, '0')}:${minute}:${second}${fraction.replace(',', '.')}`;
	if (zone === undefined) return { day, time };
	const offset = readOffset(zone);
	return offset === undefined
		? { unclear: 'has an invalid UTC offset', remedy: DATE_EXAMPLE }
		: { day, time, offset };
}

function readOffset(zone: string): string | undefined {
	if (zone.toUpperCase() === 'Z') return 'Z';
	const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
	const hours = digits.slice(0, 2);
	const minutes = digits.slice(2);
	if (Number(hours) > 15 || Number(minutes) > 59) return undefined;
	return `${zone.startsWith('+') ? '+' : '-'}${hours}:${minutes}`;
}

const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})(?!\d)(.*)$/;

/**
 * A day with its year last, where only one reading is in the calendar: `31/12/2026`, and `05/05/2026`.
 * `03/04/2026` is the third of April to one and the fourth of March to another.
 */
function yearLast(parts: RegExpExecArray): ReadMoment {
	const [, first, , second, year, rest = ''] = parts;
	const days = new Set(
		[
			dayText(Number(year), Number(first), Number(second)),
			dayText(Number(year), Number(second), Number(first)),
		].filter((day): day is string => day !== undefined),
	);
	const behind = rest.trim();
	const readings = [...days].map((day) => withTime(day, behind));
	const [reading] = readings;
	if (reading === undefined) return NO_DAY;
	const isUnderstood = behind === '' || readings.every((one) => !days.has(one));
	if (days.size === 1 && isUnderstood) return readIso(reading);
	const suggested = [...days].map((day) => suggestion(day, behind));
	const yearFirst = `Write it with the year first: ${suggested.join(' or ')}.`;
	return days.size > 1
		? { unclear: 'may be read in two ways', remedy: `${yearFirst} ${SET_FORM}` }
		: { unclear: 'is not one', remedy: yearFirst };
}

const HALF_DAY = /^[\s,T]*(0?[1-9]|1[0-2])((?::\d{2}){0,2})\s*([ap])\.?m\.?$/i;

/** A day with what was written behind it, if that is a time of day. */
function withTime(day: string, behind: string): string {
	const [, hour, minutes, half] = HALF_DAY.exec(behind) ?? [];
	const hours = (Number(hour) % 12) + (/p/i.test(half ?? '') ? 12 : 0);
	const time = half ? `${two(hours)}${minutes || ':00'}` : behind.replace(/^[\s,T]+/, '');
	const text = `${day} ${time}`;
	return ISO.test(text) && 'day' in readIso(text) ? text : day;
}

const TIME_BEHIND = /^[\s,T]*(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*((?:[ap]\.?m\b)?)/i;

/** As {@link withTime}, for a remedy: with the time that may be meant, whatever else is behind it. */
function suggestion(day: string, behind: string): string {
	const [, hour, minute, second, half = ''] = TIME_BEHIND.exec(behind) ?? [];
	const strict = withTime(day, behind);
	if (strict !== day || hour === undefined) return strict;
	return withTime(day, `${hour}:${minute}${second ? `:${second}` : ''} ${half}`.trim());
}

const YEAR_FIRST = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(.+)$/;

/** What to do about a day with the year first that has something behind it. */
function timeAsIso(text: string): string | undefined {
	const [, year, month, date, behind = ''] = YEAR_FIRST.exec(text) ?? [];
	const day = dayText(Number(year), Number(month), Number(date));
	return day && `Write it like ${suggestion(day, behind.trim())}.`;
}

/** A year such as 0026 is a slip. */
const FIRST_YEAR = 1000;

function dayText(year: number, month: number, day: number): string | undefined {
	// What is not in the calendar rolls over: 30 February becomes the 2nd of March.
	const date = new Date(Date.UTC(year, month - 1, day));
	const exists =
		year >= FIRST_YEAR && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
	return exists ? date.toISOString().slice(0, 10) : undefined;
}

// Serial numbers of spreadsheets count days from 1899-12-30 (from 1 March 1900 on). Only days from
// 1920 to 2100 are taken: 2026 is a year and 20260304 is no serial number.
const SERIAL_EPOCH = Date.UTC(1899, 11, 30);
const FIRST_SERIAL = 7_306;
const LAST_SERIAL = 73_415;

function readSerial(serial: number): ReadMoment {
	if (!(serial >= FIRST_SERIAL && serial < LAST_SERIAL + 1)) return noSerial(serial);
	// Sheets keep times as fractions of a day, never quite exact.
	const seconds = Math.round(serial * 86_400);
	const iso = new Date(SERIAL_EPOCH + seconds * 1000).toISOString();
	const day = iso.slice(0, 10);
	return Number.isInteger(serial) ? { day } : { day, time: iso.slice(11, 19) };
}

function noSerial(number: number): ReadMoment {
	const { unclear } = NO_DATE;
	const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(String(number));
	const day = compact && dayText(Number(compact[1]), Number(compact[2]), Number(compact[3]));
	if (day) return { unclear, remedy: `Write it as ${day}.` };
	const millis = number > 1e11 ? number : number * 1000;
	if (number >= 1e8 && number < 1e13) {
		const seen = new Date(millis).toISOString();
		return {
			unclear,
			remedy: `If it is a Unix timestamp, give ${seen} (DateTime.fromMillis(${millis}) in an expression).`,
		};
	}
	return NO_DATE;
}

function noZone(given: unknown, field: Field, { timezone }: ValueContext): Written {
	return invalid(
		`"${field.label}" was given ${quoted(given)}, and the workflow's time zone ${quoted(timezone)} is not known.`,
		'Choose a time zone in the settings of the workflow.',
	);
}

function offsetText(minutes: number): string {
	const size = Math.abs(minutes);
	return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(number: number): string {
	return String(number).padStart(2, '0');
}
