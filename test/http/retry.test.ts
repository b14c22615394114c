import {
	backOff,
	decideRetry,
	retryAfterMs,
	type RequestKind,
	type RequestFailure,
} from '../../nodes/Kizen/http/retry';

const NOW = Date.parse('Thu, 01 Jan 2026 12:00:00 GMT');
const KINDS: readonly RequestKind[] = ['read', 'upsert', 'idempotent', 'add'];

/** What becomes of a request: sent again (once all of the run have waited), rejected, or in doubt. */
type Fate = 'again' | 'all wait' | 'fails' | 'doubt' | 'doubt, all wait';

function fateOf(kind: RequestKind, failure: RequestFailure, attempt = 1): Fate {
	const { retry, pausesAll, mayHaveExecuted } = decideRetry(kind, failure, { attempt, now: NOW });
	if (retry) return pausesAll ? 'all wait' : 'again';
	if (kind === 'read' || !mayHaveExecuted) return 'fails';
	return pausesAll ? 'doubt, all wait' : 'doubt';
}

describe('which failure of which request is tried again', () => {
	test.each<[string, RequestFailure, Fate, Fate, Fate, Fate]>([
		//                                                              read        upsert      by id       add
		['429', { status: 429 }, ...all('all wait')],
		['429 with a time', { status: 429, retryAfter: '3' }, ...all('all wait')],
		['503 with a time', { status: 503, retryAfter: '3' }, ...add('all wait', 'doubt, all wait')],
		['503 with "0"', { status: 503, retryAfter: '0' }, ...add('all wait', 'doubt, all wait')],
		['503', { status: 503 }, ...add('again', 'doubt')],
		['503 with garbage', { status: 503, retryAfter: 'soon' }, ...add('again', 'doubt')],
		['408', { status: 408 }, ...add('again', 'doubt')],
		...[502, 504, 520, 521, 522, 523, 524, 525, 530].map(
			(status): [string, RequestFailure, Fate, Fate, Fate, Fate] => [
				`${status}`,
				{ status },
				...add('again', 'doubt'),
			],
		),
		['425', { status: 425 }, ...all('again')],
		['500', { status: 500 }, 'fails', 'doubt', 'doubt', 'doubt'],
		['501', { status: 501 }, 'fails', 'doubt', 'doubt', 'doubt'],
		['526', { status: 526 }, 'fails', 'doubt', 'doubt', 'doubt'],
		['a success that cannot be read', { status: 200 }, 'fails', 'doubt', 'doubt', 'doubt'],
		['a redirect', { status: 302 }, ...all('fails')],
		['400', { status: 400, code: 'invalid' }, ...all('fails')],
		['401', { status: 401 }, ...all('fails')],
		['403', { status: 403 }, ...all('fails')],
		['404', { status: 404, code: 'not_found' }, ...all('fails')],
		['407', { status: 407 }, ...all('fails')],
		['409 conflict', { status: 409, code: 'conflict' }, 'fails', 'again', 'again', 'fails'],
		['409 of another kind', { status: 409, code: 'unique' }, ...all('fails')],
		['413', { status: 413 }, ...all('fails')],
		['a refused connection', { network: 'ECONNREFUSED' }, ...all('again')],
		['an unknown host', { network: 'ENOTFOUND' }, ...all('again')],
		['a DNS that does not answer', { network: 'EAI_AGAIN' }, ...all('again')],
		['an unreachable host', { network: 'EHOSTUNREACH' }, ...add('again', 'doubt')],
		['a reset connection', { network: 'ECONNRESET' }, ...add('again', 'doubt')],
		['a broken pipe', { network: 'EPIPE' }, ...add('again', 'doubt')],
		['a timeout of the network', { network: 'ETIMEDOUT' }, ...add('again', 'doubt')],
		['a timeout of the client', { network: 'ECONNABORTED' }, ...add('again', 'doubt')],
		['a lost connection without a code', { network: '' }, ...add('again', 'doubt')],
		['an own certificate', { network: 'SELF_SIGNED_CERT_IN_CHAIN' }, ...all('fails')],
		['an unknown issuer', { network: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, ...all('fails')],
		['a certificate of another host', { network: 'ERR_TLS_CERT_ALTNAME_INVALID' }, ...all('fails')],
		['an issuer that may not issue', { network: 'INVALID_CA' }, ...all('fails')],
	])('%s', (_, failure, read, upsert, byId, add) => {
		expect(KINDS.map((kind) => fateOf(kind, failure))).toEqual([read, upsert, byId, add]);
	});

	function all(fate: Fate): [Fate, Fate, Fate, Fate] {
		return [fate, fate, fate, fate];
	}

	/** Another fate for Add than for all others. */
	function add(others: Fate, fate: Fate): [Fate, Fate, Fate, Fate] {
		return [others, others, others, fate];
	}

	test('is tried again four times', () => {
		const fates = [1, 2, 3, 4, 5].map((attempt) => fateOf('upsert', { status: 502 }, attempt));
		expect(fates).toEqual(['again', 'again', 'again', 'again', 'doubt']);
	});

	test('an Add that never reached Kizen is not in doubt after its last try either', () => {
		expect(fateOf('add', { network: 'ECONNREFUSED' }, 5)).toBe('fails');
	});

	test("Kizen's limit does not count as a try", () => {
		expect(fateOf('add', { status: 429 }, 1000)).toBe('all wait');
	});

	test.each<[RequestFailure, boolean]>([
		[{ status: 429 }, true],
		[{ status: 503 }, true],
		[{ status: 503, retryAfter: '1' }, true],
		[{ status: 502 }, false],
		[{ status: 400 }, false],
		[{ network: 'ECONNRESET' }, false],
	])('%j slows down, whether tried again or not: %s', (failure, slowDown) => {
		for (const kind of KINDS)
			expect(decideRetry(kind, failure, { attempt: 1, now: NOW })).toMatchObject({ slowDown });
	});
});

describe('how long until the next try', () => {
	test.each<[string, string | undefined, number | undefined]>([
		['seconds', '3', 3000],
		['seconds with spaces', ' 3 ', 3000],
		['nothing to wait', '0', 0],
		['a date', 'Thu, 01 Jan 2026 12:00:07 GMT', 7000],
		['a date that has passed', 'Thu, 01 Jan 2026 11:59:00 GMT', 0],
		['a date far away', 'Fri, 01 Jan 2100 00:00:00 GMT', 120_000],
		['very many seconds', '99999999999999999999999', 120_000],
		['more digits than a number holds', '9'.repeat(400), 120_000],
		['less than nothing', '-5', undefined],
		['a fraction', '1.5', undefined],
		['no date after all', 'Thu, 99 Foo 2026 12:00:07 GMT', undefined],
		['a word', 'soon', undefined],
		['nothing', '', undefined],
		['no header', undefined, undefined],
	])('Retry-After with %s', (_, header, ms) => {
		expect(retryAfterMs({ retryAfter: header }, NOW)).toBe(ms);
	});

	test("a date is one of Kizen's clock, whatever that of this computer shows", () => {
		const retryAfter = 'Thu, 01 Jan 2026 12:00:07 GMT';
		const date = 'Thu, 01 Jan 2026 12:00:03 GMT';
		for (const now of [NOW - 500_000, NOW, NOW + 500_000]) {
			expect(retryAfterMs({ retryAfter, date }, now)).toBe(4000);
		}
		expect(retryAfterMs({ retryAfter, date: 'soon' }, NOW)).toBe(7000);
	});

	test('is what Kizen says, for a limit', () => {
		expect(
			decideRetry('add', { status: 429, retryAfter: '7' }, { attempt: 1, now: NOW }),
		).toMatchObject({
			afterMs: 7000,
		});
	});

	test.each(['0', 'Thu, 01 Jan 2026 11:59:00 GMT', 'soon', undefined])(
		'is left to back-off where Kizen does not say how long: %s',
		(retryAfter) => {
			const decision = decideRetry('upsert', { status: 429, retryAfter }, { attempt: 1, now: NOW });
			expect(decision).toMatchObject({ retry: true, pausesAll: true, afterMs: undefined });
		},
	);

	test('doubles from half a second to half a minute, less up to a half by chance', () => {
		const attempts = [1, 2, 3, 4, 5, 6, 7, 8, 100, 5000];
		const longest = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000];
		expect(attempts.map((attempt) => backOff(attempt, () => 1))).toEqual(longest);
		expect(attempts.map((attempt) => backOff(attempt, () => 0))).toEqual(
			longest.map((ms) => ms / 2),
		);
	});
});
