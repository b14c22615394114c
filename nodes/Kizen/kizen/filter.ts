import { isStage, type Field, type ObjectSchema } from '../fields';

/** One filter as Kizen takes it. */
export interface Filter {
	type: 'fields' | 'fields_v2';
	subtype: 'custom' | 'non_custom';
	field: string;
	condition: string;
	value: unknown;
	overwrite?: { type: 'stage' };
}

/**
 * How Kizen is told of a field: default fields by API name, others by ID in inner quotes; stages in
 * a way of their own (kizen/builder-cli filtering.py, tested live there).
 */
export function filterOn(
	schema: ObjectSchema,
	field: Field,
	comparison: Pick<Filter, 'condition' | 'value'>,
): Filter {
	if (isStage(schema, field)) {
		return {
			type: 'fields_v2',
			subtype: 'non_custom',
			field: field.name,
			overwrite: { type: 'stage' },
			...comparison,
		};
	}
	return field.isDefault
		? { type: 'fields', subtype: 'non_custom', field: field.name, ...comparison }
		: { type: 'fields_v2', subtype: 'custom', field: `"custom"::${field.id}`, ...comparison };
}
