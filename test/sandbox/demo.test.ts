import { startKizen } from '../../sandbox/kizen';
import { contactsIn, mistakes } from '../../sandbox/demo/check';
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
