import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../fields';

/** The response to one request, already classified. */
export type KizenResponse = Accepted | Rejection;

export interface Accepted {
	accepted: true;
	status: number;
	body: IDataObject | IDataObject[];
	requestId?: string | undefined;
	/** The header `Date` as it came, unless the response came out of a cache. */
	date?: string | undefined;
}

/** Why there is no usable response. */
export interface Rejection {
	accepted: false;
	kind: RejectionKind;
	/** 0 where no status came, or one that says nothing because the response broke off. */
	status: number;
	/** Kizen's own code, such as `does_not_exist`, or the network's, such as `ECONNREFUSED`. */
	code?: string | undefined;
	/** Kizen's own words, without those about single fields. */
	messages: string[];
	/** Entry n speaks of entry n of the `fields` that were sent. */
	fields: FieldRejection[];
	requestId?: string | undefined;
	/** The header `Retry-After` as it came. */
	retryAfter?: string | undefined;
	/** The header `Date` as it came, unless the response came out of a cache. */
	date?: string | undefined;
	/** What Kizen sent, for whoever must look deeper (an archived record's ID, say). */
	body?: unknown;
}

export type RejectionKind =
	/** Kizen, or a server before it, rejected the request: the status says why. */
	| 'rejected'
	/** A web page with a status that says nothing else: something other than Kizen's API answers. */
	| 'page'
	| 'redirect'
	| 'empty'
	/** A complete response that is no JSON. */
	| 'garbled'
	/** A response that broke off, or could not be unpacked. */
	| 'broken'
	| 'timeout'
	/** The connection was made, and ended without a response. */
	| 'lost'
	| 'unreachable'
	/** There is no address for the host's name. */
	| 'unknownHost'
	/** The server's certificate is not trusted. */
	| 'untrusted'
	/** n8n itself did not send the request. */
	| 'withheld';

interface KizenMessage {
	message: string;
	code?: string | undefined;
}

type FieldRejection = KizenMessage & { index: number };

/** What n8n's HTTP helper returns with `returnFullResponse`. */
export interface HttpResponse {
	statusCode: number;
	headers: IDataObject;
	body: unknown;
}

/** Shorter keys, which only tests have, would be found inside ordinary words. */
const SHORTEST_KEY = 8;

/** The same response without the API key, should Kizen repeat it: nothing of it may be shown. */
export function withoutKey(response: HttpResponse, apiKey: string): HttpResponse {
	if (apiKey.length < SHORTEST_KEY || !holds(response.body, apiKey)) return response;
	const written = JSON.stringify(apiKey).slice(1, -1);
	const text = JSON.stringify(response.body).replaceAll(written, '[API key]');
	return { ...response, body: JSON.parse(text) as unknown };
}

/**
 * Tells whether a text is anywhere in a value. Writing a page of records out to look takes three times
 * as long.
 */
function holds(value: unknown, text: string): boolean {
	if (typeof value === 'string') return value.includes(text);
	if (Array.isArray(value)) return value.some((one) => holds(one, text));
	if (!isObject(value)) return false;
	for (const key in value) if (key.includes(text) || holds(value[key], text)) return true;
	return false;
}

export const NO_DETAILS: Pick<Rejection, 'accepted' | 'messages' | 'fields'> = {
	accepted: false,
	messages: [],
	fields: [],
};

/** HTML, or the XML that some servers answer instead. */
const MARKUP = /^<[a-z!?]/i;

/**
 * Whether all that matters is in the body. With any other status a web page says no more than the
 * status does: a proxy writes its own 401, 403, 413, 429 or 503 in HTML.
 */
export const bodyDecides = (status: number): boolean =>
	(status >= 200 && status < 300) || status === 404 || status === 405;

/** @param mayBeEmpty whether Kizen documents this request to answer with nothing (204) */
export function readResponse(response: HttpResponse, mayBeEmpty = false): KizenResponse {
	const { statusCode: status, headers, body } = response;
	const common = {
		...NO_DETAILS,
		status,
		requestId: header(headers, 'x-request-id'),
		retryAfter: header(headers, 'retry-after'),
		// A response out of a cache, which has an age, carries the date of an earlier one.
		date: header(headers, 'age') === undefined ? header(headers, 'date') : undefined,
	};
	const { requestId, date } = common;
	const accepted = { accepted: true, status, requestId, date } as const;
	if (status >= 300 && status < 400) return { ...common, kind: 'redirect' };
	const succeeded = status >= 200 && status < 300;
	if (isObject(body) || Array.isArray(body)) {
		if (succeeded && !hasErrors(body)) return { ...accepted, body };
		return { ...common, kind: 'rejected', body, ...readRejection(body) };
	}
	const text = typeof body === 'string' ? body.trim() : '';
	if (text === '') {
		if (succeeded && mayBeEmpty) return { ...accepted, body: {} };
		return { ...common, kind: succeeded ? 'empty' : 'rejected' };
	}
	const isMarkup = MARKUP.test(text);
	if (isMarkup && bodyDecides(status)) return { ...common, kind: 'page' };
	if (succeeded) return { ...common, kind: 'garbled' };
	return { ...common, kind: 'rejected', messages: isMarkup ? [] : [text.slice(0, 300)] };
}

/** Returns every code of Kizen's in a rejection, those about single fields included. */
export function codesIn({ code, fields }: Rejection): string[] {
	return [code, ...fields.map((field) => field.code)].filter((one) => one !== undefined);
}

/** Returns every message of Kizen's in a rejection, those about single fields included. */
export function wordsIn({ messages, fields }: Rejection): string[] {
	return [...messages, ...fields.map(({ message }) => message)];
}

/** Tells whether Kizen gives the archive as its reason, in its words or in its code. */
export function mentionsArchive(rejection: Rejection): boolean {
	return [...codesIn(rejection), ...wordsIn(rejection)].some((one) => /archiv/i.test(one));
}

/** A paged response that lists `errors` is a rejection, whatever its status (kizen/app-engine docs 05). */
function hasErrors(body: unknown): boolean {
	return isObject(body) && Array.isArray(body.errors) && body.errors.length > 0;
}

/**
 * Kizen's rejections come in several shapes: `{detail, code}`, `{<key>: [...]}`, `{errors: [...]}`, a
 * bare list, and for records the positional `{non_field_errors, fields: [{}, {value: [...]}]}`; each
 * message is a text or `{message, code}` (kizen/app-engine docs 05, kizen/builder-cli client.py).
 */
function readRejection(response: unknown): Pick<Rejection, 'code' | 'messages' | 'fields'> {
	const body: Record<string, unknown> = isObject(response) ? response : { errors: response };
	const entries: unknown[] = Array.isArray(body.fields) ? body.fields : [];
	const fields = entries.flatMap((entry, index) =>
		messagesIn(entry).map((said): FieldRejection => ({ index, ...said })),
	);
	const said = Object.entries(body)
		.filter(([key, value]) => key !== 'code' && !(key === 'fields' && Array.isArray(value)))
		.flatMap(([key, value]) =>
			messagesIn(value).map(({ message, code }) => ({
				message: KEYS_OF_MESSAGES.has(key) ? message : `${PARAMETERS[key] ?? key}: ${message}`,
				code,
			})),
		);
	const code =
		typeof body.code === 'string' && body.code !== ''
			? body.code
			: [...said, ...fields].find((entry) => entry.code)?.code;
	return { code, messages: said.map(({ message }) => message), fields };
}

const KEYS_OF_MESSAGES = new Set(['detail', 'errors', 'error', 'message', 'non_field_errors']);

/** The parameter of the node that a key of a request is filled from. */
const PARAMETERS: Record<string, string> = { lookup_value: "'Lookup Value'" };

function messagesIn(value: unknown): KizenMessage[] {
	if (typeof value === 'string') return value.trim() === '' ? [] : [{ message: value.trim() }];
	if (typeof value !== 'object' || value === null) return [];
	if (Array.isArray(value)) return value.flatMap((entry) => messagesIn(entry));
	if ('message' in value && typeof value.message === 'string') {
		const code = 'code' in value && typeof value.code === 'string' ? value.code : undefined;
		return [{ message: value.message.trim(), code }];
	}
	return Object.values(value).flatMap((entry) => messagesIn(entry));
}

function header(headers: IDataObject, name: string): string | undefined {
	const value = headers[name];
	return value === undefined || value === null ? undefined : String(value);
}
