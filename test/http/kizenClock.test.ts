import fc from 'fast-check';

import { KizenClock, momentOf, type Exchange } from '../../nodes/Kizen/kizen/clock';

/** Kizen's clock, which is ahead of the stopwatch by any time. What it shows at a moment of that. */
const START = Date.parse('2026-05-01T10:00:00Z');
const httpDate = (shown: number) => new Date(Math.floor(shown)).toUTCString();

/** A request, and the moment within it at which Kizen looks at its clock. */
const exchanges = fc
	.record({
		sentAt: fc.double({ min: 0, max: 60_000, noNaN: true }),
		up: fc.double({ min: 0, max: 3000, noNaN: true }),
		down: fc.double({ min: 0, max: 3000, noNaN: true }),
		isStamp: fc.boolean(),
	})
	.map(({ sentAt, up, down, isStamp }) => ({
		exchange: { sentAt, receivedAt: sentAt + up + down },
		at: sentAt + up,
		isStamp,
	}));

/** By how much it is ahead at a moment; it may run a little faster or slower than the stopwatch. */
const aheads = fc
	.record({
		ahead: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
		rate: fc.double({ min: -0.0001, max: 0.0001, noNaN: true }),
	})
	.map(
		({ ahead, rate }) =>
			(moment: number) =>
				START + ahead + rate * moment,
	);

/** Kizen's stamps count microseconds. */
const stampOf = (shown: number) => {
	const micros = String(Math.floor((shown % 1) * 1000)).padStart(3, '0');
	return new Date(Math.floor(shown)).toISOString().replace('Z', `${micros}Z`);
};

function observed(
	ahead: (moment: number) => number,
	seen: Array<{ exchange: Exchange; at: number; isStamp: boolean }>,
) {
	const clock = new KizenClock();
	for (const { exchange, at, isStamp } of seen) {
		if (isStamp) clock.observeStamp(stampOf(at + ahead(at)), exchange);
		else clock.observeDate(httpDate(at + ahead(at)), exchange);
	}
	return clock;
}

describe("Kizen's clock", () => {
	test('shows what its span says, at any moment, whatever was observed', () => {
		fc.assert(
			fc.property(
				aheads,
				fc.array(exchanges, { minLength: 1 }),
				fc.double({ min: 0, max: 100_000, noNaN: true }),
				(ahead, seen, moment) => {
					const span = observed(ahead, seen).at(moment);
					expect(span).toBeDefined();
					// Numbers of this size are exact to less than a thousandth of a millisecond.
					expect(span?.earliest).toBeLessThanOrEqual(moment + ahead(moment) + 0.01);
					expect(span?.latest).toBeGreaterThanOrEqual(moment + ahead(moment) - 0.01);
				},
			),
			{ numRuns: 1000 },
		);
	});

	test('never takes an older record for one that a request created', () => {
		fc.assert(
			fc.property(
				aheads,
				fc.array(exchanges, { minLength: 1 }),
				fc.double({ min: 0, max: 60_000, noNaN: true }),
				fc.double({ min: 1.02, max: 5000, noNaN: true }),
				(ahead, seen, sentAt, before) => {
					const created = stampOf(sentAt + ahead(sentAt) - before);
					const exchange = { sentAt, receivedAt: sentAt + 6000 };
					expect(observed(ahead, seen).isWithin(created, exchange)).not.toBe('yes');
				},
			),
			{ numRuns: 1000 },
		);
	});

	test('tells what a request created, however fast Kizen answers', () => {
		const moments = fc.double({ min: 0, max: 500, noNaN: true });
		const latencies = fc.double({ min: 0.2, max: 0.9, noNaN: true });
		fc.assert(
			fc.property(
				aheads,
				fc.array(fc.tuple(moments, latencies), { minLength: 1 }),
				moments,
				latencies,
				(ahead, others, sentAt, up) => {
					const clock = new KizenClock();
					for (const [sent, latency] of others) {
						const at = sent + latency;
						clock.observeStamp(stampOf(at + ahead(at)), { sentAt: sent, receivedAt: at + 0.1 });
					}
					const at = sentAt + up;
					const created = stampOf(at + ahead(at));
					expect(clock.isWithin(created, { sentAt, receivedAt: at + 0.1 })).toBe('yes');
				},
			),
			{ numRuns: 1000 },
		);
	});

	test('tells that a record is older, where it is known well enough', () => {
		const clock = new KizenClock();
		clock.observeStamp(stampOf(START + 0.05), { sentAt: 0, receivedAt: 0.1 });
		const exchange = { sentAt: 1, receivedAt: 3 };
		expect(clock.isWithin(stampOf(START + 0.5), exchange)).toBe('no');
		expect(clock.isWithin(stampOf(START + 2), exchange)).toBe('yes');
		expect(clock.isWithin(stampOf(START + 4), exchange)).toBe('no');
		expect(clock.isWithin('soon', exchange)).toBe('no');
		expect(new KizenClock().isWithin(stampOf(START), exchange)).toBe('no');
	});

	test('is known the better, the better the moments are chosen at which it is asked', () => {
		fc.assert(
			fc.property(aheads, fc.double({ min: 1, max: 200, noNaN: true }), (ahead, latency) => {
				const clock = new KizenClock();
				let now = 0;
				for (let asked = 0; asked < 12; asked++) {
					now += clock.untilTelling(now);
					const exchange = { sentAt: now, receivedAt: now + latency };
					const at = now + latency / 2;
					clock.observeDate(httpDate(at + ahead(at)), exchange);
					now += latency;
				}
				const { earliest = 0, latest = Infinity } = clock.at(now) ?? {};
				expect(latest - earliest).toBeLessThan(2.5 * latency + 2 + 0.0002 * now);
			}),
		);
	});

	test('is not known where servers do not agree', () => {
		const clock = new KizenClock();
		const exchange = { sentAt: 0, receivedAt: 10 };
		clock.observeDate('Fri, 01 May 2026 10:00:00 GMT', exchange);
		expect(clock.at(0)).toBeDefined();
		clock.observeDate('Fri, 01 May 2026 10:00:05 GMT', exchange);
		expect(clock.at(0)).toBeUndefined();
		expect(clock.untilTelling(0)).toBe(0);
	});

	test.each([undefined, '', 'soon', '2026-05-01', '1', 'Fri, 01 May 2026 10:00:00 +0200'])(
		'learns nothing from the header %j',
		(date) => {
			const clock = new KizenClock();
			clock.observeDate(date, { sentAt: 0, receivedAt: 1 });
			expect(clock.at(0)).toBeUndefined();
		},
	);
});

const TEN = Date.parse('2026-05-01T10:00:00Z');

test.each([
	['2026-05-01T12:00:00.123456+02:00', TEN + 123.456, 0.001],
	['2026-05-01T10:00:00.000000Z', TEN, 0.001],
	['2026-05-01T10:00:00.123Z', TEN + 123, 1],
	['2026-05-01T10:00:00.9Z', TEN + 900, 100],
	['2026-05-01T10:00:00Z', TEN, 1000],
	['2026-05-01T04:30:00-0530', TEN, 1000],
])('the moment %j is known as exactly as it is written', (text, earliest, unit) => {
	const moment = momentOf(text);
	// Numbers of this size are exact to less than a microsecond.
	expect(moment?.earliest).toBeCloseTo(earliest, 3);
	expect(moment?.latest).toBeCloseTo(earliest + unit, 3);
});

test.each([
	'2026-05-01T10:00:00.123456',
	'2026-05-01T10:00:00.Z',
	'2026-13-01T10:00:00Z',
	'2026-05-01',
	'yesterday',
	1_777_000_000_000,
	null,
])('%j is no moment', (text) => {
	expect(momentOf(text)).toBeUndefined();
});
