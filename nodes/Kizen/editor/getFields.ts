import type { ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';

import { readObject } from '../directory/objects';
import { editorType, writableFields } from '../fields';
import { editorKizen } from './editorKizen';

/** The columns of Fields: what the chosen object lets be written, identifier first. */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const locator = this.getCurrentNodeParameter('object');
	const identifier =
		typeof locator === 'object' && locator !== null && 'value' in locator
			? String(locator.value ?? '').trim()
			: '';
	if (identifier === '') {
		return { fields: [], emptyFieldsNotice: "Choose an object under 'Object' to see its fields." };
	}
	return await editorKizen(this, async (kizen) => {
		const schema = await readObject(kizen, { identifier }, { categories: true });
		return {
			fields: writableFields(schema).map((field) => ({
				id: field.name,
				displayName: field.label,
				...editorType(field),
				required: false,
				defaultMatch: false,
				display: true,
				removed: !(field.required || field.id === schema.identifier?.id),
				defaultValue: null,
			})),
		};
	});
}
