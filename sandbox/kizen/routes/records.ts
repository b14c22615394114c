import { relatedRead } from '../fieldTypes';
import { fieldNamed, fieldWithId, identifierOf, type Field, type KizenObject } from '../model';
import { page } from '../paging';
import { recordAnswer, shownFields } from '../reading';
import { detailed, forbidden, keyed, notFound } from '../errors';
import { searchRows } from '../search';
import {
	activeRow,
	addRecord,
	archivedOrActiveRow,
	archiveRecord,
	moveRecord,
	unarchiveRecord,
	updateRecord,
	upsertRecord,
} from '../writing';
import { csv, flag, objectOf, ok, type Call, type Route, type Routes } from './route';

const update: Route = (call) => {
	const row = activeRow(call.world, objectOf(call), call.params.record);
	return updateRecord(call.world, row, call.body, flag(call.query.return_all_fields));
};

/** Records of every object. */
export const recordRoutes: Routes = {
	'POST /api/records/:object/add': (call) => {
		const object = objectOf(call);
		const byApiName = call.params.object !== object.id;
		const refused = call.world.switches.contactsByApiName === 'refused';
		if (object.name === 'client_client' && byApiName && refused) throw forbidden();
		return addRecord(call.world, object, call.body);
	},

	'POST /api/records/:object/upsert': (call) => {
		const returnAll = flag(call.query.return_all_fields);
		return upsertRecord(call.world, objectOf(call), call.body, returnAll);
	},

	'POST /api/records/:object/search': (call) => {
		const { world, query, body } = call;
		const object = objectOf(call);
		const rows = searchRows(world, object, { query, body });
		const fields = searchedFields(call, object);
		const found = page(world, call, rows);
		const results = found.results.map((row) => recordAnswer(world, row, fields));
		return ok({ ...found, results });
	},

	/** Exact and case-sensitive, unlike the matching of upsert (app-engine docs). */
	'GET /api/records/:object/lookup': (call) => {
		const { world, query } = call;
		const object = objectOf(call);
		if (!query.identifier) {
			const problem = { message: 'This field is required.', code: 'required' };
			throw keyed(world.switches, 'identifier', problem);
		}
		const row = world.business
			.withIdentity(object, query.identifier)
			.find((each) => !each.archived && world.business.identity(each) === query.identifier);
		if (row === undefined) throw notFound();
		const record = recordAnswer(world, row, askedFields(call, object));
		return ok(world.switches.lookupShape === 'record' ? record : page(world, call, [record]));
	},

	'GET /api/records/:object/:record': (call) => {
		const object = objectOf(call);
		const row = activeRow(call.world, object, call.params.record);
		return ok(recordAnswer(call.world, row, askedFields(call, object)));
	},

	'PATCH /api/records/:object/:record': update,
	'PUT /api/records/:object/:record': update,

	'DELETE /api/records/:object/:record': (call) =>
		archiveRecord(call.world, activeRow(call.world, objectOf(call), call.params.record)),

	'PATCH /api/records/:object/:record/unarchive': (call) =>
		unarchiveRecord(
			call.world,
			archivedOrActiveRow(call.world, objectOf(call), call.params.record),
		),

	'PATCH /api/records/:object/:record/move': (call) =>
		moveRecord(call.world, activeRow(call.world, objectOf(call), call.params.record), call.body),

	/** All values of a relation that records only count; the path names no object. */
	'GET /api/records/:object/field-values/:field': (call) => {
		const { business } = call.world;
		const row = business.row(call.params.object);
		if (row === undefined || row.archived || !row.object.access.view) throw notFound();
		const field = fieldWithId(row.object, call.params.field);
		if (field === undefined) throw notFound();
		if (field.relation === null) {
			throw detailed(400, 'This field is not a relationship.', 'invalid');
		}
		const ids = [business.get(row, field) ?? []].flat();
		const related = ids
			.map((id) => business.row(String(id)))
			.filter((each) => each !== undefined && !each.archived)
			.map((each) => each && relatedRead(business, each));
		return ok(page(call.world, call, related));
	},
};

/** Which fields GET and lookup answer: all, the named ones, or only the default ones. */
function askedFields({ query }: Call, object: KizenObject): Field[] {
	const shown = shownFields(object, { hidden: flag(query.include_hidden_fields) });
	const names = csv(query.field_names);
	const ids = csv(query.field_ids);
	if ((names === undefined && ids === undefined) || flag(query.all_fields)) return shown;
	if (!names?.length && !ids?.length) return shown.filter(({ is_default }) => is_default);
	return shown.filter(({ id, name }) => names?.includes(name) || ids?.includes(id));
}

/** Which fields search answers: `[]` means none, unknown names are dropped. */
function searchedFields({ world, body }: Call, object: KizenObject): Field[] {
	const shown = shownFields(object);
	const { field_names: names, field_ids: ids } = body;
	if (Array.isArray(names) || Array.isArray(ids)) {
		const wanted = new Set([names ?? [], ids ?? []].flat().map(String));
		return shown.filter(({ id, name }) => wanted.has(name) || wanted.has(id));
	}
	if (world.switches.stageInSearch === 'always') return shown;
	const stage = object.object_type === 'pipeline' ? fieldNamed(object, 'stage') : undefined;
	return shown.filter((field) => field !== stage);
}

/** What a write holds on to while it runs; two at once on one record are a conflict. */
export function lockOf(call: Call, path: string): string | undefined {
	if (path === 'POST /api/records/:object/upsert') {
		const object = call.world.business.object(call.params.object);
		const lookup = call.body.lookup_value;
		if (object === undefined || typeof lookup !== 'string') return undefined;
		const match = call.world.business.withIdentity(object, lookup)[0];
		return match?.id ?? `${object.id} ${identifierOf(object)} ${lookup.toLowerCase()}`;
	}
	return path.includes('/:record') && !path.startsWith('GET') ? call.params.record : undefined;
}
