import { uuidFor } from './ids';
import type {
	Access,
	Cardinality,
	Field,
	FieldTypeName,
	KizenObject,
	Option,
	Relation,
	RelationType,
	Stage,
	Tag,
} from './model';
import zones from './captured/object-contacts.json';

export type OptionDefinition =
	| string
	| { name: string; code?: string; id?: string; color?: string };

export interface RelationDefinition {
	/** Api name of the related object. */
	object: string;
	/** Default primary (one) */
	type?: RelationType;
	/** Id of the field on the other side, when the two mirror each other. */
	mirrors?: string;
	/** Label of this relation as seen from the other side. */
	label?: string;
}

export interface FieldDefinition {
	name: string;
	field_type: FieldTypeName;
	display_name?: string;
	id?: string;
	description?: string;
	is_default?: boolean;
	is_required?: boolean;
	is_read_only?: boolean;
	is_hidden?: boolean;
	deleted?: boolean;
	allows_nulls?: boolean;
	allows_empty?: boolean;
	is_markdown?: boolean;
	/** Inline options, of the types that have them. */
	options?: OptionDefinition[];
	/** The tags of a dynamictags field, which are not inline. */
	tags?: string[];
	relation?: RelationDefinition;
	currency?: string;
	/** Highest rating, 5 or 10. */
	rating?: number;
	access?: Partial<Field['access']>;
}

export interface ObjectDefinition {
	/** Api name. */
	name: string;
	id?: string;
	/** Plural and singular display name. */
	object_name?: string;
	entity_name?: string;
	object_type?: 'standard' | 'pipeline';
	is_custom?: boolean;
	description?: string;
	access?: Partial<Access>;
	uniqueName?: boolean;
	/** False for an object that brings all of its fields itself, such as contacts. */
	defaultFields?: boolean;
	fields?: FieldDefinition[];
	stages?: Array<Pick<Stage, 'name' | 'status'> & { percentage_chance_to_close?: number }>;
}

interface TypeShape {
	/** `properties.type` and `target_column`; captured for date and datetime, else a guess. */
	column: string;
	options?: true;
	multiple?: true;
	defaults?: OptionDefinition[];
}

const yesNoMaybe = ['Yes', 'No', 'Maybe'].map((name) => ({ name, code: name.toLowerCase() }));

const shapes: Record<FieldTypeName, TypeShape> = {
	checkbox: { column: 'boolean' },
	checkboxes: { column: 'options', options: true, multiple: true },
	choices: { column: 'option', options: true },
	date: { column: 'date' },
	datetime: { column: 'dttm' },
	decimal: { column: 'decimal' },
	dropdown: { column: 'option', options: true },
	dynamictags: { column: 'options', options: true, multiple: true },
	email: { column: 'email' },
	files: { column: 'files', multiple: true },
	integer: { column: 'integer' },
	longtext: { column: 'longtext' },
	money: { column: 'money' },
	phonenumber: { column: 'phonenumber' },
	radio: { column: 'option', options: true },
	rating: { column: 'integer', options: true },
	relationship: { column: 'relation' },
	selector: { column: 'option', options: true },
	status: { column: 'option', options: true },
	team_selector: { column: 'employee' },
	text: { column: 'text' },
	timezone: { column: 'timezone', options: true },
	wysiwyg: { column: 'longtext' },
	yesnomaybe: { column: 'option', options: true, defaults: yesNoMaybe },
};

const cardinalities: Record<RelationType, Cardinality> = {
	one_to_one: 'one_to_one',
	primary: 'many_to_one',
	primary_for: 'one_to_many',
	additional: 'many_to_many',
	additional_for: 'many_to_many',
};

/** The default fields of every custom object, as captured on `tax_lot` (kizen/builder-cli). */
function defaultFields(entityName: string): FieldDefinition[] {
	const common = { is_default: true } as const;
	return [
		{
			...common,
			name: 'name',
			display_name: `${entityName} Name`,
			field_type: 'text',
			is_required: true,
			allows_nulls: false,
		},
		{ ...common, name: 'created', display_name: 'Date Created', field_type: 'datetime' },
		{
			...common,
			name: 'owner',
			display_name: 'Owner',
			field_type: 'team_selector',
			is_required: true,
			allows_nulls: false,
		},
		{ ...common, name: 'updated', display_name: 'Last Modified', field_type: 'datetime' },
		{ ...common, name: 'display_name', display_name: 'Display Name', field_type: 'text' },
	];
}

/** The further default fields of pipelines (developer docs, objects). */
const pipelineFields: FieldDefinition[] = [
	{ name: 'entity_value', display_name: 'Value', field_type: 'money', is_default: true },
	{
		name: 'stage',
		display_name: 'Stage',
		field_type: 'dropdown',
		is_default: true,
		is_required: true,
		allows_nulls: false,
	},
	{
		name: 'estimated_close_date',
		display_name: 'Estimated Close Date',
		field_type: 'date',
		is_default: true,
	},
	{
		name: 'actual_close_date',
		display_name: 'Actual Close Date',
		field_type: 'datetime',
		is_default: true,
	},
	{
		name: 'percentage_chance_to_close',
		display_name: 'Percentage Chance to Close',
		field_type: 'integer',
		is_default: true,
	},
];

/** Fields that Kizen writes itself, marked read-only or not. */
export const systemFields: readonly string[] = [
	'created',
	'updated',
	'display_name',
	'actual_close_date',
];

/** Finds objects by api name, for relations. */
export type FindObject = (name: string) => KizenObject | undefined;

/** An object of Kizen without records. The object may relate to itself. */
export function buildObject(definition: ObjectDefinition, find: FindObject): KizenObject {
	const { name } = definition;
	const entityName = definition.entity_name ?? name;
	const id = definition.id ?? uuidFor(`object ${name}`);
	const object: KizenObject = {
		id,
		name,
		object_name: definition.object_name ?? `${entityName}s`,
		entity_name: entityName,
		object_type: definition.object_type ?? 'standard',
		is_custom: definition.is_custom ?? true,
		description: definition.description ?? '',
		created: '2025-01-06T15:00:00.000Z',
		access: { view: true, edit: true, remove: true, ...definition.access },
		uniqueName: definition.uniqueName,
		categories: [{ id: uuidFor(`category ${id}`), name: `${entityName} Info`, order: 0, meta: {} }],
		fields: [],
		stages: [],
		tags: new Map(),
		groups: [],
		rows: [],
	};
	object.stages = (definition.stages ?? []).map((stage, order) => ({
		id: uuidFor(`stage ${id} ${stage.name}`),
		name: stage.name,
		status: stage.status,
		order,
		percentage_chance_to_close: stage.percentage_chance_to_close ?? 0,
	}));
	const own = definition.fields ?? [];
	const given = definition.defaultFields === false ? [] : defaultFields(entityName);
	if (object.object_type === 'pipeline') given.push(...pipelineFields);
	const taken = new Set(own.map((field) => field.name));
	for (const field of [...given.filter((each) => !taken.has(each.name)), ...own]) {
		addField(object, field, find);
	}
	return object;
}

/** Appends a field, and its tags. */
export function addField(
	object: KizenObject,
	definition: FieldDefinition,
	find: FindObject,
): Field {
	const { name, field_type: type } = definition;
	const shape = shapes[type];
	const id = definition.id ?? uuidFor(`field ${object.id} ${name}`);
	const isStage = name === 'stage' && object.stages.length > 0;
	const field: Field = {
		id,
		name,
		category: object.categories[0].id,
		display_name: definition.display_name ?? name,
		is_default: definition.is_default ?? false,
		field_type: type,
		is_required: definition.is_required ?? false,
		is_read_only: definition.is_read_only ?? false,
		is_hidden: definition.is_hidden ?? false,
		is_deletable: !definition.is_default,
		is_hideable: !definition.is_default,
		is_suppressed: false,
		allows_nulls: definition.allows_nulls ?? !definition.is_required,
		allows_empty: definition.allows_empty ?? false,
		order: object.fields.length,
		meta: definition.is_markdown === undefined ? {} : { is_markdown: definition.is_markdown },
		description: definition.description ?? '',
		description_visibility: 'all',
		properties: {
			allow_options: shape.options ?? false,
			allow_multiple: shape.multiple ?? false,
			allow_relations: type === 'relationship',
			allow_add: type === 'dynamictags',
			type: shape.column,
			target_column: `value_${shape.column}`,
		},
		options: isStage ? stageOptions(object.stages) : optionsOf(id, definition),
		relation: definition.relation ? relationOf(object, definition.relation, find) : null,
		rating: type === 'rating' ? { max: definition.rating ?? 5 } : null,
		phonenumber_options: type === 'phonenumber' ? { default_region: 'US' } : null,
		money_options: type === 'money' ? { currency: definition.currency ?? 'USD' } : null,
		decimal_options: type === 'decimal' ? { places: 2 } : null,
		deleted: definition.deleted ?? false,
		access: { view: true, edit: true, ...definition.access },
		ui_default_value: null,
		allow_on_forms: true,
	};
	object.fields.push(field);
	if (type === 'dynamictags') object.tags.set(id, tagsOf(id, definition.tags ?? []));
	return field;
}

/** Changes a field in place; options and tags of an unchanged name keep their ids. */
export function changeField(
	object: KizenObject,
	field: Field,
	change: Partial<FieldDefinition> & { renamedOptions?: Record<string, string> },
	find: FindObject,
): void {
	const { options, tags, relation, renamedOptions, currency, rating, access, ...plain } = change;
	const { is_markdown: isMarkdown, ...flags } = plain;
	Object.assign(field, flags);
	Object.assign(field.access, access);
	if (isMarkdown !== undefined) field.meta.is_markdown = isMarkdown;
	if (flags.is_required !== undefined && flags.allows_nulls === undefined) {
		field.allows_nulls = !flags.is_required;
	}
	if (options) {
		const old = new Map(field.options.map((option) => [option.name, option.id]));
		field.options = optionsOf(field.id, { ...change, name: '', field_type: field.field_type });
		for (const option of field.options) option.id = old.get(option.name) ?? option.id;
	}
	for (const option of [...field.options, ...(object.tags.get(field.id) ?? [])]) {
		option.name = renamedOptions?.[option.name] ?? option.name;
	}
	if (tags) object.tags.set(field.id, tagsOf(field.id, tags));
	if (relation) field.relation = relationOf(object, relation, find);
	if (currency) field.money_options = { currency };
	if (rating) field.rating = { max: rating };
}

function optionsOf(fieldId: string, definition: FieldDefinition): Option[] {
	const { field_type: type, rating = 5 } = definition;
	if (type === 'timezone' && definition.options === undefined) return zoneOptions();
	const ratings = Array.from({ length: rating }, (_, n) => String(n + 1));
	const given: OptionDefinition[] =
		definition.options ??
		(type === 'rating'
			? ratings.map((name) => ({ name, code: name }))
			: (shapes[type].defaults ?? []));
	return given.map((each, order) => {
		const option = typeof each === 'string' ? { name: each } : each;
		return {
			id: option.id ?? uuidFor(`option ${fieldId} ${option.name}`),
			// The code is mostly empty; radios repeat the label (captured fixtures, kizen/builder-cli).
			code: option.code ?? (type === 'radio' ? option.name : ''),
			name: option.name,
			order,
			meta: option.color === undefined ? {} : { color: option.color },
		};
	});
}

/** The captured time zones: their id is the IANA name, their label has blanks for underscores. */
function zoneOptions(): Option[] {
	const captured = zones.fields.find((field) => field.api_name === 'timezone')?.options ?? [];
	return captured.map((option, order) => ({ ...option, order, meta: {} }));
}

function stageOptions(stages: Stage[]): Option[] {
	return stages.map(({ id, name, order }) => ({ id, code: '', name, order, meta: {} }));
}

function tagsOf(fieldId: string, names: string[]): Tag[] {
	return names.map((name) => ({ id: uuidFor(`tag ${fieldId} ${name}`), name }));
}

function relationOf(self: KizenObject, given: RelationDefinition, find: FindObject): Relation {
	const related = given.object === self.name ? self : find(given.object);
	const type = given.type ?? 'primary';
	const named = related ?? {
		id: uuidFor(`object ${given.object}`),
		object_name: given.object,
		entity_name: given.object,
	};
	return {
		related_field: given.mirrors ?? uuidFor(`inverse ${self.id} ${given.object} ${type}`),
		related_object: named.id,
		related_category: related?.categories[0].id ?? uuidFor(`category ${named.id}`),
		related_name: given.label ?? self.object_name,
		related_object_name: named.object_name,
		related_object_object_name: given.object,
		related_entity_name: named.entity_name,
		relation_type: type,
		cardinality: cardinalities[type],
		fetch_url: 'standard',
		rollup_timeline: true,
		rollup_leadsources: true,
		inverse_relation_rollup_timeline: true,
		inverse_relation_rollup_leadsources: true,
		inverse_relation_suppressed: false,
		related_object_default_on_activities: true,
	};
}
