import { isAccepted, isDict, rowsIn, type Connection } from './connection';
import { Unusable } from './settings';

export interface LiveField {
	id: string;
	name: string;
	type: string;
	required: boolean;
	/** Whether a record may be given a value for it. */
	writable: boolean;
	allowsNulls: boolean;
	options: Array<{ id: string; name: string }>;
	/** UUID of the object that it relates to. */
	relatedObject: string | undefined;
	many: boolean;
}

export interface LiveObject {
	id: string;
	name: string;
	label: string;
	isPipeline: boolean;
	isContacts: boolean;
	fields: LiveField[];
	stages: Array<{ id: string; name: string }>;
}

const MANY_TYPES = ['checkboxes', 'dynamictags', 'files'];
const KIZENS_OWN = ['created', 'updated', 'display_name', 'full_name', 'actual_close_date'];

/**
 * An object with its fields, and its stages if it is a pipeline.
 *
 * @throws Unusable when the key does not see it
 */
export async function readObject(connection: Connection, identifier: string): Promise<LiveObject> {
	const found = await connection.ask('GET', `/custom-objects/${encodeURIComponent(identifier)}`);
	if (!isAccepted(found) || !isDict(found.body) || typeof found.body.id !== 'string') {
		throw new Unusable(
			`Nothing was written. Kizen answered HTTP ${found.status} when it was asked for the object "${identifier}". KIZEN_OBJECT takes the API name of an object that the key may see, such as "tax_lot".`,
		);
	}
	const { id, name, object_name: label, object_type: type } = found.body;
	const isPipeline = type === 'pipeline';
	const fields = await connection.ask('GET', `/custom-objects/${id}/fields`);
	const stages = isPipeline
		? rowsIn(await connection.ask('GET', `/pipelines/${id}/stages?ordering=order`))
		: [];
	return {
		id,
		name: String(name),
		label: String(label),
		isPipeline,
		isContacts: name === 'client_client',
		fields: rowsIn(fields)
			.filter((field) => field.deleted !== true)
			.map(fieldOf),
		stages: stages.map(named),
	};
}

function fieldOf(field: Record<string, unknown>): LiveField {
	const type = String(field.field_type);
	const relation = isDict(field.relation) ? field.relation : undefined;
	const mayEdit = !isDict(field.access) || field.access.edit !== false;
	const toMany = ['many_to_many', 'one_to_many'].includes(String(relation?.cardinality));
	return {
		id: String(field.id),
		name: String(field.name),
		type,
		required: field.is_required === true,
		writable:
			mayEdit &&
			field.is_read_only !== true &&
			field.is_hidden !== true &&
			!KIZENS_OWN.includes(String(field.name)),
		allowsNulls: field.allows_nulls === true,
		options: Array.isArray(field.options) ? field.options.filter(isDict).map(named) : [],
		relatedObject: relation && String(relation.related_object),
		many: MANY_TYPES.includes(type) || toMany,
	};
}

function named({ id, name }: Record<string, unknown>): { id: string; name: string } {
	return { id: String(id), name: String(name) };
}

/**
 * What a record holds in a field, whichever way Kizen wraps it: keyed by id or a list; the value
 * bare, in `{value}`, or one deeper. Undefined when it is blank.
 */
export function valueIn(record: unknown, field: Pick<LiveField, 'id' | 'name'>): unknown {
	const fields = isDict(record) ? record.fields : undefined;
	const entries = Array.isArray(fields) ? fields : Object.entries(isDict(fields) ? fields : {});
	for (const each of entries) {
		const [key, entry] = Array.isArray(each) ? each : [undefined, each];
		const isIt = key === field.id || (isDict(entry) && entry.id === field.id && 'value' in entry);
		if (!isIt) continue;
		let value: unknown = entry;
		while (isDict(value) && 'value' in value) value = value.value;
		return value ?? undefined;
	}
	return undefined;
}
