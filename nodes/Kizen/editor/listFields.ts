import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { conditionsOf } from '../description';
import { findField, withDistinctLabels, type ObjectSchema } from '../fields';
import { readObject } from '../kizen';
import { chosenObject, editorKizen } from './editorKizen';

/**
 * Every field of the object that Kizen shows. By label; the stored value is the API name, so that a
 * workflow stays readable.
 */
export async function getReadableFields(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return await fromSchema(this, (schema) =>
		withDistinctLabels(schema, schema.fields)
			.filter(({ hidden }) => !hidden)
			.map(({ label, name }) => ({ name: label, value: name })),
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
