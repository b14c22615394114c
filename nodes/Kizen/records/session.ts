import { empty, locatorValue, notAllowed, object, type Item } from '../description';
import { isObject, remembered, type ObjectSchema } from '../fields';
import {
	listSegments,
	listStages,
	readObject,
	Records,
	type Kizen,
	type Named,
	type ObjectChoice,
} from '../kizen';
import type { Adds } from './adds';
import { LearnedFormats } from './referenceFormat';
import { References } from './referenceLookup';

/** What all items of a run share. */
export interface Session {
	kizen: Kizen;
	/** Reads the object's schema, once per run. Throws ProblemError. */
	schemaOf(choice: ObjectChoice): Promise<ObjectSchema>;
	/** Reads the stages of a pipeline in their order, once per run. Throws ProblemError. */
	stagesOf(schema: ObjectSchema): Promise<Named[]>;
	/** Reads the segments that people saved for an object, once per run. Throws ProblemError. */
	segmentsOf(schema: ObjectSchema): Promise<Named[]>;
	references: References;
	formats: LearnedFormats;
	/** IDs of records that this run has written, by the key of their rows. */
	written: Map<string, string>;
	/** What the Adds of the run have made. */
	adds: Adds;
	/** The workflow's time zone, an IANA name. */
	timezone: string;
	/** Notes keys of the input that Kizen has no field for, for the run's hint. */
	ignored(keys: string[]): void;
}

/** Opens a session. What Kizen was asked for once is not asked for again. */
export function openSession(
	kizen: Kizen,
	about: Pick<Session, 'adds' | 'ignored' | 'timezone'>,
): Session {
	return {
		kizen,
		schemaOf: oncePer('identifier', async (choice) => await readObject(kizen, choice)),
		stagesOf: oncePer('id', async (schema) => await listStages(kizen, schema)),
		segmentsOf: oncePer('id', async (schema) => await listSegments(kizen, schema)),
		references: new References(kizen),
		formats: new LearnedFormats(),
		written: new Map(),
		...about,
	};
}

function oncePer<K extends string, O extends Record<K, string>, T>(
	key: K,
	read: (object: O) => Promise<T>,
) {
	const known = new Map<string, Promise<T>>();
	return async (object: O): Promise<T> =>
		await remembered(known, object[key], async () => await read(object));
}

/**
 * Returns the records of the object that the item's parameter Object names.
 *
 * @throws ProblemError
 */
export async function chosenRecords(item: Item, session: Session): Promise<Records> {
	const schema = await session.schemaOf(objectChoice(item.parameter(object.name, '')));
	return new Records(session.kizen, schema);
}

function objectChoice(locator: unknown): ObjectChoice {
	const { displayName } = object;
	const value = locatorValue(locator);
	const identifier =
		typeof value === 'string' || typeof value === 'number' ? `${value}`.trim() : '';
	if (identifier === '') throw empty(displayName, `Choose an object under '${displayName}'.`);
	if (identifier === '.' || identifier === '..') {
		throw notAllowed(displayName, identifier, `Choose an object under '${displayName}'.`);
	}
	const label = isObject(locator) ? locator.cachedResultName : undefined;
	return { identifier, ...(typeof label === 'string' && label !== '' && { label }) };
}
