/** What a Kizen business is made of; names and keys are those of Kizen's JSON. */

/** The 24 field types of Kizen's OpenAPI document. */
export const fieldTypeNames = [
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
] as const;

export type FieldTypeName = (typeof fieldTypeNames)[number];

export interface Option {
	id: string;
	code: string;
	name: string;
	order: number;
	meta: Record<string, unknown>;
}

export type RelationType =
	| 'one_to_one'
	| 'primary'
	| 'primary_for'
	| 'additional'
	| 'additional_for';

export type Cardinality = 'one_to_one' | 'many_to_one' | 'one_to_many' | 'many_to_many';

export interface Relation {
	related_field: string;
	related_object: string;
	related_category: string;
	related_name: string;
	related_object_name: string;
	related_object_object_name: string;
	related_entity_name: string;
	relation_type: RelationType;
	cardinality: Cardinality;
	fetch_url: string;
	rollup_timeline: boolean;
	rollup_leadsources: boolean;
	inverse_relation_rollup_timeline: boolean;
	inverse_relation_rollup_leadsources: boolean;
	inverse_relation_suppressed: boolean;
	related_object_default_on_activities: boolean;
}

/** A field as `GET /api/custom-objects/{id}/fields` answers it. */
export interface Field {
	id: string;
	name: string;
	category: string;
	display_name: string;
	is_default: boolean;
	field_type: FieldTypeName;
	is_required: boolean;
	is_read_only: boolean;
	is_hidden: boolean;
	is_deletable: boolean;
	is_hideable: boolean;
	is_suppressed: boolean;
	allows_nulls: boolean;
	allows_empty: boolean;
	order: number;
	meta: Record<string, unknown>;
	description: string;
	description_visibility: string;
	properties: {
		allow_options: boolean;
		allow_multiple: boolean;
		allow_relations: boolean;
		allow_add: boolean;
		type: string;
		target_column: string;
	};
	options: Option[];
	relation: Relation | null;
	rating: { max: number } | null;
	phonenumber_options: { default_region: string } | null;
	money_options: { currency: string } | null;
	decimal_options: { places: number } | null;
	deleted: boolean;
	access: { view: boolean; edit: boolean };
	ui_default_value: null;
	allow_on_forms: boolean;
}

export interface Stage {
	id: string;
	name: string;
	status: 'open' | 'won' | 'lost' | 'disqualified';
	order: number;
	percentage_chance_to_close: number;
}

export interface Access {
	view: boolean;
	edit: boolean;
	remove: boolean;
}

export interface Employee {
	id: string;
	user_id: string;
	first_name: string;
	last_name: string;
	email: string;
	account_type: string;
	deleted: boolean;
	roles: Array<{ id: string; name: string }>;
}

export interface Tag {
	id: string;
	name: string;
}

export interface FileInfo {
	id: string;
	name: string;
	content_type: string;
}

/**
 * A value at rest: text, number, boolean; the id of an option, member, record or file; or a list
 * of such ids. Dates are YYYY-MM-DD, instants ISO 8601 in UTC.
 */
export type Stored = string | number | boolean | string[];

export interface Row {
	id: string;
	object: KizenObject;
	archived: boolean;
	/** Rises with every archiving, so that the latest can be told. */
	archivedAt: number;
	created: string;
	updated: string;
	/** By field id, so that renaming a field loses nothing. */
	values: Map<string, Stored>;
	/** What it was before its latest writes, oldest first, for a search that lags behind. */
	past: PastState[];
}

export interface PastState {
	/** When it was written anew, in milliseconds since 1970. */
	until: number;
	/** Undefined for the time before the record existed. */
	row: Row | undefined;
}

export interface FilterGroup {
	id: string;
	name: string;
	query: unknown;
}

export interface KizenObject {
	id: string;
	name: string;
	object_name: string;
	entity_name: string;
	object_type: 'standard' | 'pipeline';
	is_custom: boolean;
	description: string;
	created: string;
	access: Access;
	/** Whether active records may share a name; undefined leaves it to the switch. */
	uniqueName: boolean | undefined;
	categories: Array<{ id: string; name: string; order: number; meta: Record<string, unknown> }>;
	fields: Field[];
	stages: Stage[];
	tags: Map<string, Tag[]>;
	groups: FilterGroup[];
	rows: Row[];
}

/** The api name of the field that identifies a record: email for contacts, name elsewhere. */
export function identifierOf(object: KizenObject): 'email' | 'name' {
	return object.name === 'client_client' ? 'email' : 'name';
}

export function fieldNamed(object: KizenObject, name: string): Field | undefined {
	return object.fields.find((field) => field.name === name && !field.deleted);
}

export function fieldWithId(object: KizenObject, id: string): Field | undefined {
	return object.fields.find((field) => field.id === id && !field.deleted);
}

/** Whether the field holds a list. */
export function holdsMany(field: Field): boolean {
	if (field.relation === null) return field.properties.allow_multiple;
	return field.relation.cardinality.endsWith('_to_many');
}
