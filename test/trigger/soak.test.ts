import { tally, type Sent, type Write } from '../../bench/soak/tally';

/** What `npm run soak` counts. */

const created = (id: string, version: number): Write => ({ id, version, kind: 'created' });
const updated = (id: string, version: number): Write => ({ id, version, kind: 'updated' });
const sent = (action: string, id: string, version: number): Sent => ({ action, id, version });

const WRITES = [created('a', 1), created('b', 2), updated('a', 3), updated('a', 4)];

describe('The soak', () => {
	it.each([
		['created', [sent('created', 'a', 1), sent('created', 'b', 2)], { written: 2, replaced: 0 }],
		['created', [sent('created', 'a', 4), sent('created', 'b', 2)], { written: 2, replaced: 0 }],
		['updated', [sent('updated', 'a', 4)], { written: 2, replaced: 1 }],
		[
			'createdOrUpdated',
			[sent('created', 'a', 1), sent('created', 'b', 2), sent('updated', 'a', 4)],
			{ written: 4, replaced: 1 },
		],
		[
			'createdOrUpdated',
			[sent('created', 'b', 2), sent('created', 'a', 4)],
			{ written: 4, replaced: 2 },
		],
	] as const)('of %s finds nothing wrong with %j', (event, items, expected) => {
		expect(tally(event, WRITES, [...items])).toEqual({
			...expected,
			sent: items.length,
			missed: 0,
			doubled: 0,
		});
	});

	it.each([
		['created', [sent('created', 'a', 1)]],
		['updated', [sent('updated', 'a', 3)]],
		['createdOrUpdated', [sent('created', 'a', 4)]],
		[
			'createdOrUpdated',
			[sent('created', 'a', 1), sent('updated', 'b', 2), sent('updated', 'a', 4)],
		],
	] as const)('of %s sees that one is missed in %j', (event, items) => {
		expect(tally(event, WRITES, [...items])).toMatchObject({ missed: 1, doubled: 0 });
	});

	it.each([
		['created', [sent('created', 'a', 1), sent('created', 'b', 2), sent('created', 'a', 4)]],
		['created', [sent('created', 'a', 1), sent('created', 'b', 2), sent('created', 'c', 0)]],
		['updated', [sent('updated', 'a', 4), sent('updated', 'a', 4)]],
		['updated', [sent('updated', 'a', 4), sent('updated', 'b', 2)]],
		[
			'createdOrUpdated',
			[sent('created', 'a', 1), sent('created', 'b', 2), sent('created', 'a', 4)],
		],
	] as const)('of %s sees that one is sent twice, or for no reason, in %j', (event, items) => {
		expect(tally(event, WRITES, [...items])).toMatchObject({ missed: 0, doubled: 1 });
	});
});
