import type { IDataObject } from 'n8n-workflow';

import { isObject, own, textOf } from './typeGuards';

/**
 * Kizen's 24 field types (Kizen's OpenAPI document), and `other` for one that it may add later.
 */
export const FIELD_TYPES = [
	'checkbox',
	'checkboxes',
	'choices',
	'date',
	'datetime',
	'decimal',
	'dropdown',
	'dynamictags',
	'email',
	'files',
	'integer',
	'longtext',
	'money',
	'phonenumber',
	'radio',
	'rating',
	'relationship',
	'selector',
	'status',
	'team_selector',
	'text',
	'timezone',
	'wysiwyg',
	'yesnomaybe',
	'other',
] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

export interface FieldOption {
	id: string;
	/** Often empty for drop-downs; `yes`, `no`, `maybe` and `1` … `10` where Kizen sets it. */
	code: string;
	label: string;
}

export interface Field {
	id: string;
	/** API name. */
	name: string;
	label: string;
	type: FieldType;
	required: boolean;
	/** Not writable: marked so, closed to this key, or written by Kizen itself. */
	readOnly: boolean;
	hidden: boolean;
	options: FieldOption[];
	relatedObjectId?: string | undefined;
	/** What one record of the related object is called, such as `Company`. */
	relatedEntityLabel?: string | undefined;
	/** Holds several values. */
	multiple: boolean;
	/** Of money: `USD`. */
	currency?: string | undefined;
	/** Bounds that Kizen sets to ratings and decimals. */
	minimum?: number;
	maximum?: number;
	/** Name of the category, or its id where the categories were not given. */
	category: string;
	order: number;
	allowsNull: boolean;
	allowsEmpty: boolean;
	isDefault: boolean;
}

export interface ObjectSchema {
	id: string;
	/** API name. */
	name: string;
	/** Plural, as on Kizen's screens. */
	label: string;
	isContacts: boolean;
	isPipeline: boolean;
	/** What finds a record: its name, or a contact's email. */
	identifierName: 'name' | 'email';
	/** The field of it. */
	identifier: Field | undefined;
	/** Not deleted; the identifier first, then by category and order. */
	fields: Field[];
}

/** Filled in by Kizen, though not always marked read-only (kizen/builder-cli fixtures). */
const WRITTEN_BY_KIZEN = new Set([
	'created',
	'updated',
	'display_name',
	'full_name',
	'actual_close_date',
]);

const ALWAYS_SEVERAL = new Set<FieldType>(['checkboxes', 'dynamictags', 'files']);

/** `primary` points to one record, `primary_for` is its mirror (kizen/builder-cli, field spec). */
const RELATES_TO_SEVERAL = new Map([
	['one_to_one', false],
	['many_to_one', false],
	['primary', false],
	['one_to_many', true],
	['many_to_many', true],
	['primary_for', true],
	['additional', true],
	['additional_for', true],
]);

/**
 * An object as the rest of the node needs it, from Kizen's responses to `GET /api/custom-objects/{id}`,
 * `…/{id}/fields` and `…/{id}/categories`. What is missing in them gets the harmless value; never
 * throws.
 */
export function readSchema(object: unknown, fields: unknown, categories?: unknown): ObjectSchema {
	const about: IDataObject = isObject(object) ? object : {};
	const name = textOf(about.name) ?? '';
	const label = textOf(about.object_name) ?? name;
	const isContacts =
		name === 'client_client' || about.object_class === 'contacts' || about.fetch_url === 'client';
	const isPipeline = about.object_type === 'pipeline';
	const placed = placeFields(rowsIn(fields), isPipeline, readCategories(categories));
	const identifierName = isContacts ? 'email' : 'name';
	const identifier = placed.find(({ field }) => field.name === identifierName)?.field;
	const rank = ({ field, place }: Placed) => (field === identifier ? -1 : place);
	placed.sort((a, b) => rank(a) - rank(b) || a.field.order - b.field.order);
	return {
		id: textOf(about.id) ?? '',
		name,
		label,
		isContacts,
		isPipeline,
		identifierName,
		identifier,
		fields: placed.map(({ field }) => field),
	};
}

/** What the editor offers: fields that a person may fill in, hidden ones only where required. */
export function writableFields(schema: ObjectSchema): Field[] {
	return schema.fields.filter(
		(field) => !field.readOnly && (!field.hidden || field.required || field === schema.identifier),
	);
}

interface Placed {
	field: Field;
	/** Position of the field's category. */
	place: number;
}

interface Category {
	label: string;
	place: number;
}

function readCategories(categories: unknown): Map<string, Category> {
	const rows = rowsIn(categories).map((row, index) => ({
		id: textOf(row.id) ?? '',
		label: textOf(row.name) ?? '',
		order: typeof row.order === 'number' ? row.order : index,
	}));
	rows.sort((a, b) => a.order - b.order);
	return new Map(rows.map(({ id, label }, place) => [id, { label, place }]));
}

function placeFields(
	rows: IDataObject[],
	isPipeline: boolean,
	known: Map<string, Category>,
): Placed[] {
	const categories = new Map(known);
	const placed: Placed[] = [];
	for (const row of rows) {
		const id = textOf(row.category) ?? '';
		// Unknown categories follow in the order in which Kizen gave their fields.
		const category = categories.get(id) ?? { label: id, place: categories.size };
		categories.set(id, category);
		const field = readField(row, isPipeline, category.label);
		if (field) placed.push({ field, place: category.place });
	}
	return placed;
}

function readField(row: IDataObject, isPipeline: boolean, category: string): Field | undefined {
	const id = textOf(row.id);
	if (id === undefined || row.deleted === true) return undefined;
	const name = textOf(row.name) ?? id;
	const type = FIELD_TYPES.find((one) => one === row.field_type) ?? 'other';
	const relation = isObject(row.relation) ? row.relation : {};
	return {
		id,
		name,
		label: textOf(row.display_name) ?? name,
		type,
		required: row.is_required === true,
		readOnly: isReadOnly(row, name, isPipeline),
		hidden: row.is_hidden === true || row.is_suppressed === true,
		options: rowsIn(row.options)
			.map(readFieldOption)
			.filter(({ label }) => label !== ''),
		...(type === 'relationship' && {
			relatedObjectId: textOf(relation.related_object),
			relatedEntityLabel:
				textOf(relation.related_entity_name) ?? textOf(relation.related_object_name),
		}),
		multiple: holdsSeveral(row, type, relation),
		...(type === 'money' && { currency: currencyOf(row.money_options) }),
		...boundsOf(row),
		category,
		order: typeof row.order === 'number' ? row.order : Number.MAX_SAFE_INTEGER,
		allowsNull: row.allows_nulls !== false,
		allowsEmpty: row.allows_empty === true,
		isDefault: row.is_default === true,
	};
}

function isReadOnly(row: IDataObject, name: string, isPipeline: boolean): boolean {
	if (row.is_read_only === true) return true;
	if (isObject(row.access) && row.access.edit === false) return true;
	// A custom field of the same name belongs to the user.
	if (row.is_default === false) return false;
	// A record is moved by a request of its own (`PATCH …/move`), not by writing its stage.
	return WRITTEN_BY_KIZEN.has(name) || isStage({ isPipeline }, { name, isDefault: true });
}

/** Tells whether a field is the stage of a pipeline's records. */
export function isStage(
	{ isPipeline }: Pick<ObjectSchema, 'isPipeline'>,
	{ name, isDefault }: Pick<Field, 'name' | 'isDefault'>,
): boolean {
	return isPipeline && isDefault && name === 'stage';
}

function holdsSeveral(row: IDataObject, type: FieldType, relation: IDataObject): boolean {
	if (ALWAYS_SEVERAL.has(type)) return true;
	for (const kind of [relation.cardinality, relation.relation_type]) {
		const several = typeof kind === 'string' ? RELATES_TO_SEVERAL.get(kind) : undefined;
		if (several !== undefined) return several;
	}
	return isObject(row.properties) && row.properties.allow_multiple === true;
}

function currencyOf(options: unknown): string | undefined {
	if (!isObject(options)) return undefined;
	const { currency } = options;
	return isObject(currency) ? textOf(currency.code) : textOf(currency);
}

/** `{min_value, max_value}` of ratings and decimals (kizen/builder-cli, field spec). */
function boundsOf(row: IDataObject): Pick<Field, 'minimum' | 'maximum'> {
	const holder = [row.rating, row.decimal_options].find(isObject) ?? {};
	return {
		...(typeof holder.min_value === 'number' && { minimum: holder.min_value }),
		...(typeof holder.max_value === 'number' && { maximum: holder.max_value }),
	};
}

function readFieldOption(row: IDataObject): FieldOption {
	const id = scalar(row.id);
	const code = scalar(row.code);
	return { id, code, label: scalar(row.name) || code || id };
}

function scalar(value: unknown): string {
	return typeof value === 'number' ? String(value) : (textOf(value) ?? '');
}

/** Lists come bare or in a page. */
function rowsIn(response: unknown): IDataObject[] {
	const rows = isObject(response) ? own(response, 'results') : response;
	return Array.isArray(rows) ? rows.filter(isObject) : [];
}
