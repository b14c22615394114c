import {
	backOff,
	judge,
	retryAfterMs,
	type RequestKind,
	type Trouble,
} from '../../nodes/Kizen/http/retry';

const NOW = Date.parse('Thu, 01 Jan 2026 12:00:00 GMT');
const KINDS: readonly RequestKind[] = ['read', 'upsert', 'idempotent', 'add'];

/** What becomes of a request: tried again, all of the run held back, failed, or perhaps done. */
type Fate = 'again' | 'all wait' | 'fails' | 'uncertain';

function fateOf(kind: RequestKind, trouble: Trouble, attempt = 1): Fate {
	const verdict = judge(kind, trouble, attempt, NOW);
	if (verdict.again) return verdict.everyone ? 'all wait' : 'again';
	return verdict.uncertain ? 'uncertain' : 'fails';
}

describe('which trouble of which request is tried again', () => {
	test.each<[string, Trouble, Fate, Fate, Fate, Fate]>([
		//                                                              read        upsert      by id       add
		['429', { status: 429 }, 'all wait', 'all wait', 'all wait', 'all wait'],
		['429 with a time', { status: 429, retryAfter: '3' }, ...all('all wait')],
		['503 with a time', { status: 503, retryAfter: '3' }, ...all('all wait')],
		['503 with "0"', { status: 503, retryAfter: '0' }, ...all('all wait')],
		['503', { status: 503 }, 'again', 'again', 'again', 'uncertain'],
		['503 with garbage', { status: 503, retryAfter: 'soon' }, ...but('again', 'uncertain')],
		['502', { status: 502 }, ...but('again', 'uncertain')],
		['504', { status: 504 }, ...but('again', 'uncertain')],
		['408', { status: 408 }, ...but('again', 'uncertain')],
		['500', { status: 500 }, ...but('fails', 'uncertain')],
		['501', { status: 501 }, ...but('fails', 'uncertain')],
		['a success that cannot be read', { status: 200 }, ...but('fails', 'uncertain')],
		['a redirect', { status: 302 }, ...all('fails')],
		['400', { status: 400, code: 'invalid' }, ...all('fails')],
		['401', { status: 401 }, ...all('fails')],
		['403', { status: 403 }, ...all('fails')],
		['404', { status: 404, code: 'not_found' }, ...all('fails')],
		['409 conflict', { status: 409, code: 'conflict' }, 'fails', 'again', 'again', 'fails'],
		['409 of another kind', { status: 409, code: 'unique' }, ...all('fails')],
		['a refused connection', { network: 'ECONNREFUSED' }, ...all('again')],
		['an unknown host', { network: 'ENOTFOUND' }, ...all('again')],
		['a DNS that does not answer', { network: 'EAI_AGAIN' }, ...all('again')],
		['an unreachable host', { network: 'EHOSTUNREACH' }, ...but('again', 'uncertain')],
		['a reset connection', { network: 'ECONNRESET' }, ...but('again', 'uncertain')],
		['a broken pipe', { network: 'EPIPE' }, ...but('again', 'uncertain')],
		['a timeout of the network', { network: 'ETIMEDOUT' }, ...but('again', 'uncertain')],
		['a timeout of the client', { network: 'ECONNABORTED' }, ...but('again', 'uncertain')],
		['a lost connection without a code', { network: '' }, ...but('again', 'uncertain')],
		['an own certificate', { network: 'SELF_SIGNED_CERT_IN_CHAIN' }, ...all('fails')],
		['an unknown issuer', { network: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, ...all('fails')],
	])('%s', (_, trouble, read, upsert, byId, add) => {
		expect(KINDS.map((kind) => fateOf(kind, trouble))).toEqual([read, upsert, byId, add]);
	});

	function all(fate: Fate): [Fate, Fate, Fate, Fate] {
		return [fate, fate, fate, fate];
	}

	function but(others: Fate, add: Fate): [Fate, Fate, Fate, Fate] {
		return [others, others, others, add];
	}

	test('is tried again four times', () => {
		const fates = [1, 2, 3, 4, 5].map((attempt) => fateOf('upsert', { status: 502 }, attempt));
		expect(fates).toEqual(['again', 'again', 'again', 'again', 'fails']);
	});

	test('an Add that never reached Kizen is not in doubt after its last try either', () => {
		expect(fateOf('add', { network: 'ECONNREFUSED' }, 5)).toBe('fails');
	});

	test("Kizen's limit does not count as a try", () => {
		expect(fateOf('add', { status: 429 }, 1000)).toBe('all wait');
	});

	test.each<[Trouble, boolean]>([
		[{ status: 429 }, true],
		[{ status: 503 }, true],
		[{ status: 503, retryAfter: '1' }, true],
		[{ status: 502 }, false],
		[{ status: 400 }, false],
		[{ network: 'ECONNRESET' }, false],
	])('%j slows down, whether tried again or not: %s', (trouble, slowDown) => {
		for (const kind of KINDS) expect(judge(kind, trouble, 1, NOW)).toMatchObject({ slowDown });
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
		expect(retryAfterMs(header, NOW)).toBe(ms);
	});

	test('is what Kizen says, for a limit', () => {
		expect(judge('add', { status: 429, retryAfter: '7' }, 1, NOW)).toMatchObject({ afterMs: 7000 });
	});

	test.each(['0', 'Thu, 01 Jan 2026 11:59:00 GMT', 'soon', undefined])(
		'is left to back-off where Kizen does not say how long: %s',
		(retryAfter) => {
			const verdict = judge('upsert', { status: 429, retryAfter }, 1, NOW);
			expect(verdict).toMatchObject({ again: true, everyone: true, afterMs: undefined });
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
