import { fieldTypes, relatedRead } from './fieldTypes';
import { fieldNamed, holdsMany, type Field, type KizenObject, type Row } from './model';
import type { World } from './world';

/** From this many values on, a relation is answered as a count (developer docs, custom fields). */
const summarizedAbove = 100;

type Answered = { value: unknown } | { value_summary: { count: number } };

/** What a record shows of a field, or undefined when it is blank: blank fields are omitted. */
export function answeredValue(world: World, row: Row, field: Field): Answered | undefined {
	if (field.name === 'created' || field.name === 'updated') {
		const place = { ...world, object: row.object, field };
		return { value: fieldTypes.datetime.read(row[field.name], place) };
	}
	if (field.name === 'display_name') {
		const name = world.business.displayName(row);
		return name === '' ? undefined : { value: name };
	}
	const stored = world.business.get(row, field);
	if (stored === undefined) return undefined;
	const place = { ...world, object: row.object, field };
	const type = fieldTypes[field.field_type];
	if (!Array.isArray(stored)) {
		const value = type.read(stored, place);
		return value === undefined ? undefined : { value };
	}
	if (stored.length > summarizedAbove) return { value_summary: { count: stored.length } };
	const values = stored.map((each) => type.read(each, place)).filter((each) => each !== undefined);
	if (values.length === 0) return undefined;
	return { value: holdsMany(field) ? values : values[0] };
}

/** A record as GET, lookup and search answer it: the captured key set. */
export function recordAnswer(world: World, row: Row, fields: Field[]): Record<string, unknown> {
	const { object } = row;
	return {
		id: row.id,
		object_type: object.object_type,
		client_info: object.name === 'client_client' ? relatedRead(world.business, row) : null,
		access: object.access,
		fields: fieldsAnswer(world, row, fields),
	};
}

/** A record as add, upsert and update answer it. */
export function writeAnswer(
	world: World,
	row: Row,
	fields: Field[],
	action?: 'created' | 'updated' | 'unarchived',
): Record<string, unknown> {
	return {
		...recordAnswer(world, row, fields),
		display_name: world.business.displayName(row),
		num_upcoming_activities: 0,
		num_associated_team_members: fieldNamed(row.object, 'owner') ? 1 : 0,
		...(action && { action }),
	};
}

/** The fields a record may show: neither deleted nor hidden nor out of the key's sight. */
export function shownFields(object: KizenObject, options?: { hidden: boolean }): Field[] {
	const showHidden = options?.hidden ?? false;
	return object.fields.filter(
		(field) => !field.deleted && field.access.view && (showHidden || !field.is_hidden),
	);
}

function fieldsAnswer(world: World, row: Row, fields: Field[]): unknown {
	const shown = fields.flatMap((field) => {
		const answered = answeredValue(world, row, field);
		return answered === undefined ? [] : [{ field, answered }];
	});
	const wrapped = shown.map(({ field, answered }) => {
		const { id, name, field_type, display_name } = field;
		return { id, name, field_type, display_name, ...answered };
	});
	const byId = (values: unknown[]) =>
		Object.fromEntries(values.map((value, n) => [shown[n].field.id, value]));
	switch (world.switches.valueShape) {
		case 'wrapped':
			return byId(wrapped);
		case 'array':
			return wrapped;
		case 'nested':
			return byId(
				wrapped.map((entry) =>
					'value' in entry ? { ...entry, value: { value: entry.value } } : entry,
				),
			);
		case 'raw':
			return byId(shown.map(({ answered }) => ('value' in answered ? answered.value : answered)));
	}
}
