import type { IDataObject } from 'n8n-workflow';

import {
	AT_LEAST,
	conditionNamed,
	conditions,
	conditionsOf,
	IS_NOT_EMPTY,
	quote,
} from '../../description';
import { isObject, isStage, type Field, type ObjectSchema } from '../../fields';
import { filterOn, type Filter } from '../../kizen';
import { ProblemError } from '../../outcome';
import { fieldNamed } from '../outputForm';
import type { Session } from '../session';
import { endOfDay, monthOf, valuesFor, type Comparison } from './values';

/**
 * The conditions of the editor as filters, in their order.
 *
 * @param given the fixed collection: `{ condition: [{ field, condition, value, valueTo }] }`
 * @throws ProblemError
 */
export async function filtersFrom(
	session: Session,
	schema: ObjectSchema,
	given: unknown,
): Promise<Filter[]> {
	const rows = isObject(given) && Array.isArray(given.condition) ? given.condition : [];
	const filters: Filter[] = [];
	for (const row of rows) {
		if (isObject(row)) filters.push(await filterFrom(session, schema, row));
	}
	return filters;
}

/**
 * The filter for what happened at a time or later.
 *
 * @param name API name of the field that holds the time
 * @param parameter display name of the parameter that gives it
 * @throws ProblemError
 */
export async function filterSince(
	session: Session,
	schema: ObjectSchema,
	{ name, given, parameter }: { name: string; given: unknown; parameter: string },
): Promise<Filter> {
	const field = fieldNamed(schema, name, parameter);
	const labelled = { ...field, label: parameter };
	const [value] = await valuesFor(
		{ session, schema, field: labelled, condition: AT_LEAST, parameter },
		given,
	);
	return filterOn(schema, field, { condition: AT_LEAST.kizenWord, value });
}

async function filterFrom(
	session: Session,
	schema: ObjectSchema,
	row: IDataObject,
): Promise<Filter> {
	const name = String(row.field ?? '').trim();
	if (name === '') {
		throw new ProblemError(
			`A condition under '${conditions.displayName}' has no field`,
			'Choose one, or remove it.',
		);
	}
	const field = await withStages(session, schema, fieldNamed(schema, name, conditions.displayName));
	const condition = conditionNamed(field, String(row.condition ?? ''));
	if (!condition) {
		throw new ProblemError(
			`"${field.label}" can't be compared by ${quote(row.condition)}`,
			`Choose under '${conditions.displayName}' one of ${conditionsOf(field)
				.map(({ name: title }) => title)
				.join(', ')}.`,
		);
	}
	return await filterBy(
		{ session, schema, field, condition, parameter: conditions.displayName },
		row,
	);
}

/** The options of the stage field are a copy; the pipeline's own stages are asked for. */
async function withStages(session: Session, schema: ObjectSchema, field: Field): Promise<Field> {
	if (!isStage(schema, field)) return field;
	const stages = await session.stagesOf(schema);
	return { ...field, options: stages.map(({ id, name }) => ({ id, code: '', label: name })) };
}

async function filterBy(comparison: Comparison, row: IDataObject): Promise<Filter> {
	const { schema, field, condition } = comparison;
	const { kizenWord: word, takes } = condition;
	const filter = (how: string, value: unknown) =>
		filterOn(schema, field, { condition: how, value });
	const values = async (given: unknown) => await valuesFor(comparison, given);
	switch (takes) {
		case 'nothing':
			return filter(word, condition.value !== IS_NOT_EMPTY.value);
		case 'month':
			return filter(word, monthOf(row.value, field));
		case 'several':
			return filter(word, await values(row.value));
		case 'two': {
			const [from] = await values(row.value);
			const [to] = await values(row.valueTo);
			return filter(word, [from, (await endOfDay(comparison, row.valueTo)) ?? to]);
		}
		case 'one': {
			const [value] = await values(row.value);
			const end = await endOfDay(comparison, row.value);
			// A whole day is more than its first moment.
			if (end === undefined || word === '<' || word === '>=') return filter(word, value);
			return word === '=' ? filter('between', [value, end]) : filter(word, end);
		}
	}
}
