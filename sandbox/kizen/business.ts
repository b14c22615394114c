import { sequence, uuidFor } from './ids';
import {
	fieldNamed,
	holdsMany,
	identifierOf,
	type Employee,
	type Field,
	type FileInfo,
	type KizenObject,
	type Row,
	type Stored,
} from './model';

/** A Kizen business at rest: its people, objects and records. Knows nothing of requests. */
export class Business {
	readonly id = uuidFor('business Northwind Advisory');
	readonly name = 'Northwind Advisory';
	/** IANA name: naive times are read in it, instants are answered in it. */
	readonly timezone = 'America/Chicago';
	readonly phoneRegion = 'US';
	readonly team: Employee[] = [];
	readonly files = new Map<string, FileInfo>();
	readonly objects: KizenObject[] = [];

	private readonly nextRecordId = sequence('record');
	private readonly rows = new Map<string, Row>();
	private readonly index = new Map<KizenObject, Map<string, Row[]>>();
	private archivings = 0;

	/** The employee whom the API key belongs to. */
	get me(): Employee {
		return this.team[0];
	}

	/** Finds an object by UUID or api name; the api name is case-sensitive. */
	object(identifier: string): KizenObject | undefined {
		return this.objects.find(({ id, name }) => id === identifier || name === identifier);
	}

	row(id: string): Row | undefined {
		return this.rows.get(id);
	}

	/** A new, empty record. `created` is an instant in ISO 8601. */
	insert(object: KizenObject, created: string): Row {
		const row: Row = {
			id: this.nextRecordId(),
			object,
			archived: false,
			archivedAt: 0,
			created,
			updated: created,
			values: new Map(),
			past: [],
		};
		object.rows.push(row);
		this.rows.set(row.id, row);
		return row;
	}

	archive(row: Row): void {
		row.archived = true;
		row.archivedAt = ++this.archivings;
	}

	/** What a field of a record holds; undefined when it is blank. */
	get(row: Row, field: Field): Stored | undefined {
		const mirror = this.mirrorOf(field);
		if (mirror !== undefined) {
			const ids = mirror.object.rows
				.filter((other) => !other.archived && this.points(other, mirror.field, row))
				.map(({ id }) => id);
			return ids.length > 0 ? ids : undefined;
		}
		return row.values.get(field.id);
	}

	/** Puts a value into a field of a record; undefined or an empty list makes it blank. */
	set(row: Row, field: Field, value: Stored | undefined): void {
		const mirror = this.mirrorOf(field);
		if (mirror !== undefined) {
			this.setMirrored(row, mirror, Array.isArray(value) ? value : []);
			return;
		}
		const identifies = field.name === identifierOf(row.object);
		const before = row.values.get(field.id);
		if (value === undefined || (Array.isArray(value) && value.length === 0)) {
			row.values.delete(field.id);
		} else {
			row.values.set(field.id, value);
		}
		if (identifies) this.reindex(row, before, value);
	}

	/** The name or email that identifies the record; empty when it has none. */
	identity(row: Row): string {
		const field = fieldNamed(row.object, identifierOf(row.object));
		return String((field && row.values.get(field.id)) ?? '');
	}

	/** What people call the record: its name, or for contacts the full name or else the email. */
	displayName(row: Row): string {
		if (row.object.name !== 'client_client') return this.identity(row);
		const full = ['first_name', 'last_name']
			.map((name) => fieldNamed(row.object, name))
			.map((field) => field && row.values.get(field.id))
			.filter((part) => part !== undefined)
			.join(' ');
		return full || this.identity(row);
	}

	/** Records of an object by name or email, regardless of case, oldest first. */
	withIdentity(object: KizenObject, text: string): Row[] {
		return this.index.get(object)?.get(text.toLowerCase()) ?? [];
	}

	private reindex(row: Row, before: Stored | undefined, after: Stored | undefined): void {
		let index = this.index.get(row.object);
		if (index === undefined) this.index.set(row.object, (index = new Map<string, Row[]>()));
		if (before !== undefined) {
			const key = String(before).toLowerCase();
			index.set(
				key,
				(index.get(key) ?? []).filter((other) => other !== row),
			);
		}
		if (after !== undefined) {
			const key = String(after).toLowerCase();
			index.set(key, [...(index.get(key) ?? []), row]);
		}
	}

	/** The field that stores a relation which `field` only shows from the other side. */
	private mirrorOf(field: Field): Mirror | undefined {
		if (!field.relation?.relation_type.endsWith('_for')) return undefined;
		const { related_object: objectId, related_field: fieldId } = field.relation;
		const object = this.objects.find(({ id }) => id === objectId);
		const other = object?.fields.find(({ id }) => id === fieldId);
		return object && other && { object, field: other };
	}

	private points(from: Row, field: Field, to: Row): boolean {
		const value = from.values.get(field.id);
		return Array.isArray(value) ? value.includes(to.id) : value === to.id;
	}

	private setMirrored(row: Row, mirror: Mirror, ids: string[]): void {
		for (const other of mirror.object.rows) {
			const wanted = ids.includes(other.id);
			if (wanted === this.points(other, mirror.field, row)) continue;
			if (!holdsMany(mirror.field)) {
				this.set(other, mirror.field, wanted ? row.id : undefined);
				continue;
			}
			const held = other.values.get(mirror.field.id);
			const rest = (Array.isArray(held) ? held : []).filter((id) => id !== row.id);
			this.set(other, mirror.field, wanted ? [...rest, row.id] : rest);
		}
	}
}

interface Mirror {
	object: KizenObject;
	field: Field;
}
