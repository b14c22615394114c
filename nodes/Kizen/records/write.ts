import type { IDataObject } from 'n8n-workflow';

import { listed, referenceKind, type RequestField } from '../fields';
import type { Changed, ChangeResult, Exchange, NotChanged } from '../kizen';
import {
	ADD_FOUND,
	RESPONSE_LOST,
	type Outcome,
	type Problem,
	type WrittenAction,
} from '../outcome';
import { archiveConflict, type ArchiveCheck } from './archiveConflict';
import type { Finding, Sight } from './doubtfulAdd';
import { convertInput, type ReadyRow } from './input';
import { recordItem } from './output';
import type { Formats } from './referenceFormat';
import type { Session } from './session';

/**
 * Writing one record, which all writing operations do in the same way: the item's fields, converted;
 * one request; its response as an outcome.
 */

/** What one write needs beside the row itself. */
export interface Write extends ArchiveCheck {
	/** Sends these fields. */
	send(fields: RequestField[]): Promise<ChangeResult>;
	/** Whether Kizen's full response is returned. */
	raw: boolean;
	/** ID of the record that is written, where it is known before. */
	recordId?: string;
	/** What becomes of a row without any field, where none is to be sent then. */
	withoutFields?(): Outcome;
	/**
	 * Of an Add: looks for the record whose response was lost, because the request must not be sent
	 * again. Returns undefined where the row does not say what to look for.
	 */
	findLost?(row: ReadyRow, exchange: Exchange): Promise<Finding | undefined>;
	/** What happened, for a response that does not say it. */
	actionWithout(record: IDataObject): Promise<WrittenAction> | WrittenAction;
}

/**
 * Sends the row; once more where Kizen rejected only the format of references and another format is
 * left to try (a rejected row is not written at all: developer.kizen.com, Add Records API).
 *
 * @throws ProblemError for values that do not fit
 */
export async function write(job: Write): Promise<Outcome> {
	const { session } = job;
	const formats = session.formats.likeliest();
	const row = await convertInput(job, formats);
	if (row.fields.length === 0 && job.withoutFields) return job.withoutFields();
	const first: Attempt = { row, formats, change: await job.send(row.fields) };
	let last = first;
	for (let next = otherFormats(session, last); next; next = otherFormats(session, last)) {
		const again = await convertInput(job, next);
		last = { row: again, formats: next, change: await job.send(again.fields) };
	}
	const isSettled = last.change.accepted || last.change.mayHaveBeenWritten;
	const best = isSettled ? last : first;
	if (!best.change.accepted) return await notWritten(job, best.row, best.change);
	session.formats.accepted(best.formats, best.row.kinds);
	return await outcomeOf(job, best.row, best.change);
}

interface Attempt {
	row: ReadyRow;
	formats: Formats;
	change: ChangeResult;
}

/** What to try next, if all that Kizen minded was the format of references. */
function otherFormats(session: Session, { row, formats, change }: Attempt): Formats | undefined {
	if (change.accepted || change.rejection.status !== 400) return undefined;
	const kinds = change.rejection.fields.map(({ index }) => {
		const field = row.sent[index];
		return field && referenceKind(field);
	});
	if (kinds.length === 0 || !kinds.every((kind) => kind !== undefined)) return undefined;
	return session.formats.after(formats, kinds);
}

async function notWritten(job: Write, row: ReadyRow, change: NotChanged): Promise<Outcome> {
	const { problem, rejection, mayHaveBeenWritten } = change;
	if (mayHaveBeenWritten && job.findLost) return await lost(job, row, change);
	const conflict = await archiveConflict(job, row, rejection);
	if (conflict) return { action: 'conflict', problem: { ...problem, ...conflict } };
	return { action: 'failed', problem: withMissingFields(job, row, change) };
}

/**
 * Names the required fields that the row lacks, where Kizen says that some are missing but not which.
 * The owner is marked as required, but Kizen fills it in (kizen/builder-cli, live tests).
 */
function withMissingFields(
	{ records: { schema }, recordId, identifier }: Write,
	row: ReadyRow,
	{ problem, rejection }: NotChanged,
): Problem {
	const { status, code, messages, fields } = rejection;
	const isAboutMissing = code === 'required' || messages.some((said) => /required/i.test(said));
	if (recordId !== undefined || status !== 400 || fields.length > 0 || !isAboutMissing)
		return problem;
	const known = [...row.sent, ...(identifier === undefined ? [] : [schema.identifier])];
	const missing = schema.fields.filter(
		(field) =>
			field.required && !field.readOnly && field.name !== 'owner' && !known.includes(field),
	);
	if (missing.length === 0) return problem;
	const labels = missing.map(({ label }) => label);
	return {
		...problem,
		message: `This row has no value for ${listed(labels.map((label) => `"${label}"`))}. ${problem.message}`,
		remedy: 'Enter a value for every row. A new record needs it.',
		fields: labels.map((field) => ({ field, message: 'A new record needs a value.' })),
	};
}

/** An Add of which nobody knows whether it was carried out. */
async function lost(
	job: Write,
	row: ReadyRow,
	{ problem, exchange }: Pick<NotChanged, 'problem' | 'exchange'>,
): Promise<Outcome> {
	const finding = await job.findLost?.(row, exchange);
	if (finding && 'record' in finding) {
		const { raw, identifier: knownAs } = job;
		const about = { action: 'created', raw, knownAs, note: ADD_FOUND } as const;
		return { action: 'created', items: [recordItem(job.records.schema, finding.record, about)] };
	}
	return { action: 'failed', problem: mayExist(problem, job, finding?.seen), final: true };
}

/** Begins what the user reads of a row that may have been written all the same. */
export const IN_DOUBT = 'Kizen may still have created';

function mayExist(
	problem: Problem,
	{ records: { schema }, identifier }: Write,
	seen: Sight | undefined,
): Problem {
	const record = identifier ? `"${identifier}"` : 'the record';
	const sight = seen ? ` ${SIGHTS[seen](schema.identifierName)}` : '';
	return {
		...problem,
		message: `${IN_DOUBT} ${record}.${sight} ${problem.message}`,
		remedy: `Look for ${record} under "${schema.label}" in Kizen before you add it again. The operation 'Upsert' can be repeated without making a second record. ${problem.remedy}`,
	};
}

/** What the user reads about a record that was looked for. */
const SIGHTS: Record<Sight, (identifier: string) => string> = {
	nothing: () => 'It was not there when the node looked for it.',
	other: (identifier) =>
		`Kizen has a record with this ${identifier}, but the node can't tell whether this row created it.`,
	unknown: () => 'The node could not look for it.',
};

async function outcomeOf(job: Write, row: ReadyRow, change: Changed): Promise<Outcome> {
	const { body: record, status, requestId, mayBeRepeated, exchange } = change;
	if (typeof record.id !== 'string' || record.id === '') {
		const problem: Problem = {
			message: "Kizen's response names no record",
			remedy: 'Check in Kizen whether the record was written before you run this item again.',
			httpCode: status,
			...(requestId && { requestId }),
		};
		if (job.findLost) return await lost(job, row, { problem, exchange });
		return { action: 'failed', problem, final: true };
	}
	const action =
		WRITTEN_ACTIONS.find((one) => one === record.action) ?? (await job.actionWithout(record));
	// What was created by an attempt whose response was lost is updated by the next.
	const isDoubtful = mayBeRepeated && action === 'updated' && job.recordId === undefined;
	const item = recordItem(job.records.schema, record, {
		action,
		raw: job.raw,
		knownAs: job.identifier,
		note: isDoubtful ? RESPONSE_LOST : undefined,
	});
	return { action, items: [item] };
}

const WRITTEN_ACTIONS: WrittenAction[] = ['created', 'updated', 'unarchived'];
