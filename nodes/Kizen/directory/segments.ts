import { isObject } from '../api/answer';
import type { Kizen } from '../api/kizen';
import type { ObjectSchema } from '../fields';
import { ask, rowsOf } from './objects';

/** A group of records that people saved in Kizen; its API calls it a filter group. */
export interface Segment {
	id: string;
	name: string;
}

const PAGE_SIZE = 100;
const MOST_PAGES = 20;

/**
 * The segments of an object (kizen/app-engine docs 05).
 *
 * @throws Refused
 */
export async function listSegments(
	kizen: Kizen,
	{ id, label }: Pick<ObjectSchema, 'id' | 'label'>,
): Promise<Segment[]> {
	const segments: Segment[] = [];
	for (let page = 1; page <= MOST_PAGES; page++) {
		const body = await ask(
			kizen,
			{ path: ['custom-objects', id, 'filter-groups'], query: { page, page_size: PAGE_SIZE } },
			label,
		);
		for (const segment of rowsOf(body)) {
			if (!isObject(segment) || typeof segment.id !== 'string') continue;
			segments.push({ id: segment.id, name: String(segment.name ?? segment.id) });
		}
		if (Array.isArray(body) || !body.next) break;
	}
	return segments;
}
