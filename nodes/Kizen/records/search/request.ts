import {
	choiceOf,
	combine,
	conditions,
	findNamed,
	givenOption,
	isGiven,
	segment,
	type Item,
} from '../../description';
import type { ObjectSchema } from '../../fields';
import type { FilterGroup } from '../../kizen';
import type { OutputForm } from '../outputForm';
import type { Session } from '../session';
import { filtersFrom } from './filters';

/** What a search asks Kizen for, from the parameters of the node. */

/**
 * Returns the filters of Conditions and Must Match.
 *
 * @throws ProblemError
 */
export async function conditionGroups(
	item: Item,
	session: Session,
	schema: ObjectSchema,
): Promise<FilterGroup[]> {
	const and = choiceOf(item, combine) === 'all';
	const filters = await filtersFrom(session, schema, item.parameter(conditions.name, {}));
	return filters.length > 0 ? [{ and, filters }] : [];
}

/**
 * Returns the segment of the Options as Kizen takes it in the address.
 *
 * @throws ProblemError
 */
export async function segmentQuery(
	item: Item,
	session: Session,
	schema: ObjectSchema,
): Promise<{ group_id?: string }> {
	const given = givenOption(item, segment);
	if (!isGiven(given)) return {};
	const segments = await session.segmentsOf(schema);
	const what = `segment of "${schema.label}"`;
	return { group_id: findNamed(segments, given, { label: segment.displayName, what }).id };
}

/**
 * Returns the API names of the fields to ask for; undefined for those that Kizen sends unasked, which
 * are all but a pipeline's stage (kizen/app-engine docs 05).
 *
 * @param alsoNeeded API names of fields that are read whatever comes out
 */
export function searchedFields(
	schema: ObjectSchema,
	{ fields }: OutputForm,
	alsoNeeded: string[],
): string[] | undefined {
	if (fields === undefined && !schema.isPipeline) return undefined;
	const shown = fields ?? schema.fields.filter(({ hidden }) => !hidden);
	return [...new Set([...shown.map(({ name }) => name), ...alsoNeeded])];
}
