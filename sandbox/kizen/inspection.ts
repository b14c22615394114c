import { fieldTypes } from './fieldTypes';
import { holdsMany, type Field, type KizenObject, type Row, type Stored } from './model';
import { systemFields } from './schema';
import type { Switches } from './switches';
import { keepAbsence, keepPast } from './past';
import { inMicroseconds, stampNow } from './times';
import type { World } from './world';

/** A record as tests see it, whatever shape the API would answer it in. */
export interface StoredRecord {
	id: string;
	archived: boolean;
	/** Instants, ISO 8601 in UTC. */
	created: string;
	updated: string;
	/** The name, or a contact's email. */
	identity: string;
	/**
	 * By api name; blank fields are absent. Options, stages and tags by their label; related
	 * records, members and files by their id; money as its amount; instants ISO 8601 in UTC.
	 */
	values: Record<string, Stored>;
}

export function storedRecord({ business }: World, row: Row): StoredRecord {
	const values = row.object.fields.flatMap((field): Array<[string, Stored]> => {
		const stored = business.get(row, field);
		return stored === undefined ? [] : [[field.name, labelled(row.object, field, stored)]];
	});
	return {
		id: row.id,
		archived: row.archived,
		created: row.created,
		updated: row.updated,
		identity: business.identity(row),
		values: Object.fromEntries(values),
	};
}

function labelled(object: KizenObject, field: Field, stored: Stored): Stored {
	const named = [...field.options, ...(object.tags.get(field.id) ?? [])];
	if (field.field_type === 'timezone' || field.field_type === 'rating') return stored;
	const label = (id: string) => named.find((each) => each.id === id)?.name ?? id;
	if (Array.isArray(stored)) return stored.map(label);
	return typeof stored === 'string' ? label(stored) : stored;
}

/**
 * Puts a record in place without asking what the API would say: no duplicates, archives or
 * required fields. Values are by api name; options, records and members by id or by name.
 */
export function putRecord(
	world: World,
	object: KizenObject,
	values: Record<string, unknown>,
	options: { archived?: boolean; at?: string } = {},
): Row {
	const { business } = world;
	const row = business.insert(object, inMicroseconds(options.at ?? stampNow(world.switches)));
	const defaults: Record<string, unknown> = { owner: business.me.id };
	if (object.stages.length > 0) defaults.stage = object.stages[0].name;
	putValues(
		world,
		row,
		{ ...defaults, ...values },
		(name) => name in defaults && !(name in values),
	);
	if (options.archived) business.archive(row);
	keepAbsence(world, row);
	return row;
}

/** Changes a record without asking what the API would say. */
export function changeRecord(
	world: World,
	row: Row,
	values: Record<string, unknown>,
	at: string,
): void {
	keepPast(world, row);
	putValues(world, row, values);
	row.updated = at;
}

function putValues(
	world: World,
	row: Row,
	values: Record<string, unknown>,
	mayBeMissing: (name: string) => boolean = () => false,
): void {
	const { business } = world;
	const { object } = row;
	const lenient: Switches = {
		...world.switches,
		optionShapes: ['id', 'name'],
		recordShapes: ['id', 'name'],
		memberShapes: ['id', 'name'],
		fileShapes: ['id'],
		optionNames: 'exact',
		unknownTags: 'created',
	};
	for (const [name, value] of Object.entries(values)) {
		const field = object.fields.find((each) => each.name === name);
		if (field === undefined) {
			if (mayBeMissing(name)) continue;
			throw new Error(`${object.name} has no field "${name}".`);
		}
		const place = { business, switches: lenient, object, field };
		const type = fieldTypes[field.field_type];
		const write = (each: unknown) => type.write(reference(each, place), place);
		const list = holdsMany(field) && Array.isArray(value);
		business.set(row, field, list ? value.map((each) => String(write(each))) : write(value));
	}
}

const referring: ReadonlySet<string> = new Set([
	'checkboxes',
	'choices',
	'dropdown',
	'dynamictags',
	'files',
	'radio',
	'relationship',
	'selector',
	'status',
	'team_selector',
	'yesnomaybe',
]);

function reference(
	value: unknown,
	{ field, object, business }: { field: Field; object: KizenObject; business: World['business'] },
): unknown {
	if (typeof value !== 'string' || !referring.has(field.field_type)) return value;
	const ids = [
		...field.options.map(({ id }) => id),
		...(object.tags.get(field.id) ?? []).map(({ id }) => id),
		...business.team.map(({ id }) => id),
		...business.files.keys(),
	];
	return ids.includes(value) || business.row(value) ? { id: value } : { name: value };
}

/** The record with this id, name (a contact's full name) or email; active ones first. */
export function findRow(
	{ business }: World,
	object: KizenObject,
	where: { id?: string; name?: string; email?: string },
): Row | undefined {
	const found = object.rows.filter(
		(row) =>
			(where.id === undefined || row.id === where.id) &&
			(where.email === undefined || business.identity(row) === where.email) &&
			(where.name === undefined || business.displayName(row) === where.name),
	);
	return found.find((row) => !row.archived) ?? found[0];
}

/** The fields as the schema answers them: whether Kizen's own are marked is not known. */
export function answeredField({ switches }: World, field: Field): Field {
	const own = systemFields.includes(field.name) || field.name === 'stage';
	return own && switches.readOnlyMarks === 'given' ? { ...field, is_read_only: true } : field;
}
