import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../kizen/response';
import { simplifyFields, type ObjectSchema } from '../fields';

/**
 * A record as it comes out unless Raw is chosen: `{ id, name, object, fields }`, the object by its
 * API name, fields as plain values by API name.
 *
 * @param answer Kizen's JSON of the record
 * @param knownAs what the item calls the record, for an answer without a name
 */
export function recordJson(
	schema: ObjectSchema,
	answer: IDataObject,
	knownAs?: string,
): IDataObject {
	const fields = simplifyFields(answer.fields, schema);
	return {
		id: answer.id,
		name: nameOf(schema, answer, fields) ?? knownAs ?? null,
		object: schema.name,
		fields,
	};
}

/** Writes answer with `display_name`; reads of contacts say it in `client_info` instead. */
function nameOf(
	{ identifier }: ObjectSchema,
	answer: IDataObject,
	fields: IDataObject,
): string | undefined {
	const info = isObject(answer.client_info) ? answer.client_info : {};
	return [
		answer.display_name,
		answer.name,
		info.display_name,
		info.full_name,
		identifier && fields[identifier.name],
	].find((one): one is string => typeof one === 'string' && one !== '');
}
