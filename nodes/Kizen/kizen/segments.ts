import type { Kizen } from './client';
import type { ObjectSchema } from '../fields';
import { listNamed } from './objects';

/** A group of records that people saved in Kizen; its API calls it a filter group. */
export interface Segment {
	id: string;
	name: string;
}

/**
 * The segments of an object (kizen/app-engine docs 05).
 *
 * @throws Refused
 */
export async function listSegments(
	kizen: Kizen,
	{ id, label }: Pick<ObjectSchema, 'id' | 'label'>,
): Promise<Segment[]> {
	return await listNamed(
		kizen,
		{ path: ['custom-objects', id, 'filter-groups'], query: {} },
		label,
	);
}
