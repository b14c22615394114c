import type { Row } from './model';
import type { World } from './world';

/** Call it before a record is written: a search that lags behind shows what was until then. */
export function keepPast({ switches }: World, row: Row): void {
	const now = Date.now();
	const before = { ...row, values: new Map(row.values), past: [] };
	row.past = row.past.filter(({ until }) => until > now - switches.searchLagMs);
	if (switches.searchLagMs > 0) row.past.push({ until: now, row: before });
}

/** Call it after a record came into being. */
export function keepAbsence({ switches }: World, row: Row): void {
	if (switches.searchLagMs > 0) row.past = [{ until: Date.now(), row: undefined }];
}

/**
 * The record as a search shows it now, undefined while it does not. Each write lags by a time of its
 * own, so that a search may show a later write before an earlier one.
 */
export function shownBySearch({ switches }: World, row: Row): Row | undefined {
	if (row.past.length === 0) return row;
	const now = Date.now();
	const lagging = row.past.find(
		({ until }) => until > now - lagOf(row.id, until, switches.searchLagMs),
	);
	return lagging ? lagging.row : row;
}

/** Between a half and the whole of the longest lag, the same each time it is asked. */
function lagOf(id: string, written: number, longestMs: number): number {
	let hash = written % 1009;
	for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % 1009;
	return longestMs * (0.5 + hash / 2018);
}
