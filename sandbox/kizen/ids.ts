import { createHash } from 'node:crypto';

/**
 * A UUID that is always the same for the same text, so that every start of the embedded Kizen has
 * the same ids.
 */
export function uuidFor(text: string): string {
	const hex = createHash('sha1').update(text).digest('hex');
	const variant = ((parseInt(hex[16], 16) & 0x3) | 0x8).toString(16);
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`4${hex.slice(13, 16)}`,
		`${variant}${hex.slice(17, 20)}`,
		hex.slice(20, 32),
	].join('-');
}

/** Numbers one kind of thing (records, requests) and gives each a UUID. */
export function sequence(kind: string): () => string {
	let count = 0;
	return () => uuidFor(`${kind} ${++count}`);
}
