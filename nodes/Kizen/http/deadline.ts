/** A response that was not complete in time. The code is the one that Node uses for a timeout. */
export class TimedOut extends Error {
	readonly code = 'ETIMEDOUT';

	constructor(ms: number) {
		super(`The response was not complete after ${ms} ms`);
		this.name = 'TimedOut';
	}
}

/**
 * Sends a request whose response must be complete within `ms` milliseconds. The timeout of n8n's HTTP
 * helpers only ends a connection on which nothing arrives: a response of which a byte arrives now and
 * then would never end.
 *
 * @param stop ends the request as well, when it aborts
 * @param send gets the signal that ends the request
 * @throws {TimedOut} at the deadline, also where `send` can't be ended; what `send` throws
 */
export async function withDeadline<T>(
	ms: number,
	stop: AbortSignal | undefined,
	send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const request = new AbortController();
	const settled = new AbortController();
	const deadline = AbortSignal.timeout(ms);
	const timedOut = new Promise<never>((_, reject) => {
		deadline.addEventListener('abort', () => reject(new TimedOut(ms)), { signal: settled.signal });
	});
	for (const signal of [deadline, stop]) {
		signal?.addEventListener('abort', () => request.abort(), { signal: settled.signal });
	}
	if (stop?.aborted) request.abort();
	try {
		return await Promise.race([send(request.signal), timedOut]);
	} finally {
		settled.abort();
	}
}
