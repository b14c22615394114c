import type { Switches } from './switches';

/** What is wrong with one value or one request, in Kizen's words. */
export interface Problem {
	message: string;
	code: string;
}

/** Thrown by what checks a value: this value is not taken. `status` is 403 for "not allowed". */
export class ValueError extends Error {
	constructor(
		readonly problem: Problem,
		readonly status: 400 | 403 = 400,
	) {
		super(problem.message);
	}
}

/** Thrown by a handler: the request ends with this status and body. A string body is HTML. */
export class KizenError extends Error {
	constructor(
		readonly status: number,
		readonly body: unknown,
	) {
		super(`${status} ${JSON.stringify(body)}`);
	}
}

/** `{detail, code}`: how Kizen words an error about the whole request (app-engine docs). */
export function detailed(status: number, detail: string, code: string): KizenError {
	return new KizenError(status, { detail, code });
}

export function notFound(): KizenError {
	return detailed(404, 'Not found.', 'not_found');
}

export function forbidden(): KizenError {
	return detailed(403, 'You do not have permission to perform this action.', 'permission_required');
}

/** `{"<key>": ["…"]}`: an error about one key of the request's body. */
export function keyed(switches: Switches, key: string, problem: Problem): KizenError {
	return new KizenError(400, { [key]: [worded(switches, problem)] });
}

/** A problem as it stands in an answer: a plain message, or with its code. */
export function worded(switches: Switches, problem: Problem): string | Problem {
	return switches.errors === 'plain' ? problem.message : problem;
}

/**
 * The errors of a record write as they gather: entry n of `fields` describes entry n that was
 * sent, `{}` when it was accepted (app-engine docs, record writes).
 */
export class Envelope {
	private readonly fields: Array<Record<string, Array<string | Problem>>>;
	private readonly general: Array<string | Problem> = [];
	private status: 400 | 403 | 409 = 400;

	constructor(
		private readonly switches: Switches,
		sent: number,
	) {
		this.fields = Array.from({ length: sent }, () => ({}));
	}

	/** Notes a problem with key `key` of entry `index`, or of the whole record without one. */
	add(problem: Problem, entry?: { index: number; key: string }): void {
		const text = worded(this.switches, problem);
		if (entry === undefined) this.general.push(text);
		else (this.fields[entry.index][entry.key] ??= []).push(text);
	}

	answerWith(status: 400 | 403 | 409): void {
		this.status = status;
	}

	body(): { non_field_errors: unknown[]; fields: unknown[] } {
		return { non_field_errors: this.general, fields: this.fields };
	}

	/** Throws what was gathered, if anything was. */
	close(): void {
		const entries = this.fields.some((entry) => Object.keys(entry).length > 0);
		if (entries || this.general.length > 0) throw new KizenError(this.status, this.body());
	}
}
