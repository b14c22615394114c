import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../fields';
import { isUntrusted } from '../http';
import {
	bodyDecides,
	NO_DETAILS,
	readResponse,
	withoutKey,
	type KizenResponse,
	type RejectionKind,
} from './response';

const DEEPEST = 6;

/** Node's, OpenSSL's and axios's codes: `ECONNRESET`, `CERT_HAS_EXPIRED`, `ERR_BAD_RESPONSE`. */
const CODE = /^[A-Z][A-Z0-9_]+$/;

/** axios's code for a request that was ended by its signal. */
const ENDED = 'ERR_CANCELED';

/** axios's code for a complete response with a status from 400 to 499. */
const REJECTED = 'ERR_BAD_REQUEST';

const KINDS: Array<[kind: RejectionKind, codes: RegExp]> = [
	['timeout', /^ECONNABORTED$|TIMED?OUT/],
	['unknownHost', /^(ENOTFOUND|EAI_AGAIN)$/],
	// EADDRNOTAVAIL: no port is free for one more connection.
	['unreachable', /^(ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/],
	// No HTTP, a chunk that is none, or compressed data that can't be unpacked.
	['broken', /^(HPE_|Z_|ERR__ERROR_|BROTLI_|ZSTD_|ERR_BAD_RESPONSE$|ERR_STREAM_PREMATURE_CLOSE$)/],
];

/** n8n 1 keeps the words of some errors, but not their codes. */
const CODES_OF_WORDS: Array<[words: RegExp, code: string]> = [
	[/stream has been aborted/i, 'ERR_BAD_RESPONSE'],
	[/incorrect header check|invalid (stored|block|distance|code|literal|bit)/i, 'Z_DATA_ERROR'],
	[/unexpected end of file/i, 'Z_BUF_ERROR'],
];

/** Whether a request was ended by its signal. */
export const wasEnded = (thrown: unknown): boolean => codeOf(chainOf(thrown)) === ENDED;

/**
 * Classifies what one of n8n's HTTP helpers threw instead of returning a response. If a response had
 * begun, its status decides, unless that says nothing without the body.
 *
 * @param apiKey is kept out of what the response says
 */
export function connectionFailure(thrown: unknown, apiKey: string): KizenResponse {
	const errors = chainOf(thrown);
	const code = codeOf(errors);
	const begun = errors.map(({ response }) => response).find(isObject);
	// n8n 1 keeps the status of a response that had begun, but not the response.
	const kept = begun
		? undefined
		: errors.map(({ httpCode }) => String(httpCode)).find((text) => /^[45]\d\d$/.test(text));
	const status = Number(begun?.status ?? kept);
	if (kept !== undefined || (begun && (!bodyDecides(status) || code === REJECTED))) {
		const headers = isObject(begun?.headers) ? begun.headers : {};
		const response = { statusCode: status, headers, body: errors[0]?.error };
		return readResponse(withoutKey(response, apiKey));
	}
	const kind = kindOf(code);
	if (begun) return { ...NO_DETAILS, status: 0, code, kind: kind === 'timeout' ? kind : 'broken' };
	const source = errors.at(-1) ?? {};
	const messages = code === '' && typeof source.message === 'string' ? [source.message] : [];
	// n8n's own errors have a level: it refused to send, as its protection of inner addresses does.
	const isN8n = code === '' && 'level' in source;
	return { ...NO_DETAILS, status: 0, code, kind: isN8n ? 'withheld' : kind, messages };
}

function kindOf(code: string): RejectionKind {
	if (isUntrusted(code)) return 'untrusted';
	return KINDS.find(([, codes]) => codes.test(code))?.[0] ?? 'lost';
}

function codeOf(errors: IDataObject[]): string {
	const code = errors
		.flatMap(({ code, httpCode }) => [code, httpCode])
		.find((one): one is string => typeof one === 'string' && CODE.test(one));
	if (code !== undefined) return code;
	const words = errors.map(({ message }) => String(message ?? '')).join(' ');
	return CODES_OF_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? '';
}

/** The error and what caused it, which n8n's versions wrap at different depths. */
function chainOf(thrown: unknown): IDataObject[] {
	const errors: IDataObject[] = [];
	for (let error = thrown; isObject(error) && errors.length < DEEPEST; error = error.cause) {
		errors.push(error);
	}
	return errors;
}
