import type { EmbeddedKizen } from '../sandbox/kizen';

const TURN_MS = 5;
const QUIET_TURNS = 20;

/** Waits until something is so, however long that takes: jest ends what never comes. */
export async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await turn();
}

/**
 * Waits until nothing more reaches Kizen. What was under way when a workflow was stopped is carried
 * out all the same, and what should not be sent any more would have been sent by then.
 */
export async function silence({ inFlight, log }: EmbeddedKizen): Promise<void> {
	for (let quiet = 0, seen = -1; quiet < QUIET_TURNS; quiet++) {
		if (inFlight.now > 0 || log.length !== seen) quiet = 0;
		seen = log.length;
		await turn();
	}
}

/** Time for everything that is due. */
async function turn(): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, TURN_MS));
}
