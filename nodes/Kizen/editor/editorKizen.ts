import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { connect, type Kizen } from '../kizen/client';
import { RequestQueue } from '../http/requestQueue';
import { nodeError, problemOf } from '../outcome/nodeError';

const PATIENCE_MS = 10_000;

/** Asks Kizen for something the editor shows; what goes wrong reads as it does in a run. */
export async function editorKizen<T>(
	context: ILoadOptionsFunctions,
	question: (kizen: Kizen) => Promise<T>,
): Promise<T> {
	try {
		const queue = new RequestQueue({ maxInFlight: 4, giveUpAfterMs: PATIENCE_MS });
		return await question(await connect(context, queue, 3 * PATIENCE_MS));
	} catch (thrown) {
		throw nodeError(context.getNode(), problemOf(thrown));
	}
}
