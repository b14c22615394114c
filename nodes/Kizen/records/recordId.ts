import { record } from '../description/parameters';
import { empty, quote, type Item } from '../description/read';
import type { ObjectSchema } from '../fields';
import { refuse } from '../outcome/problem';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * Reads the record's ID: given itself, or the last one in the path of a link, where the record comes
 * after its object.
 *
 * @throws Refused
 */
export function readRecordId(item: Item): string {
	const value = item.parameter(record.name, '');
	const text = typeof value === 'string' ? value.trim() : '';
	const isLink = URL.canParse(text);
	const ids = (isLink ? new URL(text).pathname : text).match(UUID) ?? [];
	const id = ids.at(-1)?.toLowerCase();
	if (id !== undefined && (isLink || id === text.toLowerCase())) return id;
	if (text === '' && (typeof value === 'string' || value === undefined || value === null)) {
		throw empty(record.displayName, 'Enter the ID of a record for every item.');
	}
	throw refuse(
		`'${record.displayName}' can't be ${quote(value)}, which is not a record's ID`,
		"Enter an ID such as 1d3f7886-8542-4e5c-833e-4023e2d3a8e2, or a link copied from Kizen. A record is found by its name or email with 'Look Up', and written by it with 'Upsert'.",
	);
}

/** Returns the key of items that change the record: they keep their order among themselves. */
export function recordKey(schema: ObjectSchema, recordId: string): string {
	return `${schema.id} ${recordId}`;
}
