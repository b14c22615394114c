import { drawing } from './drawing';
import { Workers } from './workers';

/** What goes wrong instead of a proper answer. */
export type Fault =
	| { kind: 'status'; status: number; retryAfter?: RetryAfter; body?: unknown }
	/** A web page with status 200, as the app's address or a proxy answers. */
	| { kind: 'html' }
	/** Status 200 and nothing. */
	| { kind: 'empty' }
	/** The first half of the proper answer, as if it were all. */
	| { kind: 'truncated' }
	/** The connection closes after the first half of the proper answer. */
	| { kind: 'broken'; status?: number; retryAfter?: RetryAfter }
	/** The proper answer, said to be compressed, but it is not. */
	| { kind: 'unpackable' }
	/** Status 200 and an answer of which a byte comes every few milliseconds, without end. */
	| { kind: 'drip'; everyMs?: number }
	| { kind: 'redirect'; to: string; status?: number }
	/** The connection closes without an answer. */
	| { kind: 'drop' }
	/** Never an answer; the connection stays open until the client gives up. */
	| { kind: 'hang' };

/** Seconds as a number, an HTTP date a second ahead, or no header. */
export type RetryAfter = number | 'date' | null;

export interface FaultRule {
	fault: Fault;
	/** Which requests it meets; all of what is given must fit. Default: every request. */
	match?: {
		method?: string;
		/** A regular expression (or its source) for the path with its query. */
		path?: RegExp | string;
		/** A text that stands somewhere in the body, such as a name or a lookup value. */
		contains?: string;
	};
	/** How long the request takes to reach Kizen, in milliseconds; default 0. */
	delayMs?: number;
	/** How many requests it meets, default 1; without end when a probability is given. */
	times?: number;
	/** From 0 to 1, drawn from the seeded numbers; default 1. */
	probability?: number;
	/** How many matching requests pass unharmed first; default 0. */
	skip?: number;
	/**
	 * Whether Kizen does its work first: then what was sent is written and only the answer is
	 * lost. Default 'before'; 'after' for what is made of the proper answer, and for empty ones.
	 */
	when?: 'before' | 'after';
}

/** Milliseconds, or drawn between two. */
export type Duration = number | { min: number; max: number };

/** What can be made to go wrong; live, tests change it while the server runs. */
export interface Faults {
	/** Time that every answer takes. */
	latencyMs: Duration;
	/** Milliseconds on top for each other request in flight. */
	latencyPerRequestMs: number;
	/**
	 * So many requests are worked on at once, each for `serviceMs` before its latency; the others
	 * wait, first come, first served. null works on all of them at once, in no time.
	 */
	capacity: { workers: number; serviceMs: Duration } | null;
	/** More requests than this in one second are answered 429; null sets no limit. */
	rateLimit: { perSecond: number; retryAfter: RetryAfter; body?: unknown } | null;
	/**
	 * The first `count` requests whose path fits are answered once all of them have arrived, so that
	 * they are in flight together on a slow machine as well; null answers each by itself.
	 */
	together: { path: RegExp | string; count: number } | null;
	queue: FaultRule[];
	/** Seed of the numbers that latency and probability are drawn from. */
	seed: number;
}

export function noFaults(): Faults {
	return {
		latencyMs: 0,
		latencyPerRequestMs: 0,
		capacity: null,
		rateLimit: null,
		together: null,
		queue: [],
		seed: 1,
	};
}

/** What faults are matched against. */
export interface Incoming {
	method: string;
	url: string;
	text: string;
}

/** What comes after Kizen's work, unless the fault says otherwise. */
const LATE: ReadonlySet<Fault['kind']> = new Set(['empty', 'truncated', 'broken', 'unpackable']);

/** Draws what happens to each request from the live faults. */
export class FaultInjector {
	private numbers = drawing(0);
	private seed: number | undefined;
	private recent: number[] = [];
	private waiting: Array<() => void> = [];

	private readonly workers = new Workers(() => this.faults.capacity?.workers ?? Infinity);

	constructor(private readonly faults: Faults) {}

	/** Milliseconds that this answer takes, with so many requests in flight. */
	latency(inFlight: number): number {
		const { latencyMs, latencyPerRequestMs } = this.faults;
		return this.drawn(latencyMs) + latencyPerRequestMs * (inFlight - 1);
	}

	/** Keeps the request until a worker has worked on it; `wait` lets milliseconds pass. */
	async work(wait: (ms: number) => Promise<unknown>): Promise<void> {
		if (this.faults.capacity === null) return;
		const ms = this.drawn(this.faults.capacity.serviceMs);
		await this.workers.serve(async () => await wait(ms));
	}

	/** The answer to a request too many, if it is one; `now` in milliseconds. */
	tooMany(now: number): Extract<Fault, { kind: 'status' }> | undefined {
		const limit = this.faults.rateLimit;
		if (limit === null) return undefined;
		this.recent = this.recent.filter((at) => at > now - 1000);
		if (this.recent.length < limit.perSecond) {
			this.recent.push(now);
			return undefined;
		}
		return { kind: 'status', status: 429, retryAfter: limit.retryAfter, body: limit.body };
	}

	/** Waits until the requests have arrived that this one is to be in flight with. */
	async company({ url }: Incoming): Promise<void> {
		const { together } = this.faults;
		if (together === null || !new RegExp(together.path).test(url)) return;
		if (this.waiting.length + 1 < together.count) {
			return await new Promise((resolve) => this.waiting.push(resolve));
		}
		this.faults.together = null;
		this.waiting.splice(0).forEach((go) => go());
	}

	/** The first fault that meets this request, taken from the queue when it is used up. */
	next(incoming: Incoming): Required<Pick<FaultRule, 'fault' | 'when' | 'delayMs'>> | undefined {
		const rule = this.faults.queue.find((each) => this.meets(each, incoming));
		if (rule === undefined) return undefined;
		const left = (rule.times ?? (rule.probability === undefined ? 1 : Infinity)) - 1;
		rule.times = left;
		if (left <= 0) this.faults.queue.splice(this.faults.queue.indexOf(rule), 1);
		const { fault, delayMs = 0 } = rule;
		const { when = LATE.has(fault.kind) ? 'after' : 'before' } = rule;
		return { fault, when, delayMs };
	}

	/** Starts the drawn numbers and the counting of requests anew. */
	restart(): void {
		this.seed = undefined;
		this.recent = [];
		this.waiting.splice(0).forEach((go) => go());
	}

	private drawn(duration: Duration): number {
		if (typeof duration === 'number') return duration;
		return duration.min + this.draw() * (duration.max - duration.min);
	}

	private meets(rule: FaultRule, { method, url, text }: Incoming): boolean {
		const { match = {} } = rule;
		const fits =
			(match.method === undefined || match.method === method) &&
			(match.path === undefined || new RegExp(match.path).test(url)) &&
			(match.contains === undefined || text.includes(match.contains));
		if (!fits) return false;
		if (rule.skip) {
			rule.skip -= 1;
			return false;
		}
		return rule.probability === undefined || this.draw() < rule.probability;
	}

	/** A number from 0 to 1; the seed may be changed while the server runs. */
	private draw(): number {
		if (this.seed !== this.faults.seed) {
			this.seed = this.faults.seed;
			this.numbers = drawing(this.seed);
		}
		return this.numbers();
	}
}

/** Usual bodies of statuses that a fault gives none for. */
export const usualBodies: Readonly<Record<number, unknown>> = {
	408: { detail: 'Request timed out.', code: 'timeout' },
	409: { detail: 'This record is being changed by someone else.', code: 'conflict' },
	429: { detail: 'Request was throttled.', code: 'throttled' },
	500: { detail: 'A server error occurred.', code: 'error' },
	502: '<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>',
	503: '<html><head><title>503</title></head><body>Service Temporarily Unavailable</body></html>',
	504: '<html><head><title>504 Gateway Time-out</title></head><body>Gateway Time-out</body></html>',
};
