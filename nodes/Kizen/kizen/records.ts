import type { IDataObject } from 'n8n-workflow';

import {
	isObject,
	shownValue,
	simplifyFields,
	type Field,
	type ObjectSchema,
	type RequestField,
} from '../fields';
import { ProblemError, type Problem } from '../outcome';
import type { Kizen, KizenRequest } from './client';
import type { Exchange } from './clock';
import { explain, type SentField } from './errors';
import { find, pagesOf, read, rowsOf, type Body } from './read';
import type { Accepted, Rejection } from './response';
import { searchRecords, type RecordPage, type RecordSearch } from './searchRecords';

/** Kizen's response to a request that changes a record. */
export type ChangeResult = Changed | NotChanged;

export interface Changed {
	accepted: true;
	/** The record as Kizen sends it; empty where it sends nothing. */
	body: IDataObject;
	status: number;
	requestId: string | undefined;
	/** An earlier attempt, whose response was lost, may have made the change already. */
	mayBeRepeated: boolean;
	exchange: Exchange;
}

export interface NotChanged {
	accepted: false;
	rejection: Rejection;
	/** What the user reads. */
	problem: Problem;
	/** Kizen may have made the change all the same: a response was lost. */
	mayHaveBeenWritten: boolean;
	mayBeRepeated: boolean;
	exchange: Exchange;
}

/** What to do about an archived record that has the name or email (developer.kizen.com, Add Records). */
export type ArchivedChoice = 'prompt' | 'unarchive' | 'overwrite';

/** What to do about an archived record that has the name or email an update gives. */
export type UpdateChoice = 'prompt' | 'overwrite';

/** API names of the fields to read; `all` for every field. */
export type FieldSelection = 'all' | string[];

/**
 * Reads and writes the records of one object: one method for each of Kizen's endpoints below
 * `/api/records/{object}`. Methods that read throw ProblemError; methods that change a record return
 * Kizen's response.
 */
export class Records {
	constructor(
		readonly kizen: Kizen,
		readonly schema: ObjectSchema,
	) {}

	/**
	 * Reads a record by its ID: `GET …/{id}` (kizen/app-engine docs 05).
	 *
	 * @throws ProblemError, also where Kizen shows no active record with this ID
	 */
	async get(id: string, fields: FieldSelection): Promise<Body> {
		const query = fieldsQuery(fields);
		return await read(this.kizen, { path: this.path(id), query }, this.context(id));
	}

	/** As {@link get}, with the fields that Kizen sends unasked; undefined where it shows no such record. */
	async find(id: string): Promise<IDataObject | undefined> {
		return recordIn(await find(this.kizen, { path: this.path(id) }, this.context(id)));
	}

	/**
	 * Finds the record with exactly this name, for contacts the email: `GET …/lookup`
	 * (kizen/app-engine docs 05: case-sensitive). Returns undefined where there is none.
	 */
	async lookUp(identifier: string, fields: FieldSelection): Promise<IDataObject | undefined> {
		const query = { identifier, ...fieldsQuery(fields) };
		const body = await find(
			this.kizen,
			{ path: this.path('lookup'), query },
			{ object: this.schema.label, reading: 'record' },
		);
		// Kizen answers with the record or with a page that holds it; sources show neither for certain.
		const isPage = body !== undefined && (Array.isArray(body) || Array.isArray(body.results));
		return isPage ? rowsOf(body)[0] : recordIn(body);
	}

	/** Reads the active records whose name, or for contacts email, contains a text; see {@link searchNames}. */
	namesLike(text: string): AsyncGenerator<IDataObject[]> {
		return searchNames(this.kizen, this.schema.id, { text, label: this.schema.label });
	}

	/** Finds records by conditions: `POST …/search` (developer.kizen.com, Record Search). */
	search(search: RecordSearch): AsyncGenerator<RecordPage> {
		return searchRecords(this.kizen, this.schema, search);
	}

	/** Adds a record: `POST …/add` (developer.kizen.com, Add Records API). */
	async add(row: { fields: RequestField[]; unarchive: ArchivedChoice }): Promise<ChangeResult> {
		const request = { kind: 'add', method: 'POST', path: this.path('add'), body: row } as const;
		const change = await this.change(request);
		if (change.accepted && row.unarchive === 'prompt') this.observeStamp(change);
		return change;
	}

	/**
	 * Updates the record with this name (for contacts: email) or creates it: `POST …/upsert`
	 * (developer.kizen.com, Create or Update Records API).
	 */
	async upsert(row: {
		lookupValue: string;
		fields: RequestField[];
		onCreate: ArchivedChoice;
		onUpdate: UpdateChoice;
		returnAllFields: boolean;
	}): Promise<ChangeResult> {
		const request: KizenRequest = {
			kind: 'upsert',
			method: 'POST',
			path: this.path('upsert'),
			...allFieldsQuery(row),
			body: {
				lookup_value: row.lookupValue,
				fields: row.fields,
				oncreate_unarchive: row.onCreate,
				...(row.onUpdate === 'overwrite' && { onupdate_archived_conflict: row.onUpdate }),
			},
		};
		const { lookupValue } = row;
		return await this.change(request, { lookupValue, done: `written "${lookupValue}"` });
	}

	/** Changes fields of a record: `PATCH …/{id}` (Kizen's OpenAPI document). */
	async update(
		id: string,
		row: { fields: RequestField[]; onConflict: UpdateChoice; returnAllFields: boolean },
	): Promise<ChangeResult> {
		const request: KizenRequest = {
			kind: 'idempotent',
			method: 'PATCH',
			path: this.path(id),
			...allFieldsQuery(row),
			body: {
				fields: row.fields,
				...(row.onConflict === 'overwrite' && { archived_conflict: row.onConflict }),
			},
		};
		return await this.change(request, { record: id, done: 'changed the record' });
	}

	/**
	 * Archives a record: `DELETE …/{id}`. Kizen has no other deletion (kizen/builder-cli, recorded
	 * live).
	 */
	async archive(id: string): Promise<ChangeResult> {
		const request = { method: 'DELETE', path: this.path(id), ...MAY_BE_EMPTY } as const;
		return await this.change(request, { record: id, done: 'archived the record' });
	}

	/** Brings a record back from the archive: `PATCH …/{id}/unarchive` (Kizen's OpenAPI document). */
	async unarchive(id: string): Promise<ChangeResult> {
		const path = this.path(id, 'unarchive');
		const about = { record: id, done: 'unarchived the record' };
		return await this.change({ method: 'PATCH', path, ...MAY_BE_EMPTY }, about);
	}

	/** Moves a pipeline's record to a stage: `PATCH …/{id}/move` (kizen/builder-cli, api/records.py). */
	async move(id: string, stageId: string): Promise<ChangeResult> {
		const path = this.path(id, 'move');
		const body = { stage_id: stageId };
		const about = { record: id, done: 'moved the record' };
		return await this.change({ method: 'PATCH', path, body, ...MAY_BE_EMPTY }, about);
	}

	private path(...parts: string[]): string[] {
		return ['records', this.schema.id, ...parts];
	}

	private context(record: string) {
		return { object: this.schema.label, record, reading: 'record' as const };
	}

	/**
	 * @param about the record that is changed, where its ID is known, or what it is looked up by, and
	 * what an error says that Kizen may have done all the same. (An Add is looked up first.)
	 */
	private async change(
		request: KizenRequest,
		about: { record?: string; lookupValue?: string; done?: string } = {},
	): Promise<ChangeResult> {
		const { response, exchange, gaveUpAfterMs, ...sent } = await this.kizen.send(request);
		const { mayHaveExecuted: mayHaveBeenWritten, mayHaveExecutedBefore: mayBeRepeated } = sent;
		if (response.accepted) {
			const { status, requestId } = response;
			const body = isObject(response.body) ? response.body : {};
			return { accepted: true, body, status, requestId, mayBeRepeated, exchange };
		}
		const { done, ...found } = about;
		const problem = explain(response, {
			base: this.kizen.base,
			object: this.schema.label,
			sent: sentFields(this.schema, request.body?.fields),
			gaveUpAfterMs,
			...found,
		});
		const doubt = mayHaveBeenWritten && done ? `. Kizen may still have ${done}` : '';
		return {
			accepted: false,
			rejection: response,
			problem: { ...problem, message: problem.message + doubt },
			mayHaveBeenWritten,
			mayBeRepeated,
			exchange,
		};
	}

	/** Only a record that was not there before has no older time of change. */
	private observeStamp({ body, exchange }: Changed): void {
		const { action = 'created', fields } = body;
		if (action !== 'created') return;
		this.kizen.clock.observeStamp(simplifyFields(fields, this.schema).updated, exchange);
	}
}

const MAY_BE_EMPTY = { kind: 'idempotent', mayBeEmpty: true } as const;

function fieldsQuery(fields: FieldSelection): IDataObject {
	return fields === 'all' ? { all_fields: true } : { field_names: fields.join(',') };
}

/** Kizen's default is to return the fields that were written. */
function allFieldsQuery({ returnAllFields }: { returnAllFields: boolean }) {
	return returnAllFields ? { query: { return_all_fields: true } } : {};
}

function sentFields(schema: ObjectSchema, sent: unknown): SentField[] {
	const entries = Array.isArray(sent) ? sent.filter(isObject) : [];
	return entries.map((entry) => {
		const field = schema.fields.find(({ id }) => id === entry.id);
		return {
			label: field?.label ?? String(entry.id),
			value: field && shownValue(entry, field),
			isIdentifier: field !== undefined && field === schema.identifier,
		};
	});
}

function recordIn(body: Accepted['body'] | undefined): IDataObject | undefined {
	return isObject(body) ? body : undefined;
}

/** The fields that name a record and tell it apart from its namesakes. */
const NAMING_FIELDS = ['name', 'email', 'first_name', 'last_name', 'created', 'owner'];

/** How many records with a part of a name are looked through for the one that is meant. */
const MAX_NAMESAKES = 10_000;

/**
 * Reads the active records of an object whose name, or for contacts email, contains a text, with
 * just these fields: `POST …/search`. Archived records are not found by Kizen's search.
 *
 * @throws ProblemError, also for more than {@link MAX_NAMESAKES}
 */
export async function* searchNames(
	kizen: Kizen,
	objectId: string,
	{ text, label }: { text: string; label: string },
): AsyncGenerator<IDataObject[]> {
	const pages = pagesOf(
		kizen,
		{
			path: ['records', objectId, 'search'],
			query: { search: text },
			// Names of fields that the object does not have are dropped (kizen/builder-cli, 2026-08-13).
			body: { field_names: NAMING_FIELDS },
		},
		{ object: label },
	);
	let count = 0;
	for await (const page of pages) {
		yield page;
		count += page.length;
		if (count <= MAX_NAMESAKES) continue;
		throw new ProblemError(
			`"${label}": Kizen finds more than ${MAX_NAMESAKES.toLocaleString('en')} records for "${text}"`,
			'Enter the ID of the record instead of its name.',
		);
	}
}

/**
 * Reads the tags of a field whose name contains a text (kizen/builder-cli, api/schema.py).
 *
 * @throws ProblemError
 */
export function searchTags(
	kizen: Kizen,
	{ id, isContacts }: ObjectSchema,
	{ field, text }: { field: Pick<Field, 'id' | 'label'>; text: string },
): AsyncGenerator<IDataObject[]> {
	const owner = isContacts ? ['client'] : ['pipelines', id];
	const path = [...owner, 'fields', field.id, 'tags'];
	return pagesOf(kizen, { path, query: { search: text } }, { object: field.label });
}
