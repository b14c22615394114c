import type { Kizen } from './client';
import type { ObjectSchema } from '../fields';
import { listNamed } from './objects';

/** A stage of a pipeline. */
export interface Stage {
	id: string;
	name: string;
}

/**
 * The stages of a pipeline, in the order of Kizen's board (kizen/builder-cli, api/pipelines.py).
 *
 * @throws Refused
 */
export async function listStages(
	kizen: Kizen,
	{ id, label }: Pick<ObjectSchema, 'id' | 'label'>,
): Promise<Stage[]> {
	const query = { ordering: 'order' };
	return await listNamed(kizen, { path: ['pipelines', id, 'stages'], query }, label);
}
