/**
 * Which failure of which kind of request is retried, and after how long. Nothing here waits or
 * sends; `requestQueue.ts` does that.
 *
 * `idempotent` is a request addressed by id (PATCH, DELETE, unarchive): sent twice, it leaves what
 * it would have left once. Only `add` writes twice when it is sent twice.
 */
export type RequestKind = 'read' | 'upsert' | 'add' | 'idempotent';

/** A response that is not a success, or the code of Node's error where none came. */
export type RequestFailure =
	| {
			status: number;
			retryAfter?: string | undefined;
			date?: string | undefined;
			code?: string | undefined;
	  }
	| {
			/** Such as `ECONNRESET`; empty when there is none. */
			network: string;
	  };

interface RetryDecision {
	retry: boolean;
	/** Fewer requests at once from here on. */
	slowDown: boolean;
	/** All of the run's requests wait, also where this one is not sent again. The try does not count. */
	pausesAll: boolean;
	/** As long as Kizen said, in milliseconds; without it, back off. */
	afterMs: number | undefined;
	/** Kizen may have carried out the request all the same. */
	mayHaveExecuted: boolean;
}

interface Rule {
	retryFor: readonly RequestKind[];
	pausesAll: boolean;
	slowDown: boolean;
	/** Kizen may have done what it was asked before the failure came. */
	mayHaveExecuted: boolean;
}

const EVERY: readonly RequestKind[] = ['read', 'upsert', 'add', 'idempotent'];
const REPEATABLE: readonly RequestKind[] = ['read', 'upsert', 'idempotent'];
const REPEATABLE_WRITES: readonly RequestKind[] = ['upsert', 'idempotent'];

const RULES = {
	/** Kizen rejected the request before it did anything, and says when to send it again. */
	limited: { retryFor: EVERY, pausesAll: true, slowDown: true, mayHaveExecuted: false },
	/** It never left for Kizen: no address, or nobody listening. Or it was not processed. */
	unsent: { retryFor: EVERY, pausesAll: false, slowDown: false, mayHaveExecuted: false },
	/** 503 that says when to come again. It may be a proxy's, sent after Kizen had begun. */
	unavailable: { retryFor: REPEATABLE, pausesAll: true, slowDown: true, mayHaveExecuted: true },
	/** 503 that does not say when. */
	busy: { retryFor: REPEATABLE, pausesAll: false, slowDown: true, mayHaveExecuted: true },
	/** The response was lost. */
	lost: { retryFor: REPEATABLE, pausesAll: false, slowDown: false, mayHaveExecuted: true },
	/** Someone else is writing the same record: the write was not done. */
	locked: {
		retryFor: REPEATABLE_WRITES,
		pausesAll: false,
		slowDown: false,
		mayHaveExecuted: false,
	},
	/**
	 * Kizen failed, and would fail again: it answers some wrong input with a 500. Or a success that
	 * cannot be read, such as a proxy's page.
	 */
	failed: { retryFor: [], pausesAll: false, slowDown: false, mayHaveExecuted: true },
	/** Kizen rejected the request, or the connection never came to be trusted. */
	rejected: { retryFor: [], pausesAll: false, slowDown: false, mayHaveExecuted: false },
} satisfies Record<string, Rule>;

type FailureKind = keyof typeof RULES;

const STATUSES = new Map<number, FailureKind>([
	[408, 'lost'],
	// "Too Early": sent back before it was processed (RFC 8470, 5.2).
	[425, 'unsent'],
	[429, 'limited'],
	[502, 'lost'],
	[503, 'busy'],
	[504, 'lost'],
	// What Cloudflare says where Kizen gave it no response that it could pass on. (Of its codes, 526
	// is a certificate that is not valid, which does not change by itself.)
	...[520, 521, 522, 523, 524, 525, 530].map((status): [number, FailureKind] => [status, 'lost']),
]);

/**
 * Errors that come before a byte is sent. `EHOSTUNREACH` and `ENETUNREACH` are not among them: Linux
 * also reports them, in place of a timeout, for a connection on which the request went out.
 */
const UNSENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Node's and OpenSSL's codes for a certificate that is not accepted (nodejs.org, TLS, X509 errors). */
const UNTRUSTED =
	/CERT|^CRL_|^UNABLE_TO_|^(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/** Whether the connection was not made because the certificate is not trusted. Waiting can't help. */
export const isUntrusted = (networkCode: string): boolean => UNTRUSTED.test(networkCode);

/** How often a failure other than Kizen's limit is tried again. */
const MAX_RETRIES = 4;

const LONGEST_RETRY_AFTER_MS = 120_000;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;

function failureKindOf(failure: RequestFailure, saidMs: number | undefined): FailureKind {
	if ('network' in failure) {
		if (UNSENT.has(failure.network)) return 'unsent';
		return isUntrusted(failure.network) ? 'rejected' : 'lost';
	}
	const { status, code } = failure;
	if (status === 503 && saidMs !== undefined) return 'unavailable';
	if (status === 409 && code === 'conflict') return 'locked';
	return STATUSES.get(status) ?? (status < 300 || status >= 500 ? 'failed' : 'rejected');
}

/**
 * Decides what to do about a failure. A 409 whose record is archived is the caller's to handle
 * before it asks here: only one about a record being written by someone else passes with time.
 *
 * @param attempt which try this was, from 1, without those that a limit turned away
 * @param now in milliseconds since 1970, for a `Retry-After` that is a date
 */
export function decideRetry(
	kind: RequestKind,
	failure: RequestFailure,
	{ attempt, now }: { attempt: number; now: number },
): RetryDecision {
	const saidMs = 'status' in failure ? retryAfterMs(failure, now) : undefined;
	const rule: Rule = RULES[failureKindOf(failure, saidMs)];
	const { pausesAll, slowDown, mayHaveExecuted } = rule;
	const retry = rule.retryFor.includes(kind) && (pausesAll || attempt <= MAX_RETRIES);
	// "0" and a date that has passed do not say how long: trying at once would never end.
	const afterMs = (pausesAll && saidMs) || undefined;
	return { retry, afterMs, pausesAll, slowDown, mayHaveExecuted };
}

/**
 * Milliseconds to wait before the next try after `attempt` tries: doubling from half a second, and
 * between the half and the whole of that, so that clients turned away together part ways.
 *
 * @param random a number from 0 to 1, such as `Math.random`
 */
export const backOff = (attempt: number, random: () => number): number =>
	Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (attempt - 1)) * (0.5 + random() / 2);

/**
 * Reads a `Retry-After` header: milliseconds between 0 and two minutes, or undefined when it is neither
 * whole seconds nor an HTTP date (RFC 9110, 10.2.3). A date is one of the server's clock, which the
 * header `Date` tells.
 *
 * @param now in milliseconds since 1970, for a response without `Date`
 */
export function retryAfterMs(
	{ retryAfter, date }: { retryAfter?: string | undefined; date?: string | undefined },
	now: number,
): number | undefined {
	const text = retryAfter?.trim() ?? '';
	const ms = /^\d+$/.test(text)
		? Number(text) * 1000
		: httpDate(text) - (httpDate(date?.trim() ?? '') || now);
	return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/** NaN for anything else: `Date.parse` alone takes "-5" and "1.5" for years and months. */
function httpDate(text: string): number {
	return /^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : NaN;
}
