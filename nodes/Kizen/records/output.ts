import type { IDataObject } from 'n8n-workflow';

import { isObject, simplifyFields, type ObjectSchema } from '../fields';
import type { DoneAction } from '../outcome';
import { FIELD_PREFIX, keyOfField } from './itemKeys';

/** The items that come out for records, and what keys they have. `outputForm.ts` chooses the fields. */

/** What an item says beside Kizen's response. */
interface About {
	action: DoneAction;
	/** Whether Output is Raw. */
	raw?: boolean;
	/** The record's name as the row gives it, for a response without one. */
	knownAs?: string | undefined;
	stage?: string | undefined;
	previousStage?: string | undefined;
	note?: string | undefined;
}

/**
 * Returns `{ action, id, object, name, …fields }`: the object and the fields by API name, the values
 * plain. A record without a name has no `name`. With Raw, it is Kizen's response with the action and
 * the note.
 *
 * @param response Kizen's JSON of the record
 */
export function recordItem(
	schema: ObjectSchema,
	response: IDataObject,
	{ action, raw, knownAs, ...said }: About,
): IDataObject {
	if (raw) return { ...response, action, ...(said.note !== undefined && { note: said.note }) };
	const fields = simplifyFields(response.fields, schema);
	const name = nameOf(schema, response, fields) ?? knownAs;
	return withFields(schema, fields, {
		action,
		id: response.id,
		object: schema.name,
		name,
		...said,
	});
}

/** Returns the item for a record of which no field is known. */
export function briefItem(
	{ name: object }: ObjectSchema,
	id: string,
	{ action, note }: Pick<About, 'action' | 'note'>,
): IDataObject {
	return { action, id, object, ...(note !== undefined && { note }) };
}

/**
 * Adds fields to what the node says itself, which wins: the record's name and stage are fields, too.
 *
 * @param fields plain values by API name
 */
export function withFields(
	schema: ObjectSchema,
	fields: IDataObject,
	own: IDataObject,
): IDataObject {
	const said = Object.entries(own).filter(([, value]) => value !== undefined);
	const saidKeys = new Set(said.map(([key]) => key));
	// In a map, `__proto__` is a key like any other.
	const item = new Map(said);
	for (const [name, value] of Object.entries(fields)) {
		let key = keyOfField(schema, name);
		if (saidKeys.has(key)) continue;
		while (item.has(key)) key = FIELD_PREFIX + key;
		item.set(key, value);
	}
	return Object.fromEntries(item);
}

/**
 * Returns the record's name. Writes answer with `display_name`; reads of contacts say it in
 * `client_info` instead.
 *
 * @param fields the response's fields as plain values by API name
 */
export function nameOf(
	{ identifier, isContacts }: ObjectSchema,
	response: IDataObject,
	fields: IDataObject,
): string | undefined {
	const info = isObject(response.client_info) ? response.client_info : {};
	const held = identifier && fields[identifier.name];
	const shown = [response.display_name, response.name, info.display_name, info.full_name];
	// Of everything but contacts, the name is a field.
	return (isContacts ? [...shown, held] : [held, ...shown]).find(
		(one): one is string => typeof one === 'string' && one !== '',
	);
}
