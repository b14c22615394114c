import type { Sent } from '../../sandbox/demo/trigger';
import { startKizen } from '../../sandbox/kizen';
import { changesIn, contactsIn, mistakes, mistakesOfTrigger } from '../../sandbox/demo/check';
import { outcomesInEngine } from '../../sandbox/demo/inEngine';

it('The demo shows in the engine what becomes of each row, and Kizen holds the same', async () => {
	const kizen = await startKizen();
	const before = contactsIn(kizen);
	const outcomes = await outcomesInEngine(kizen, 'contacts.csv');
	expect(mistakes(outcomes, before, contactsIn(kizen))).toEqual([]);
	expect(outcomes).toHaveLength(30);
	const actions = new Set(outcomes.map(({ action }) => action));
	expect([...actions].sort()).toEqual(['conflict', 'created', 'failed', 'unarchived', 'updated']);
	await kizen.stop();
});

it('The demo tells what the trigger did not send as it should', async () => {
	const kizen = await startKizen();
	const before = contactsIn(kizen);
	await outcomesInEngine(kizen, 'contacts.csv');
	const after = contactsIn(kizen);
	await kizen.stop();
	const right = [...changesIn(before, after)].map(([id, action]) => ({
		...{ id, action },
		...{ name: 'Any', email: 'any@example.com' },
	}));
	const [first, ...rest] = right;
	const other = { ...first, action: first.action === 'created' ? 'updated' : 'created' };
	const mistaken = (...sent: Sent[]) => mistakesOfTrigger(sent, before, after).length;
	expect(right).toHaveLength(28);
	expect({
		right: mistaken(...right),
		nothing: mistaken(),
		oneTwice: mistaken(...right, first),
		oneAsTheOther: mistaken(other, ...rest),
		oneOfAnotherBusiness: mistaken(...right, { ...first, id: 'unknown' }),
	}).toEqual({
		right: 0,
		nothing: 28,
		oneTwice: 1,
		oneAsTheOther: 1,
		oneOfAnotherBusiness: 1,
	});
});
