import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';

/**
 * Gives a test a Kizen of its own. Tests that wait for something wait side by side then:
 * `it.concurrent('…', withKizen(async (kizen) => …))`. What a table gives follows the Kizen.
 */
export function withKizen<Given extends unknown[]>(
	test: (kizen: EmbeddedKizen, ...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
	return async (...given) => {
		const kizen = await startKizen();
		try {
			await test(kizen, ...given);
		} finally {
			await kizen.stop();
		}
	};
}
