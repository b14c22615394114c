import {
	findGiven,
	isObject,
	isStage,
	isUuid,
	type Field,
	type GivenField,
	type ObjectSchema,
} from '../fields';
import { ACTIONS } from '../outcome';
import { isOwnKey, nameBehindKey } from './itemKeys';
import type { Session } from './session';

/**
 * Reads the fields of an input item by its keys. An item that this node returned is taken as it came
 * out: what only says something about it, and what Kizen does not let be written, is left out. Of
 * other items, what is left out is noted for the run's hint.
 */
export function fieldsOfItem(
	schema: ObjectSchema,
	json: Readonly<Record<string, unknown>>,
	session: Session,
): GivenField[] {
	const isReturned = isReturnedItem(json);
	return Object.entries(json).flatMap(([key, value]) => {
		const name = nameBehindKey(schema, key) ?? key;
		const given = { key: name, change: 'value', value, byMapper: true } as const;
		const found = findGiven(schema, given);
		if (isOwnKey(schema, key) && (isReturned || 'unknown' in found)) {
			if (!isReturned) session.ignored([key]);
			return [];
		}
		const isLeftOut = isReturned && 'field' in found && onlyTells(schema, found.field, value);
		return isLeftOut ? [] : [given];
	});
}

/** Returns whether this node returned the item: only then are its keys the node's own beyond doubt. */
export function isReturnedItem(json: Readonly<Record<string, unknown>>): boolean {
	const { action, id, error, details } = json;
	if (isObject(details) && isAction(details.action)) return true;
	const hasId = typeof id === 'string' && isUuid(id);
	const saysMore = hasId || typeof error === 'string' || action === 'notFound';
	return isAction(action) && saysMore;
}

function isAction(value: unknown): boolean {
	return typeof value === 'string' && Object.hasOwn(ACTIONS, value);
}

/** Whether a value of a returned item can't be written. A stage is not passed over in silence. */
function onlyTells(schema: ObjectSchema, field: Field, value: unknown): boolean {
	if (field.readOnly) return !isStage(schema, field);
	// What must have a value was empty all the same when it was read.
	if (value === null) return field.required || field.id === schema.identifier?.id;
	// A relation that Kizen only counts, or a team member who has left.
	return isObject(value) && (value.summarized === true || value.deleted === true);
}
