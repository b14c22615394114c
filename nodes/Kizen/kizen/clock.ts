const SECOND_MS = 1000;

/** How much faster or slower than the other one a clock may run: 100 ppm, more than computers' do. */
const DRIFT = 0.0001;

/** Moments that are less than this apart count as one, where it is not known which was first. */
const TOO_CLOSE_MS = 1;

/** An HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** ISO 8601 with an offset from UTC; without one, nobody knows what moment is meant. */
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d+))?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** Between which moments something was, in milliseconds since 1970. */
interface Span {
	earliest: number;
	latest: number;
}

/** By how much Kizen's clock is ahead of the stopwatch, at least or at most, at a moment of that. */
interface Bound {
	aheadMs: number;
	moment: number;
}

/** When a request was sent and its response had arrived, on this computer's stopwatch. */
export interface Exchange {
	sentAt: number;
	receivedAt: number;
}

/** Reads a stopwatch, in milliseconds. Nobody sets it, and its zero means nothing. */
export const stopwatch = (): number => performance.now();

/**
 * Kizen's clock, as far as Kizen's responses tell what it shows. The clock of this computer has no
 * part in it: of that, only the time between two moments is used.
 *
 * A response with `Date: D` was written while its request was out, and Kizen's clock then showed D or
 * up to a second more, because the header counts whole seconds. So at the moment the request was sent
 * it showed less than D + 1 s, and at the moment the response arrived it showed D at least. Every
 * response narrows this down. What Kizen stamps on a new record counts microseconds. As no two clocks
 * run alike, what a response tells is less exact the longer before or after it is asked for.
 */
export class KizenClock {
	private atLeast: Bound = { aheadMs: -Infinity, moment: 0 };
	private atMost: Bound = { aheadMs: Infinity, moment: 0 };

	/** Takes in the `Date` header of a response. */
	observeDate(date: string | undefined, exchange: Exchange): void {
		if (date === undefined || !HTTP_DATE.test(date)) return;
		const second = Date.parse(date);
		this.observe({ earliest: second, latest: second + SECOND_MS }, exchange);
	}

	/** Takes in what Kizen stamped on a record while it carried out the request, and not before. */
	observeStamp(stamp: unknown, exchange: Exchange): void {
		const moment = momentOf(stamp);
		if (moment !== undefined) this.observe(moment, exchange);
	}

	/**
	 * Returns what Kizen's clock showed at a moment of the stopwatch; undefined where that is not known,
	 * also because Kizen's servers do not agree about the time.
	 */
	at(moment: number): Span | undefined {
		const earliest = moment + this.atLeast.aheadMs - driftSince(this.atLeast, moment);
		const latest = moment + this.atMost.aheadMs + driftSince(this.atMost, moment);
		if (!Number.isFinite(latest - earliest) || earliest > latest) return undefined;
		return { earliest, latest };
	}

	/**
	 * Returns whether Kizen stamped a record while a request was out. Where it is not known which of two
	 * moments was first and they are next to each other, the stamp counts as the later one: a fast
	 * server leaves too little time between them. Where the clock is not known at all, it is `no`.
	 */
	isWithin(stamp: unknown, { sentAt, receivedAt }: Exchange): 'yes' | 'no' | 'unclear' {
		const [moment, sent, received] = [momentOf(stamp), this.at(sentAt), this.at(receivedAt)];
		if (moment === undefined || sent === undefined || received === undefined) return 'no';
		if (moment.latest <= sent.earliest || moment.earliest > received.latest) return 'no';
		return moment.earliest > sent.latest - TOO_CLOSE_MS ? 'yes' : 'unclear';
	}

	/**
	 * Returns how long to wait, in milliseconds, until a request tells most: when a new second begins
	 * half-way between the earliest and the latest that Kizen's clock may show.
	 */
	untilTelling(now: number): number {
		const shown = this.at(now);
		if (shown === undefined) return 0;
		const middle = (shown.earliest + shown.latest) / 2;
		return Math.ceil(middle / SECOND_MS) * SECOND_MS - middle;
	}

	private observe({ earliest, latest }: Span, { sentAt, receivedAt }: Exchange): void {
		const atLeast = { aheadMs: earliest - receivedAt, moment: receivedAt };
		const atMost = { aheadMs: latest - sentAt, moment: sentAt };
		const [low, high] = [this.atLeast, this.atMost];
		if (atLeast.aheadMs >= low.aheadMs - driftSince(low, receivedAt)) this.atLeast = atLeast;
		if (atMost.aheadMs <= high.aheadMs + driftSince(high, sentAt)) this.atMost = atMost;
	}
}

function driftSince(bound: Bound, moment: number): number {
	return DRIFT * Math.abs(moment - bound.moment);
}

/**
 * Reads a moment as Kizen writes it, with as many digits of a second as it has: what is cut off lies
 * within one unit of the last digit. JavaScript's dates end at milliseconds.
 */
export function momentOf(text: unknown): Span | undefined {
	const parts = typeof text === 'string' ? ISO_MOMENT.exec(text) : null;
	if (parts === null) return undefined;
	const [whole, digits = ''] = parts;
	const second = Date.parse(whole.replace(`.${digits}`, ''));
	if (Number.isNaN(second)) return undefined;
	const unit = SECOND_MS / 10 ** digits.length;
	const earliest = second + Number(digits) * unit;
	return { earliest, latest: earliest + unit };
}
