import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { silence } from '../until';

const started: EmbeddedKizen[] = [];
afterAll(async () => {
	await Promise.all(
		started.map(async (kizen) => {
			await silence(kizen);
			await kizen.stop();
		}),
	);
});

/**
 * Gives a test a Kizen of its own. Tests that wait for something wait side by side then:
 * `it.concurrent('…', withKizen(async (kizen) => …))`. What a table gives follows the Kizen.
 *
 * Each Kizen runs until nothing more reaches it: a read that the node no longer needs gets its response
 * then, and is not retried after the last test.
 */
export function withKizen<Given extends unknown[]>(
	test: (kizen: EmbeddedKizen, ...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
	return async (...given) => {
		const kizen = await startKizen();
		started.push(kizen);
		await test(kizen, ...given);
	};
}
