import type { Instant } from './cursor';

const FINER = /\.\d{3}(\d{1,3})/;
const HAS_OFFSET = /(Z|[+-]\d\d:?\d\d)$/i;

/** Reads a time of Kizen's, such as `2026-03-31T12:27:20.152070-05:00`; undefined for another text. */
export function instantOf(text: string): Instant | undefined {
	const milliseconds = Date.parse(HAS_OFFSET.test(text) ? text : `${text}Z`);
	if (Number.isNaN(milliseconds)) return undefined;
	return milliseconds * 1000 + Number((FINER.exec(text)?.[1] ?? '').padEnd(3, '0'));
}

/** Writes a whole millisecond as Kizen's filters take it: `2026-03-31T17:27:20.152Z`. */
export function isoInstant(instant: Instant): string {
	return new Date(Math.floor(instant / 1000)).toISOString();
}
