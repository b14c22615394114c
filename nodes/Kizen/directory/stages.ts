import { isObject } from '../api/answer';
import type { Kizen } from '../api/kizen';
import type { ObjectSchema } from '../fields';
import { ask, rowsOf } from './objects';

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
	const body = await ask(
		kizen,
		{ path: ['pipelines', id, 'stages'], query: { ordering: 'order' } },
		label,
	);
	return rowsOf(body).flatMap((stage) =>
		isObject(stage) && typeof stage.id === 'string'
			? [{ id: stage.id, name: String(stage.name ?? stage.id) }]
			: [],
	);
}
