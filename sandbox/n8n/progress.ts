const REMIND_EVERY_MS = 15_000;

/** A span of time as a person says it: "0.4 s", "12 s", "3 min 20 s". */
export function duration(milliseconds: number): string {
	const seconds = milliseconds / 1000;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 60) return `${Math.round(seconds)} s`;
	return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Says what is being done, does it, and says how long it took. Slow work is heard of every 15
 * seconds; `sofar` adds how far it has come.
 */
export async function step<T>(
	title: string,
	work: () => Promise<T>,
	sofar: () => string = () => 'still at it',
): Promise<T> {
	const start = Date.now();
	const elapsed = () => duration(Date.now() - start);
	process.stdout.write(`${title} … `);
	const reminder = setInterval(() => {
		process.stdout.write(`\n    ${elapsed()}: ${sofar()} … `);
	}, REMIND_EVERY_MS);
	try {
		const result = await work();
		process.stdout.write(`${elapsed()}\n`);
		return result;
	} catch (error) {
		process.stdout.write(`failed after ${elapsed()}\n`);
		throw error;
	} finally {
		clearInterval(reminder);
	}
}
