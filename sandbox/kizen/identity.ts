import type { Change, Write } from './entries';
import { fieldTypes } from './fieldTypes';
import { fieldNamed, identifierOf, type KizenObject, type Row } from './model';
import { Envelope, keyed, KizenError, ValueError, worded } from './errors';
import type { Switches } from './switches';
import type { World } from './world';

/** The active record that a lookup value means to upsert. */
export function activeMatch(world: World, object: KizenObject, text: string): Row | undefined {
	return world.business.withIdentity(object, text).find((row) => !row.archived);
}

export function identityChange({ object, changes }: Write): Change | undefined {
	return changes.filter(({ field }) => field.name === identifierOf(object)).at(-1);
}

export function identityOf(write: Write): string {
	return String(identityChange(write)?.next(undefined) ?? '');
}

/** What a name or email among the fields means when it is not the lookup value. */
export function settleIdentity(world: World, write: Write, lookup: string): void {
	const change = identityChange(write);
	if (change === undefined || world.switches.upsertRename === 'renames') return;
	if (identityOf(write).toLowerCase() === lookup.toLowerCase()) return;
	if (world.switches.upsertRename === 'ignored') {
		write.changes = write.changes.filter((each) => each !== change);
		return;
	}
	const message = 'This value must be the lookup value.';
	write.envelope.add({ message, code: 'invalid' }, { index: change.index, key: 'value' });
	write.envelope.close();
}

/** Kizen adds the lookup field itself when it is not among the fields (app-engine docs). */
export function injectIdentity(world: World, write: Write, lookup: string): void {
	if (identityChange(write) !== undefined) return;
	const field = fieldNamed(write.object, identifierOf(write.object));
	if (field === undefined) return;
	try {
		const place = { ...world, object: write.object, field };
		const stored = fieldTypes[field.field_type].write(lookup, place);
		write.changes.push({ field, index: -1, next: () => stored });
	} catch (error) {
		if (error instanceof ValueError) throw keyed(world.switches, 'lookup_value', error.problem);
		throw error;
	}
}

export function isUnique(world: World, object: KizenObject): boolean {
	if (object.name === 'client_client') return true;
	return object.uniqueName ?? world.switches.activeDuplicates === 'refused';
}

/** The archived record that holds the name or email; the latest archived of several. */
export function archivedMatch(world: World, object: KizenObject, text: string): Row | undefined {
	const exact = world.switches.archivedMatch === 'exact';
	return world.business
		.withIdentity(object, text)
		.filter((row) => row.archived && (!exact || world.business.identity(row) === text))
		.sort((a, b) => b.archivedAt - a.archivedAt)[0];
}

export function duplicate(
	world: World,
	object: KizenObject,
	envelope: Envelope,
	change?: Change,
): KizenError {
	const code = world.switches.duplicateCode;
	const message = alreadyExists(identifierOf(object));
	envelope.add({ message, code }, position(change));
	return new KizenError(world.switches.duplicateStatus, envelope.body());
}

function alreadyExists(by: string): string {
	return `A record with this ${by} already exists.`;
}

function position(change: Change | undefined): { index: number; key: string } | undefined {
	return change && change.index >= 0 ? { index: change.index, key: 'value' } : undefined;
}

/** The answer to an archived match under "prompt". No source shows it: all of it is a guess. */
export function archiveConflict(world: World, write: Write, archived: Row): KizenError {
	const { switches, business } = world;
	const by = identifierOf(write.object);
	const message = {
		archived: `An archived record with this ${by} exists.`,
		'as a duplicate': alreadyExists(by),
	}[switches.conflictWording];
	const problem = {
		message,
		code: switches.conflictCode,
	};
	const said = worded(switches, problem);
	const positional = (change?: Change) => {
		write.envelope.add(problem, position(change));
		return write.envelope.body();
	};
	const bodies: Record<Switches['conflictBody'], () => object> = {
		positional: () => positional(identityChange(write)),
		non_field_errors: () => positional(),
		detail: () => ({ detail: problem.message, code: problem.code }),
		errors: () => ({ errors: [said] }),
		list: () => [said],
		keyed: () => ({ [by]: [said] }),
	};
	const extra = {
		no: {},
		id: { archived_record_id: archived.id },
		record: { archived_record: { id: archived.id, name: business.displayName(archived) } },
	}[switches.conflictNamesRecord];
	const body = bodies[switches.conflictBody]();
	const whole = Array.isArray(body) ? body : { ...body, ...extra };
	return new KizenError(switches.conflictStatus, whole);
}

/** Gives an archived record another name or email, so that its own is free again. */
export function displace(world: World, archived: Row): void {
	const field = fieldNamed(archived.object, identifierOf(archived.object));
	if (field === undefined) return;
	const mark = archived.id.slice(0, 8);
	const identity = world.business.identity(archived);
	const [local, host] = identity.split('@');
	const displaced =
		field.field_type === 'email' ? `${local}+archived-${mark}@${host}` : `${identity}_${mark}`;
	world.business.set(archived, field, displaced);
}
