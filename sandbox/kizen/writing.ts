import {
	choice,
	isStage,
	lookupValue,
	readWrite,
	refuseContactsByName,
	refuseMissing,
	required,
	type Body,
	type Write,
} from './entries';
import {
	activeMatch,
	archiveConflict,
	archivedMatch,
	displace,
	duplicate,
	identityChange,
	identityOf,
	injectIdentity,
	isUnique,
	settleIdentity,
} from './identity';
import { fieldNamed, type Field, type KizenObject, type Row, type Stored } from './model';
import { keepAbsence, keepPast } from './past';
import { recordAnswer, shownFields, writeAnswer } from './reading';
import { detailed, Envelope, forbidden, keyed, notFound } from './errors';
import { kizenNow, stampNow } from './times';
import type { World } from './world';

export interface Outcome {
	status: number;
	body?: unknown;
}

const archiveModes = ['prompt', 'unarchive', 'overwrite'] as const;

/** `POST …/add`. */
export function addRecord(world: World, object: KizenObject, body: Body): Outcome {
	if (!object.access.edit) throw forbidden();
	const mode = choice(world, body, 'unarchive', archiveModes);
	if (body.fields === undefined) throw keyed(world.switches, 'fields', required);
	refuseContactsByName(world, object, body, 'add');
	const write = readWrite(world, object, body);
	const { row, action } = create(world, write, mode);
	const fields = world.switches.addFields === 'all' ? shownFields(object) : writtenFields(write);
	const said = world.switches.addAction === 'given' ? action : undefined;
	return { status: world.switches.addStatus, body: writeAnswer(world, row, fields, said) };
}

/** `POST …/upsert`: by email for contacts, by name elsewhere; the oldest match wins. */
export function upsertRecord(
	world: World,
	object: KizenObject,
	body: Body,
	returnAll: boolean,
): Outcome {
	if (!object.access.edit) throw forbidden();
	const lookup = lookupValue(world, body);
	const onCreate = choice(world, body, 'oncreate_unarchive', archiveModes);
	const onUpdate = choice(world, body, 'onupdate_archived_conflict', ['overwrite']);
	refuseContactsByName(world, object, body, 'upsert');
	const write = readWrite(world, object, body);
	settleIdentity(world, write, lookup);
	const match = activeMatch(world, object, lookup);
	if (match !== undefined) {
		update(world, match, write, onUpdate === 'overwrite');
		return answer(200, match, 'updated');
	}
	injectIdentity(world, write, lookup);
	const { row, action } = create(world, write, onCreate);
	return answer(201, row, action);

	function answer(status: number, row: Row, action: 'created' | 'updated' | 'unarchived') {
		const fields = returnAll ? shownFields(object) : writtenFields(write);
		return { status, body: writeAnswer(world, row, fields, action) };
	}
}

/** `PATCH …/{id}`, and PUT, which clients use with a few fields alike. */
export function updateRecord(world: World, row: Row, body: Body, returnAll: boolean): Outcome {
	if (!row.object.access.edit) throw forbidden();
	const conflict = choice(world, body, 'archived_conflict', ['overwrite']);
	const write = readWrite(world, row.object, body);
	update(world, row, write, conflict === 'overwrite');
	const fields = returnAll ? shownFields(row.object) : writtenFields(write);
	return { status: 200, body: writeAnswer(world, row, fields) };
}

/** `DELETE …/{id}`: archives; there is no other deletion. */
export function archiveRecord(world: World, row: Row): Outcome {
	if (!row.object.access.remove) throw forbidden();
	keepPast(world, row);
	world.business.archive(row);
	return { status: 204 };
}

/** `PATCH …/{id}/unarchive`: the same id comes back. */
export function unarchiveRecord(world: World, row: Row): Outcome {
	if (!row.object.access.edit) throw forbidden();
	if (!row.archived) throw detailed(400, 'This record is not archived.', 'invalid');
	const identity = world.business.identity(row);
	if (isUnique(world, row.object) && activeMatch(world, row.object, identity) !== undefined) {
		throw duplicate(world, row.object, new Envelope(world.switches, 0));
	}
	keepPast(world, row);
	row.archived = false;
	if (world.switches.updatedByUnarchive === 'yes') touch(world, row);
	return { status: 200, body: recordAnswer(world, row, shownFields(row.object)) };
}

/** `PATCH …/{id}/move`: puts a pipeline's record into another stage. */
export function moveRecord(world: World, row: Row, body: Body): Outcome {
	if (!row.object.access.edit) throw forbidden();
	if (row.object.object_type !== 'pipeline') throw notFound();
	if (body.stage_id === undefined) throw keyed(world.switches, 'stage_id', required);
	const stage = row.object.stages.find(({ id }) => id === body.stage_id);
	const field = fieldNamed(row.object, 'stage');
	if (stage === undefined || field === undefined) {
		const message = `Invalid pk "${String(body.stage_id)}" - object does not exist.`;
		throw keyed(world.switches, 'stage_id', { message, code: 'does_not_exist' });
	}
	keepPast(world, row);
	world.business.set(row, field, stage.id);
	stageConsequences(world, row);
	if (world.switches.updatedByMove === 'yes') touch(world, row);
	return { status: 200, body: recordAnswer(world, row, shownFields(row.object)) };
}

/** What the API key may write of a record by the record's id: archived ones are not found. */
export function activeRow(world: World, object: KizenObject, id: string): Row {
	const row = world.business.row(id);
	if (row === undefined || row.object !== object || row.archived) throw notFound();
	return row;
}

export function archivedOrActiveRow(world: World, object: KizenObject, id: string): Row {
	const row = world.business.row(id);
	if (row === undefined || row.object !== object) throw notFound();
	return row;
}

function create(
	world: World,
	write: Write,
	mode: (typeof archiveModes)[number] | undefined,
): { row: Row; action: 'created' | 'unarchived' } {
	const { object } = write;
	refuseMissing(world, write);
	const identity = identityOf(write);
	const named = identity !== '';
	if (named && isUnique(world, object) && activeMatch(world, object, identity)) {
		throw duplicate(world, object, write.envelope, identityChange(write));
	}
	const archived = named ? archivedMatch(world, object, identity) : undefined;
	const chosen = mode ?? world.switches.unarchiveOmitted;
	if (archived !== undefined && chosen === 'prompt') throw archiveConflict(world, write, archived);
	if (archived !== undefined && chosen === 'unarchive') {
		keepPast(world, archived);
		archived.archived = false;
		apply(world, archived, write);
		touch(world, archived);
		return { row: archived, action: 'unarchived' };
	}
	if (archived !== undefined && chosen === 'overwrite') {
		if (world.switches.overwrite === 'same record') {
			keepPast(world, archived);
			for (const field of object.fields) world.business.set(archived, field, undefined);
			archived.archived = false;
			return { row: filled(archived), action: 'created' };
		}
		displace(world, archived);
	}
	const inserted = filled(world.business.insert(object, stampNow(world.switches)));
	keepAbsence(world, inserted);
	return { row: inserted, action: 'created' };

	function filled(row: Row): Row {
		setDefaults(world, row);
		apply(world, row, write);
		touch(world, row);
		return row;
	}
}

function update(world: World, row: Row, write: Write, overwriteArchived: boolean): void {
	const change = identityChange(write);
	const identity = identityOf(write);
	const before = world.business.identity(row);
	if (change !== undefined && identity.toLowerCase() !== before.toLowerCase()) {
		if (isUnique(world, row.object) && activeMatch(world, row.object, identity)) {
			throw duplicate(world, row.object, write.envelope, change);
		}
		const archived = archivedMatch(world, row.object, identity);
		if (archived !== undefined && !overwriteArchived) throw archiveConflict(world, write, archived);
		if (archived !== undefined) displace(world, archived);
	}
	keepPast(world, row);
	const changed = apply(world, row, write);
	if (isUpdate(world, changed)) touch(world, row);
}

/** Whether a write of these fields, whose values it changed, sets `updated`. */
function isUpdate({ switches }: World, changed: Field[]): boolean {
	if (changed.length === 0) return switches.updatedByEqualValues === 'yes';
	const isTag = ({ field_type: type }: Field) => type === 'dynamictags';
	return switches.updatedByTags === 'yes' || !changed.every(isTag);
}

/** Writes the values and gives the fields whose value is another one now. */
function apply(world: World, row: Row, { changes }: Write): Field[] {
	const { business } = world;
	const changed = changes.flatMap(({ field, next }) => {
		const before = business.get(row, field);
		business.set(row, field, next(before));
		const after = business.get(row, field);
		if (JSON.stringify(before) === JSON.stringify(after)) return [];
		if (field.relation !== null) touchRelated(world, [before, after]);
		return [field];
	});
	if (changes.some(({ field }) => isStage(row.object, field))) stageConsequences(world, row);
	return changed;
}

/** Records that are pointed to from now on, or no longer. */
function touchRelated({ business, switches }: World, sides: Array<Stored | undefined>): void {
	if (switches.updatedByRelation === 'no') return;
	const [before, after] = sides.map((ids) => [ids ?? []].flat().map(String));
	const differ = [...before, ...after].filter((id) => before.includes(id) !== after.includes(id));
	for (const id of differ) {
		const related = business.row(id);
		if (related) touch({ switches }, related);
	}
}

/** The API user owns what it creates, and a pipeline's record starts in the first stage. */
function setDefaults(world: World, row: Row): void {
	const owner = fieldNamed(row.object, 'owner');
	const stage = fieldNamed(row.object, 'stage');
	if (owner !== undefined) world.business.set(row, owner, world.business.me.id);
	if (stage === undefined || row.object.stages.length === 0) return;
	world.business.set(row, stage, row.object.stages[0].id);
	stageConsequences(world, row);
}

/** The chance follows the stage; a closed stage dates the close, an open one removes the date. */
function stageConsequences(world: World, row: Row): void {
	const field = (name: string) => fieldNamed(row.object, name);
	const [stageField, chance, closed] = [
		field('stage'),
		field('percentage_chance_to_close'),
		field('actual_close_date'),
	];
	const held = stageField && world.business.get(row, stageField);
	const stage = row.object.stages.find(({ id }) => id === held);
	if (stage === undefined) return;
	if (chance) world.business.set(row, chance, stage.percentage_chance_to_close);
	const now = new Date(kizenNow(world.switches)).toISOString();
	if (closed) world.business.set(row, closed, stage.status === 'open' ? undefined : now);
}

function writtenFields({ object, changes }: Write): Field[] {
	const written = new Set(changes.map(({ field }) => field));
	return object.fields.filter((field) => written.has(field) || field.name === 'updated');
}

function touch({ switches }: Pick<World, 'switches'>, row: Row): void {
	row.updated = stampNow(switches);
}
