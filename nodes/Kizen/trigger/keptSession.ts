import type { IPollFunctions } from 'n8n-workflow';

import { numberOption, timeout, type Item } from '../description';
import { RequestQueue } from '../http';
import { connect, readCredential, type Kizen, type KizenRequest } from '../kizen';
import { Adds, openSession, type Session } from '../records';

/** A session that later polls go on with, so that a poll at rest is one request. */
export interface KeptSession {
	/** What it was opened for: another credential or other parameters need another session. */
	key: string;
	/** When it was opened, in ms since 1970. */
	since: number;
	session: Session;
	/** Lets the session speak to Kizen by way of the poll that uses it. */
	use(kizen: Kizen): void;
}

/** After this time, what Kizen said of objects and fields is asked for again. */
const KEPT_MS = 3_600_000;

/** How long a request may wait for Kizen's rate limit or for Kizen to be available again. */
const MAX_WAIT_MS = 60_000;

/**
 * Returns the session of this poll: the one of the poll before where nothing changed meanwhile.
 *
 * @param budgetMs how long the poll may take
 * @throws ProblemError
 */
export async function sessionOf(
	context: IPollFunctions,
	memory: { session?: KeptSession | undefined },
	{ item, budgetMs }: { item: Item; budgetMs: number },
): Promise<Session> {
	const credential = await readCredential(context);
	const giveUpAfterMs = Math.min(MAX_WAIT_MS, budgetMs / 2);
	const kizen = connect(context, {
		credential,
		timeoutMs: numberOption(item, timeout) * 1000,
		queueOf: () => new RequestQueue({ maxInFlight: MAX_IN_FLIGHT, giveUpAfterMs }),
		isPolled: true,
	});
	const key = JSON.stringify([credential, context.getNode().parameters, context.getTimezone()]);
	const now = Date.now();
	const { session: last } = memory;
	const isKept = last?.key === key && now - last.since < KEPT_MS;
	const kept = isKept ? last : open(kizen, context, { key, since: now });
	kept.use(kizen);
	memory.session = kept;
	return kept.session;
}

/** Schema and fields are asked for at once, and pages one after another. */
const MAX_IN_FLIGHT = 4;

function open(
	first: Kizen,
	context: IPollFunctions,
	opened: Pick<KeptSession, 'key' | 'since'>,
): KeptSession {
	let current = first;
	const { base, business, isPolled } = first;
	const kizen: Kizen = {
		base,
		business,
		isPolled,
		get clock() {
			return current.clock;
		},
		send: async (request: KizenRequest) => await current.send(request),
		pause: async (ms: number) => await current.pause(ms),
	};
	return {
		...opened,
		session: openSession(kizen, {
			adds: new Adds(),
			ignored: () => {},
			timezone: context.getTimezone(),
		}),
		use: (next) => (current = next),
	};
}
