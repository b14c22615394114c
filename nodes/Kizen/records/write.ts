import type { IDataObject } from 'n8n-workflow';

import { isObject, type Accepted, type Refusal } from '../kizen/response';
import type { KizenRequest, Sent } from '../kizen/client';
import { hasActiveRecord } from './referenceLookup';
import {
	convertRow,
	findField,
	labelOfColumn,
	parseJsonFields,
	referenceKind,
	type ConvertContext,
	type ConvertedRow,
	type Field,
	type GivenField,
	type ObjectSchema,
	type ReferenceKind,
	type WireField,
} from '../fields';
import { archivedConflict, archivedRecordId } from './archiveConflict';
import { ANSWER_LOST, type NotDone, type Outcome, type WrittenAction } from '../outcome/outcome';
import { refuse, type Problem } from '../outcome/problem';
import { explain } from '../kizen/errors';
import { WRITE_OPTIONS } from '../description/parameters';
import { oneOf, optionChoice } from '../description/read';
import { recordJson } from './output';
import type { Item, Session } from '../operations/operation';
import type { Shapes } from './referenceFormat';

/**
 * Writing one record, which all writing operations do in the same way: the item's fields, converted;
 * one request; its answer as an outcome.
 */

/** What the item says is to be written, in the user's form. Throws Refused. */
export function givenFields(item: Item): GivenField[] {
	const how = oneOf(
		item,
		'specifyFields',
		'Specify Fields',
		{ map: 'Map Each Field', json: 'JSON' },
		'map',
	);
	if (how === 'json') return parseJsonFields(item.parameter('jsonFields', '{}'));
	const mapper = item.parameter('fields', {});
	if (!isObject(mapper)) return [];
	if (mapper.mappingMode === 'autoMapInputData') {
		return Object.entries(item.json).map(([key, value]) => ({
			key,
			change: 'value',
			value,
			byMapper: true,
		}));
	}
	const labels = new Map(
		(Array.isArray(mapper.schema) ? mapper.schema : [])
			.filter(isObject)
			.map(({ id, displayName }) => [String(id), labelOfColumn(String(displayName))]),
	);
	return Object.entries(isObject(mapper.value) ? mapper.value : {})
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ({ key, change: 'value', value, knownAs: labels.get(key) ?? key }));
}

export interface Row {
	fields: WireField[];
	/** Parallel to `fields`. */
	sent: Field[];
	kinds: Set<ReferenceKind>;
	shapes: Shapes;
}

/** Turns the given fields into Kizen's form, looking up what they refer to by name. Throws Refused. */
export async function convert(
	item: Item,
	session: Session,
	schema: ObjectSchema,
	given: GivenField[],
	shapes: Shapes,
): Promise<Row> {
	const row = await convertWith(
		session,
		schema,
		given,
		convertContext(item, session, schema, shapes),
		'Correct the value and run the item again; nothing of it was sent to Kizen.',
	);
	session.ignored(row.ignored);
	return { fields: row.fields, sent: row.sent, kinds: row.kinds, shapes };
}

/**
 * As {@link convert}, with a context of the caller's.
 *
 * @param remedy what to do, or what it means, when a value does not fit
 */
export async function convertWith(
	session: Session,
	schema: ObjectSchema,
	given: GivenField[],
	context: ConvertContext,
	remedy: string,
): Promise<Extract<ConvertedRow, { status: 'ready' }>> {
	let row = convertRow(schema, given, context);
	while (row.status === 'missing') {
		await session.references.lookUp(schema, row.references);
		row = convertRow(schema, given, context);
	}
	if (row.status === 'ready') return row;
	const problems = row.problems.map(({ label, message, remedy: instead }) => ({
		field: label,
		message: instead ? `${message} ${instead}` : message,
	}));
	throw refuse(problems.map(({ message }) => message).join(' '), remedy, { fields: problems });
}

function convertContext(
	item: Item,
	session: Session,
	schema: ObjectSchema,
	shapes: Shapes,
): ConvertContext {
	const option = (name: string) => optionChoice(item, WRITE_OPTIONS, name);
	return {
		timezone: session.timezone,
		emptyValues: option('emptyValues') === 'clear' ? 'clear' : 'leave',
		unknownFields: option('unknownFields') === 'ignore' ? 'ignore' : 'stop',
		multipleValues: MULTIPLE[option('multipleValues')] ?? 'replace',
		resolve: (reference) => session.references.known(schema, reference),
		shapeOf: (kind) => shapes[kind],
	};
}

const MULTIPLE: Record<string, ConvertContext['multipleValues']> = {
	add: 'add',
	remove: 'remove',
	replace: 'replace',
};

/** What one write needs beside the row itself. */
export interface Write {
	item: Item;
	session: Session;
	schema: ObjectSchema;
	given: GivenField[];
	/** The request for these fields. */
	request(fields: WireField[]): KizenRequest;
	/** Whether the user asked to be told about archived matches, and where that is set. */
	archiveParameters: string[];
	/** The record's name, or a contact's email, as far as the row says it. */
	identifier: string | undefined;
	/** ID of the record that is written, where it is known before. */
	record?: string;
	/** What comes of a row without any field, where none is to be sent then. */
	withoutFields?(): Outcome;
	/** What happened, for an answer that does not say it. */
	actionWithout(answer: IDataObject): Promise<WrittenAction> | WrittenAction;
}

/**
 * Sends the row; once more where Kizen refused only the shape of references and another shape is
 * left to try (a refused row is not written at all: developer.kizen.com, Add Records API).
 */
export async function write(job: Write): Promise<Outcome> {
	const { item, session, schema, given } = job;
	const shapes = session.shapes.likeliest();
	const row = await convert(item, session, schema, given, shapes);
	if (row.fields.length === 0 && job.withoutFields) return job.withoutFields();
	const first = { row, sent: await session.kizen.send(job.request(row.fields)) };
	let last = first;
	for (
		let others = otherShapes(session, last);
		others !== undefined;
		others = otherShapes(session, last)
	) {
		last = await attempt(others);
	}
	const best = last.sent.answer.accepted || last.sent.uncertain ? last : first;
	const { answer } = best.sent;
	if (!answer.accepted) return await notWritten(job, best.row, best.sent, answer);
	session.shapes.accepted(best.row.shapes, best.row.kinds);
	return await written(job, answer, best.sent.maybeDoneBefore);

	async function attempt(others: Shapes): Promise<Attempt> {
		const again = await convert(item, session, schema, given, others);
		return { row: again, sent: await session.kizen.send(job.request(again.fields)) };
	}
}

interface Attempt {
	row: Row;
	sent: Sent;
}

/** What to try next, if all that Kizen minded was the form of references. */
function otherShapes(session: Session, { row, sent }: Attempt): Shapes | undefined {
	const { answer } = sent;
	if (answer.accepted || answer.status !== 400 || answer.fields.length === 0) return undefined;
	const kinds = answer.fields.map(({ index }) => row.sent[index] && referenceKind(row.sent[index]));
	const references = kinds.filter((kind): kind is ReferenceKind => kind !== undefined);
	return references.length < kinds.length
		? undefined
		: session.shapes.after(row.shapes, references);
}

async function notWritten(
	job: Write,
	row: Row,
	{ uncertain, gaveUpAfterMs }: Sent,
	refusal: Refusal,
): Promise<NotDone> {
	const { session, schema, identifier } = job;
	const problem = explain(refusal, {
		base: session.kizen.base,
		object: schema.label,
		sent: row.sent.map(({ label }) => label),
		gaveUpAfterMs,
		...(job.record && { record: job.record }),
	});
	if (uncertain) return { action: 'failed', problem: mayExist(problem, job), final: true };
	if (job.archiveParameters.length > 0 && (await isArchivedConflict(job, row, refusal))) {
		const archivedId = archivedRecordId(
			refusal,
			row.sent.map(({ id }) => id),
		);
		const said = [...refusal.messages, ...refusal.fields.map(({ message }) => message)].join('; ');
		return {
			action: 'conflict',
			problem: {
				...problem,
				message: `An archived record of "${schema.label}" ${identifier ? `holds "${identifier}"` : 'matches this row'}${said ? `. Kizen says: ${said}` : ''}`,
				remedy: `Nothing was written. Choose under ${job.archiveParameters.map((name) => `'${name}'`).join(' or ')} what happens then, or turn on 'Separate Output per Action' to let such items leave by Conflict.`,
				...(archivedId && { archivedRecordId: archivedId }),
			},
		};
	}
	return { action: 'failed', problem };
}

function mayExist(problem: Problem, { schema, identifier }: Write): Problem {
	const record = identifier ? `"${identifier}"` : 'the record';
	return {
		...problem,
		message: `Kizen may have created ${record} all the same. ${problem.message}`,
		remedy: `Look for ${record} under "${schema.label}" in Kizen before you add it again. The operation 'Upsert' can be repeated without making a second record. ${problem.remedy}`,
	};
}

/**
 * Where the answer leaves open whether an archived or an active record is in the way, an active one
 * is looked for: there is none if an archived one holds the name.
 */
async function isArchivedConflict(job: Write, row: Row, refusal: Refusal): Promise<boolean> {
	const { session, schema, given, identifier } = job;
	const identifierAt = row.sent.findIndex(({ id }) => id === schema.identifier?.id);
	const verdict = archivedConflict(refusal, identifierAt);
	if (verdict !== 'open') return verdict === 'yes';
	const wanted = givenIdentifier(schema, given) ?? identifier;
	return wanted === undefined || !(await hasActiveRecord(session.kizen, schema, wanted));
}

async function written(
	job: Write,
	{ body, status, requestId }: Accepted,
	maybeDoneBefore: boolean,
): Promise<Outcome> {
	const answer = isObject(body) ? body : {};
	if (typeof answer.id !== 'string' || answer.id === '') {
		const problem: Problem = {
			message: "Kizen's answer names no record",
			remedy: 'Check in Kizen whether the record was written before you run this item again.',
			httpCode: status,
			...(requestId && { requestId }),
		};
		return { action: 'failed', problem, final: true };
	}
	const action = WRITTEN.find((one) => one === answer.action) ?? (await job.actionWithout(answer));
	const raw = job.item.parameter('output', 'simplified') === 'raw';
	const json = raw
		? { ...answer, action }
		: { action, ...recordJson(job.schema, answer, job.identifier) };
	// What was created by a try whose answer got lost is updated by the next.
	const note = maybeDoneBefore && action === 'updated' && job.record === undefined;
	return { action, items: [note ? { ...json, note: ANSWER_LOST } : json] };
}

const WRITTEN: WrittenAction[] = ['created', 'updated', 'unarchived'];

/** The identifier as the row gives it: what Add would collide on. */
export function givenIdentifier(schema: ObjectSchema, given: GivenField[]): string | undefined {
	const entry = given.find(({ key }) => {
		const match = findField(schema, key);
		return 'field' in match && match.field.id === schema.identifier?.id;
	});
	const value = entry?.value;
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
