import type { AddressInfo } from 'node:net';

import { addControl } from './control';
import { FaultInjector, noFaults, type Faults } from './faults';
import { changeRecord, findRow, putRecord, storedRecord, type StoredRecord } from './inspection';
import type { Access, Employee, Field, FileInfo, KizenObject, Stage } from './model';
import { northwind } from './northwind';
import {
	addField,
	buildObject,
	changeField,
	type FieldDefinition,
	type ObjectDefinition,
} from './schema';
import { buildServer, type LoggedRequest, type Running } from './server';
import { defaultSwitches, type Switches } from './switches';
import { stampNow } from './times';

export type { Fault, FaultRule, Faults } from './faults';
export type { StoredRecord } from './inspection';
export type { FieldDefinition, ObjectDefinition } from './schema';
export type { LoggedRequest } from './server';
export { switchTable, type SwitchName, type Switches } from './switches';

export interface KizenOptions {
	/** 0, the default, takes any free port. */
	port?: number;
	switches?: Partial<Switches>;
	faults?: Partial<Faults>;
	/** 'business' (default) has records; 'empty' has contacts and companies without any. */
	seed?: 'business' | 'empty';
}

/** What of a field changes; options and tags that keep their label keep their id. */
export type FieldChange = Partial<FieldDefinition> & {
	/** Old label to new label: the option keeps its id. */
	renamedOptions?: Record<string, string>;
};

export interface BulkRow {
	id?: string;
	/** As for `add`. */
	values?: Record<string, unknown>;
}

export interface ObjectSummary {
	id: string;
	/** Api name. */
	name: string;
	object_name: string;
	object_type: 'standard' | 'pipeline';
	/** What the API key may do with it. */
	access: Access;
	/** Active records. */
	records: number;
}

/** A running embedded Kizen. `switches`, `faults`, `log` and `inFlight` are live. */
export interface EmbeddedKizen {
	/** `http://127.0.0.1:PORT`, without a slash at its end. */
	readonly url: string;
	/** The data of an n8n credential that this Kizen lets in. */
	readonly credential: {
		environment: 'custom';
		baseUrl: string;
		apiKey: string;
		businessId: string;
		userId: string;
	};
	readonly switches: Switches;
	readonly faults: Faults;
	/** Every request to Kizen, oldest first; not those to /_sandbox. */
	readonly log: LoggedRequest[];
	readonly inFlight: { now: number; most: number };

	objects(): ObjectSummary[];
	/** An object with all of its ids. Throws when there is not one of this api name or id. */
	object(object: string): Pick<KizenObject, 'id' | 'name' | 'stages' | 'groups'> & {
		fields: Field[];
		/** A field by api name. Throws when the object has none. */
		field(apiName: string): Field;
		stage(name: string): Stage;
		/** The id of a tag of a dynamictags field. */
		tag(apiName: string, tag: string): string;
	};
	readonly team: readonly Employee[];
	readonly files: readonly FileInfo[];

	/** A record by id, by name, or a contact by email; active ones first. */
	find(
		object: string,
		where: { id?: string; name?: string; email?: string },
	): StoredRecord | undefined;
	/** All records, archived ones included, oldest first. */
	all(object: string): StoredRecord[];
	/**
	 * Puts a record in place, past all rules of the API. Values by api name: options, stages and
	 * tags by label or id, related records by name or id, members by full name or id.
	 */
	add(
		object: string,
		values: Record<string, unknown>,
		options?: { archived?: boolean },
	): StoredRecord;
	/** Adds records, and changes those with an `id`, as one bulk write does, past all rules of the API. */
	bulk(object: string, rows: BulkRow[]): StoredRecord[];
	addObject(definition: ObjectDefinition): void;
	addField(object: string, definition: FieldDefinition): Field;
	/** Changes a field as an admin would; null takes it away altogether. */
	changeField(object: string, apiName: string, change: FieldChange | null): void;

	/** Data, log, counters, faults and switches go back to how they started. */
	reset(): void;
	/** Closes the server and all its connections at once. */
	stop(): Promise<void>;
}

/** Says what it is, so that nobody takes it for a secret. */
const apiKey = 'embedded-kizen-example-key';

/** Starts an embedded Kizen on 127.0.0.1. */
export async function startKizen(options: KizenOptions = {}): Promise<EmbeddedKizen> {
	const seed = options.seed ?? 'business';
	const initial = () => ({
		business: northwind(seed),
		switches: { ...defaultSwitches(), ...structuredClone(options.switches ?? {}) },
		faults: { ...noFaults(), ...structuredClone(options.faults ?? {}) },
	});
	const { business, switches, faults } = initial();
	const running: Running = {
		world: { business, switches },
		apiKey,
		faults,
		injector: new FaultInjector(faults),
		log: [],
		inFlight: { now: 0, most: 0 },
	};
	const { world } = running;
	const app = buildServer(running);

	const named = (object: string) => {
		const found = world.business.object(object);
		if (found === undefined) throw new Error(`There is no object "${object}".`);
		return found;
	};
	const lookUp = (name: string) => world.business.object(name);
	const fieldOf = (object: KizenObject, apiName: string) => {
		const found = object.fields.find(({ name }) => name === apiName);
		if (found === undefined) throw new Error(`${object.name} has no field "${apiName}".`);
		return found;
	};
	let url = '';

	const kizen: EmbeddedKizen = {
		get url() {
			return url;
		},
		get credential() {
			const { id, user_id: user } = world.business.me;
			return {
				environment: 'custom',
				baseUrl: url,
				apiKey,
				businessId: world.business.id,
				userId: world.switches.userIdIs === 'employee' ? id : user,
			} as const;
		},
		switches,
		faults,
		log: running.log,
		inFlight: running.inFlight,

		objects: () =>
			world.business.objects.map(({ id, name, object_name, object_type, access, rows }) => {
				const records = rows.filter(({ archived }) => !archived).length;
				return { id, name, object_name, object_type, access, records };
			}),
		object(identifier) {
			const object = named(identifier);
			const { id, name, fields, stages, groups } = object;
			return {
				id,
				name,
				fields,
				stages,
				groups,
				field: (apiName) => fieldOf(object, apiName),
				stage: (label) => found(stages, label),
				tag: (apiName, label) =>
					found(object.tags.get(fieldOf(object, apiName).id) ?? [], label).id,
			};
		},
		get team() {
			return world.business.team;
		},
		get files() {
			return [...world.business.files.values()];
		},

		find(object, where) {
			const row = findRow(world, named(object), where);
			return row && storedRecord(world, row);
		},
		all: (object) => named(object).rows.map((row) => storedRecord(world, row)),
		add: (object, values, how) => storedRecord(world, putRecord(world, named(object), values, how)),
		bulk(object, rows) {
			const stamp = stampNow(world.switches);
			return rows.map(({ id, values = {} }) => {
				const at = world.switches.bulkStamp === 'one for all' ? stamp : stampNow(world.switches);
				if (id === undefined) {
					return storedRecord(world, putRecord(world, named(object), values, { at }));
				}
				const held = world.business.row(id);
				if (held?.object !== named(object)) throw new Error(`${object} has no record "${id}".`);
				changeRecord(world, held, values, at);
				return storedRecord(world, held);
			});
		},
		addObject(definition) {
			world.business.objects.push(buildObject(definition, lookUp));
		},
		addField: (object, definition) => addField(named(object), definition, lookUp),
		changeField(object, apiName, change) {
			const owner = named(object);
			const field = fieldOf(owner, apiName);
			if (change) changeField(owner, field, change, lookUp);
			else owner.fields.splice(owner.fields.indexOf(field), 1);
		},

		reset() {
			const fresh = initial();
			world.business = fresh.business;
			Object.assign(switches, fresh.switches);
			Object.assign(faults, fresh.faults);
			running.injector.restart();
			running.log.length = 0;
			running.inFlight.most = running.inFlight.now;
		},
		async stop() {
			app.server.closeAllConnections();
			await app.close();
		},
	};

	addControl(app, kizen);
	await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
	url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
	return kizen;
}

function found<T extends { name: string }>(list: readonly T[], label: string): T {
	const match = list.find(({ name }) => name === label);
	if (match === undefined) throw new Error(`There is no "${label}".`);
	return match;
}
