import { randomBytes } from 'node:crypto';

import { isAccepted, isDict, rowsIn, type Connection, type Received } from './connection';
import { valueIn, type LiveField, type LiveObject } from './objects';
import { sampleValue, wholeShapes, type ReferenceForm } from './samples';

export interface Entry {
	id?: string;
	name?: string;
	value: unknown;
}

/** A record that these checks made; nothing else can be changed or archived. */
export interface OwnRecord {
	readonly object: LiveObject;
	readonly id: string;
}

/** What came of a request that may have made a record. */
export interface Made {
	received: Received;
	record: OwnRecord | undefined;
}

export type ArchiveMode = 'prompt' | 'unarchive' | 'overwrite';

/**
 * The only door through which the checks write. Every record gets a name that begins with a mark of
 * this very run; only what was made here can be changed; and all of it is archived in the end.
 */
export class Workspace {
	/** No record of anybody's begins with it. */
	readonly mark = `n8n-live-${randomBytes(4).toString('hex')}`;
	private readonly made = new Map<string, OwnRecord>();
	private readonly objects = new Set<LiveObject>();
	private names = 0;
	private form: ReferenceForm = 'object';

	constructor(private readonly connection: Connection) {}

	/** A name, or for contacts an email, that nobody has. */
	freshName(object: LiveObject, what: string): string {
		const count = ++this.names;
		return object.isContacts
			? `${this.mark}-${what}-${count}@example.com`
			: `${this.mark} ${what} ${count}`;
	}

	/** The entry that names a record, by the field's id. */
	identity(object: LiveObject, name: string): Entry {
		return { id: identifierOf(object).id, value: name };
	}

	/** `POST …/add`. `entries` go out as they are, after those that the object requires. */
	async add(
		object: LiveObject,
		entries: Entry[],
		mode?: ArchiveMode,
		as: 'id' | 'name' = 'id',
	): Promise<Made> {
		const marked = entries.some(({ value }) => isMarked(value, this.mark));
		if (!marked) throw new Error('A record without the mark of this run is not made.');
		const body = { fields: this.completed(object, entries), ...(mode && { unarchive: mode }) };
		const place = as === 'id' ? object.id : object.name;
		return await this.make(object, `/records/${place}/add`, body);
	}

	/** `POST …/upsert` with a lookup value of this run. */
	async upsert(
		object: LiveObject,
		lookup: string,
		entries: Entry[],
		mode?: ArchiveMode,
	): Promise<Made> {
		if (!isMarked(lookup, this.mark)) throw new Error('Only records of this run are upserted.');
		return await this.make(object, `/records/${object.id}/upsert`, {
			lookup_value: lookup,
			fields: this.completed(object, entries),
			...(mode && { oncreate_unarchive: mode }),
		});
	}

	/** A record to work on. Tries the forms in which required options may have to be written. */
	async record(object: LiveObject, what: string): Promise<OwnRecord & { name: string }> {
		const name = this.freshName(object, what);
		let said = '';
		for (const form of wholeShapes) {
			this.form = form;
			const { received, record } = await this.add(object, [this.identity(object, name)], 'prompt');
			if (record) return { ...record, name };
			said = `HTTP ${received.status}, ${JSON.stringify(received.body)}`;
			if (!object.fields.some((field) => isToFill(field) && field.options.length > 0)) break;
		}
		throw new Error(`no record could be made: ${said}`);
	}

	async archived(object: LiveObject, what: string): Promise<OwnRecord & { name: string }> {
		const record = await this.record(object, what);
		const { status } = await this.archive(record);
		if (status >= 300) throw new Error(`the record could not be archived: HTTP ${status}`);
		return record;
	}

	async read({ object, id }: OwnRecord): Promise<Received> {
		return await this.connection.ask('GET', `/records/${object.id}/${id}?all_fields=true`);
	}

	async update(record: OwnRecord, fields: Entry[]): Promise<Received> {
		return await this.connection.ask('PATCH', this.pathOf(record), { fields });
	}

	async archive(record: OwnRecord): Promise<Received> {
		return await this.connection.ask('DELETE', this.pathOf(record));
	}

	async unarchive(record: OwnRecord): Promise<Received> {
		return await this.connection.ask('PATCH', `${this.pathOf(record)}/unarchive`);
	}

	async move(record: OwnRecord, stageId: string): Promise<Received> {
		const path = `${this.pathOf(record)}/move`;
		return await this.connection.ask('PATCH', path, { stage_id: stageId });
	}

	/** Active records of this run, found by their mark. */
	async search(object: LiveObject, query = '', body: object = {}): Promise<Received> {
		const path = `/records/${object.id}/search?search=${this.mark}&page_size=200${query}`;
		return await this.connection.ask('POST', path, body);
	}

	/** Whether an id is that of a record made here. */
	isOwn(id: string): boolean {
		return this.made.has(id);
	}

	get count(): number {
		return this.made.size;
	}

	/**
	 * Archives everything that was made, also what was made by a request whose answer was lost.
	 *
	 * @param connection one that a stopped run does not close
	 * @returns what could not be archived, in words
	 */
	async cleanUp(connection: Connection): Promise<string[]> {
		const left: string[] = [];
		const archive = async (object: LiveObject, id: string) => {
			try {
				const { status } = await connection.ask('DELETE', `/records/${object.id}/${id}`);
				// 404: it is archived already.
				if (status >= 300 && status !== 404) left.push(`${object.label} ${id}: HTTP ${status}`);
			} catch (error) {
				left.push(`${object.label} ${id}: ${String(error)}`);
			}
		};
		for (const { object, id } of this.made.values()) await archive(object, id);
		for (const object of this.objects) {
			const path = `/records/${object.id}/search?search=${this.mark}&page_size=200`;
			try {
				const rows = rowsIn(await connection.ask('POST', path, {}));
				for (const row of rows.filter((each) => this.bearsMark(object, each))) {
					await archive(object, String(row.id));
				}
			} catch (error) {
				left.push(`${object.label}, records that begin with ${this.mark}: ${String(error)}`);
			}
		}
		return left;
	}

	/** The entries and what the object requires beside them. */
	private completed(object: LiveObject, entries: Entry[]): Entry[] {
		const rest = object.fields.filter(
			(field) => isToFill(field) && !entries.some(({ id }) => id === field.id),
		);
		const fill = rest.map((field) => ({
			id: field.id,
			value: sampleValue(field, this.mark, this.form),
		}));
		return [...entries, ...fill];
	}

	private bearsMark(object: LiveObject, row: unknown): boolean {
		return object.fields
			.filter(({ name }) => ['name', 'email', 'first_name'].includes(name))
			.some((field) => isMarked(valueIn(row, field), this.mark));
	}

	private async make(object: LiveObject, path: string, body: unknown): Promise<Made> {
		this.objects.add(object);
		const received = await this.connection.ask('POST', path, body);
		const id = isAccepted(received) && isDict(received.body) ? received.body.id : undefined;
		if (typeof id !== 'string') return { received, record: undefined };
		const record = this.made.get(id) ?? { object, id };
		this.made.set(id, record);
		return { received, record };
	}

	private pathOf({ object, id }: OwnRecord): string {
		if (!this.made.has(id)) throw new Error('Only records of this run are changed.');
		return `/records/${object.id}/${id}`;
	}
}

export function identifierOf(object: LiveObject): LiveField {
	const name = object.isContacts ? 'email' : 'name';
	const field = object.fields.find((each) => each.name === name);
	if (field === undefined) throw new Error(`"${object.label}" has no field "${name}"`);
	return field;
}

/** Kizen gives owner and stage itself. */
export function isToFill({ name, required, writable }: LiveField): boolean {
	return required && writable && !['name', 'email', 'owner', 'stage'].includes(name);
}

function isMarked(value: unknown, mark: string): boolean {
	return typeof value === 'string' && value.toLowerCase().startsWith(mark);
}
