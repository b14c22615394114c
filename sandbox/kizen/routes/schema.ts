import { currencies } from '../fieldTypes';
import { answeredField } from '../inspection';
import type { KizenObject } from '../model';
import { page } from '../paging';
import { notFound } from '../errors';
import { contactsOf, objectByUuid, objectOf, ok, type Call, type Routes } from './route';

/** Objects, fields, tags and stages. */
export const schemaRoutes: Routes = {
	'GET /api/custom-objects': (call) => {
		const { world, query } = call;
		const customOnly = query.custom_only?.toLowerCase() !== 'false';
		const search = query.search?.toLowerCase() ?? '';
		const found = world.business.objects.filter(
			(object) =>
				object.access.view &&
				(!customOnly || object.is_custom) &&
				(query.object_type === undefined || object.object_type === query.object_type) &&
				(query.name === undefined || object.name === query.name) &&
				`${object.name}\n${object.object_name}\n${object.entity_name}`
					.toLowerCase()
					.includes(search),
		);
		const listed = ordered(found, query.ordering).map((object) => summary(call, object));
		return ok({ ...page(world, call, listed), access: { edit: true } });
	},

	'GET /api/custom-objects/:object': (call) => {
		const object = objectOf(call);
		return ok({
			...summary(call, object),
			number_of_records: object.rows.filter(({ archived }) => !archived).length,
			entity_access: object.access,
			record_layouts: [],
			related_objects: object.fields
				.filter(({ relation, deleted }) => relation !== null && !deleted)
				.map(({ id, relation }) => ({ field_id: id, id: relation?.related_object })),
			browser_js_actions: [],
			browser_route_scripts: [],
			custom_actions: [],
		});
	},

	'GET /api/custom-objects/:object/fields': (call) =>
		ok(
			objectByUuid(call)
				.fields.filter(({ access }) => access.view)
				.map((field) => answeredField(call.world, field)),
		),

	'GET /api/custom-objects/:object/categories': (call) => ok(objectByUuid(call).categories),

	'GET /api/custom-objects/:object/filter-groups': (call) =>
		ok(page(call.world, call, objectByUuid(call).groups)),

	'GET /api/pipelines/:object/stages': (call) => {
		const object = objectOf(call);
		if (object.id !== call.params.object || object.object_type !== 'pipeline') throw notFound();
		const paged = call.world.switches.listShape === 'paged';
		return ok(paged ? page(call.world, call, object.stages) : object.stages);
	},

	'GET /api/pipelines/:object/fields/:field/tags': (call) => tags(call, objectByUuid(call)),

	'GET /api/client/fields/:field/tags': (call) => tags(call, contactsOf(call.world.business)),

	'GET /api/client/custom-object': (call) => {
		const contacts = contactsOf(call.world.business);
		const kept = contacts.fields.map((field) => [field.name, { id: field.id }]);
		return ok({ ...summary(call, contacts), undeletable_fields: Object.fromEntries(kept) });
	},

	'GET /api/constants/currencies': () => ok(currencies),
};

/** An object as the list answers it: the key set of Kizen's OpenAPI document. */
function summary({ world }: Call, object: KizenObject): Record<string, unknown> {
	const { id, first_name, last_name, email } = world.business.me;
	return {
		id: object.id,
		name: object.name,
		object_name: object.object_name,
		entity_name: object.entity_name,
		object_type: object.object_type,
		fetch_url: 'standard',
		is_custom: object.is_custom,
		description: object.description,
		created: object.created,
		owner: { id, first_name, last_name, email },
		access: object.access,
		allow_relations: true,
		association_source: 'direct',
		default_on_activities: true,
		has_commerce_data: false,
		rollup_related_leadsources: false,
		track_entity_value: object.object_type === 'pipeline',
		include_percentage_to_close: object.object_type === 'pipeline',
		use_ai_to_update_percentage: false,
		ai_confidence_threshold: '0.80',
		allow_on_forms: true,
		default_color: '#085BEE',
		default_icon: 'bars-light',
	};
}

function tags(call: Call, object: KizenObject) {
	const list = object.tags.get(call.params.field);
	if (list === undefined) throw notFound();
	const search = call.query.search?.toLowerCase() ?? '';
	const found = list.filter(({ name }) => name.toLowerCase().includes(search));
	if (call.query.ordering) found.sort((a, b) => a.name.localeCompare(b.name));
	return ok(page(call.world, call, found));
}

const orderings = ['name', 'object_name', 'entity_name', 'created'] as const;

function ordered(objects: KizenObject[], ordering = ''): KizenObject[] {
	const key = orderings.find((each) => each === ordering.replace(/^-/, ''));
	if (key === undefined) return objects;
	const sign = ordering.startsWith('-') ? -1 : 1;
	return [...objects].sort((a, b) => sign * a[key].localeCompare(b[key]));
}
