/**
 * Which answer to which kind of request is tried again, and after how long. Nothing here waits or
 * sends; `requestQueue.ts` does that.
 *
 * `idempotent` is a request addressed by id (PATCH, DELETE, unarchive): sent twice, it leaves what
 * it would have left once. Only `add` writes twice when it is sent twice.
 */
export type RequestKind = 'read' | 'upsert' | 'add' | 'idempotent';

/** An answer of Kizen that is not a success, or the code of Node's error where none came. */
export type Trouble =
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

interface Verdict {
	again: boolean;
	/** Fewer requests at once from here on. */
	slowDown: boolean;
	/** All of the run's requests wait, also where this one is not sent again. The try does not count. */
	everyone: boolean;
	/** As long as Kizen said, in milliseconds; without it, back off. */
	afterMs: number | undefined;
	/** Kizen may have carried out the request all the same. */
	maybeDone: boolean;
}

interface Rule {
	again: readonly RequestKind[];
	everyone: boolean;
	slowDown: boolean;
	/** Kizen may have done what it was asked before the trouble came. */
	maybeDone: boolean;
}

const EVERY: readonly RequestKind[] = ['read', 'upsert', 'add', 'idempotent'];
const REPEATABLE: readonly RequestKind[] = ['read', 'upsert', 'idempotent'];
const REPEATABLE_WRITES: readonly RequestKind[] = ['upsert', 'idempotent'];

const RULES = {
	/** Kizen rejected the request before it did anything, and says when to send it again. */
	limited: { again: EVERY, everyone: true, slowDown: true, maybeDone: false },
	/** It never left for Kizen: no address, or nobody listening. Or it was not processed. */
	unsent: { again: EVERY, everyone: false, slowDown: false, maybeDone: false },
	/** 503 that says when to come again. It may be a proxy's, sent after Kizen had begun. */
	unavailable: { again: REPEATABLE, everyone: true, slowDown: true, maybeDone: true },
	/** 503 that does not say when. */
	busy: { again: REPEATABLE, everyone: false, slowDown: true, maybeDone: true },
	/** The response was lost. */
	lost: { again: REPEATABLE, everyone: false, slowDown: false, maybeDone: true },
	/** Someone else is writing the same record: the write was not done. */
	locked: { again: REPEATABLE_WRITES, everyone: false, slowDown: false, maybeDone: false },
	/**
	 * Kizen failed, and would fail again: it answers some wrong input with a 500. Or a success that
	 * cannot be read, such as a proxy's page.
	 */
	failed: { again: [], everyone: false, slowDown: false, maybeDone: true },
	/** Kizen refused the request, or the connection never came to be trusted. */
	refused: { again: [], everyone: false, slowDown: false, maybeDone: false },
} satisfies Record<string, Rule>;

type Meaning = keyof typeof RULES;

const STATUSES = new Map<number, Meaning>([
	[408, 'lost'],
	// "Too Early": sent back before it was processed (RFC 8470, 5.2).
	[425, 'unsent'],
	[429, 'limited'],
	[502, 'lost'],
	[503, 'busy'],
	[504, 'lost'],
	// What Cloudflare says where Kizen gave it no response that it could pass on. (Of its codes, 526
	// is a certificate that is not valid, which does not change by itself.)
	...[520, 521, 522, 523, 524, 525, 530].map((status): [number, Meaning] => [status, 'lost']),
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

/** How often a trouble other than Kizen's limit is tried again. */
const TRIES_AGAIN = 4;

const LONGEST_RETRY_AFTER_MS = 120_000;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;

function meaningOf(trouble: Trouble, saidMs: number | undefined): Meaning {
	if ('network' in trouble) {
		if (UNSENT.has(trouble.network)) return 'unsent';
		return isUntrusted(trouble.network) ? 'refused' : 'lost';
	}
	const { status, code } = trouble;
	if (status === 503 && saidMs !== undefined) return 'unavailable';
	if (status === 409 && code === 'conflict') return 'locked';
	return STATUSES.get(status) ?? (status < 300 || status >= 500 ? 'failed' : 'refused');
}

/**
 * What to do about a trouble. A 409 whose record is archived is the caller's to handle before it
 * asks here: only one about a record being written by someone else passes with time.
 *
 * @param attempt which try this was, from 1, without those that a limit turned away
 * @param now in milliseconds since 1970, for a `Retry-After` that is a date
 */
export function judge(kind: RequestKind, trouble: Trouble, attempt: number, now: number): Verdict {
	const saidMs = 'status' in trouble ? retryAfterMs(trouble, now) : undefined;
	const rule: Rule = RULES[meaningOf(trouble, saidMs)];
	const { everyone, slowDown, maybeDone } = rule;
	const again = rule.again.includes(kind) && (everyone || attempt <= TRIES_AGAIN);
	// "0" and a date that has passed do not say how long: trying at once would never end.
	const afterMs = (everyone && saidMs) || undefined;
	return { again, afterMs, everyone, slowDown, maybeDone };
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
