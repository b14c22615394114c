import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { conditionsOf } from '../description';
import { findField, withDistinctLabels, type Field, type ObjectSchema } from '../fields';
import { readObject } from '../kizen';
import { chosenObject, editorKizen } from './editorKizen';

/** Every field of the object that Kizen shows. */
export async function getReadableFields(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await fromSchema(this, (schema) => fieldChoices(schema, schema.fields));
}

/** The fields that a search can compare. */
export async function getComparableFields(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await fromSchema(this, (schema) =>
		fieldChoices(
			schema,
			schema.fields.filter((field) => conditionsOf(field).length > 0),
		),
	);
}

/** The conditions that fit the field chosen beside them. */
export async function getConditions(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const chosen = String(this.getCurrentNodeParameter('&field') ?? '').trim();
	if (chosen === '') return [];
	return await fromSchema(this, (schema) => {
		const found = findField(schema, chosen);
		if (!('field' in found)) return [];
		return conditionsOf(found.field).map(({ name, value }) => ({ name, value }));
	});
}

async function fromSchema(
	context: ILoadOptionsFunctions,
	list: (schema: ObjectSchema) => INodePropertyOptions[],
): Promise<INodePropertyOptions[]> {
	const identifier = chosenObject(context);
	if (identifier === undefined) return [];
	return await editorKizen(context, async (kizen) =>
		list(await readObject(kizen, { identifier }, { categories: true })),
	);
}

/** By label; the stored value is the API name, so that a workflow stays readable. */
function fieldChoices(schema: ObjectSchema, fields: Field[]): INodePropertyOptions[] {
	return withDistinctLabels(schema, fields)
		.filter(({ hidden }) => !hidden)
		.map(({ label, name }) => ({ name: label, value: name }));
}
