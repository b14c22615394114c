import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { locatorValue, object } from '../description';
import { RequestQueue, TimedOut, withDeadline } from '../http';
import { connect, explainTimeout, readCredential, type Kizen } from '../kizen';
import { nodeError, problemOf } from '../outcome';

/** How long one request may wait for limits and back-offs. */
const GIVE_UP_AFTER_MS = 10_000;

/** How long a person looks at a list that loads, whatever the number of requests and retries. */
const PATIENCE_MS = 30_000;

/** Asks Kizen for something the editor shows; what goes wrong reads as it does in a run. */
export async function editorKizen<T>(
	context: ILoadOptionsFunctions,
	question: (kizen: Kizen) => Promise<T>,
): Promise<T> {
	try {
		return await withDeadline(PATIENCE_MS, undefined, async (signal) => {
			const kizen = connect(context, {
				credential: await readCredential(context),
				queueOf: () =>
					new RequestQueue({ maxInFlight: 4, giveUpAfterMs: GIVE_UP_AFTER_MS, signal }),
				timeoutMs: PATIENCE_MS,
			});
			return await question(kizen);
		});
	} catch (thrown) {
		const problem = thrown instanceof TimedOut ? explainTimeout(thrown) : problemOf(thrown);
		throw nodeError(context.getNode(), problem);
	}
}

/** Returns the object that is chosen in the node; undefined for none, and for an expression. */
export function chosenObject(context: ILoadOptionsFunctions): string | undefined {
	const locator = context.getCurrentNodeParameter(object.name);
	const identifier = String(locatorValue(locator) ?? '').trim();
	return identifier === '' || identifier.startsWith('=') ? undefined : identifier;
}
