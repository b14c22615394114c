import { ProblemError } from '../outcome';
import {
	memoryOf,
	newsOf,
	timeOf,
	type Instant,
	type Position,
	type Reading,
	type Rules,
	type Sighting,
} from './cursor';

/** A page of what Kizen shows from a position's `floor` on. Earlier records do no harm. */
export interface SightingPage<T> {
	sightings: Array<Sighting<T>>;
	/** Whether no record that is still to come is earlier. */
	isInOrder: boolean;
}

/** What time it is while pages are read. */
interface Watch {
	isLate(): boolean;
	/** Kizen's time in its latest response. */
	clock(): Instant | undefined;
}

/**
 * Reads pages until there are no more, until the events of one poll are found, or until `isLate`. Then
 * the rest is left to the next poll, unless it may be earlier than what was read. Only records that
 * are news are kept.
 *
 * @throws ProblemError if Kizen returns records that are much older than the ones it was asked for
 */
export async function collect<T>(
	pages: AsyncIterable<SightingPage<T>>,
	{ position, event, maxEvents }: Rules & { position: Position },
	{ isLate, clock }: Watch,
): Promise<Reading<T>> {
	const known = { ...position, memory: memoryOf(position) };
	const sightings: Array<Sighting<T>> = [];
	let [events, end] = [0, position.floor];
	let began: Instant | undefined;
	for await (const page of pages) {
		began ??= clock();
		throwIfUnfiltered(page.sightings, position, event);
		for (const sighting of page.sightings) {
			end = Math.max(end, timeOf(sighting, event));
			const news = newsOf(sighting, event, known);
			if (news === 'none') continue;
			sightings.push(sighting);
			if (news !== 'silent') events += 1;
		}
		const isEnough = events >= maxEvents || (sightings.length > 0 && isLate());
		if (page.isInOrder && isEnough) return { sightings, end, clock: began };
	}
	return { sightings, end: undefined, clock: began ?? clock() };
}

/** Kizen may compare times by the day, and by the day of another time zone. */
const COARSEST = 3 * 86_400 * 1_000_000;

function throwIfUnfiltered(
	sightings: Array<Sighting<unknown>>,
	{ floor }: Position,
	event: Rules['event'],
): void {
	const isOld = (sighting: Sighting<unknown>) => timeOf(sighting, event) < floor - COARSEST;
	if (sightings.length === 0 || !sightings.every(isOld)) return;
	throw new ProblemError(
		'Kizen returned records that are much older than the ones it was asked for',
		"The trigger did not start the workflow with them. Open an issue in the node's repository: Kizen's search does not do what the node expects.",
	);
}
