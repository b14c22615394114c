import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../fields';
import { ProblemError } from '../outcome';
import type { Kizen, KizenRequest } from './client';
import { explain, type ErrorContext } from './errors';
import type { Accepted } from './response';

/** A request that changes nothing: a GET, or a POST that carries a search. */
type ReadRequest = Pick<KizenRequest, 'path' | 'query' | 'body'>;

/** What the request is about, for the message of an error. */
type ReadContext = Pick<ErrorContext, 'object' | 'record' | 'reading'>;

export type Body = Accepted['body'];

/**
 * Reads what Kizen has at a path.
 *
 * @throws ProblemError for every other response than a success, a 404 included
 */
export async function read(
	kizen: Kizen,
	request: ReadRequest,
	context: ReadContext,
): Promise<Body> {
	const answer = await ask(kizen, request, context);
	if ('body' in answer) return answer.body;
	throw answer.error;
}

/**
 * Reads what Kizen has at a path. Returns undefined where Kizen has nothing there (404).
 *
 * @throws ProblemError
 */
export async function find(
	kizen: Kizen,
	request: ReadRequest,
	context: ReadContext,
): Promise<Body | undefined> {
	const answer = await ask(kizen, request, context);
	if ('body' in answer) return answer.body;
	if (answer.isMissing) return undefined;
	throw answer.error;
}

/**
 * Reads a list page by page, each page as its rows. Ends where Kizen names no next page, and at a
 * page without a row that is new, because some server might name a next page for ever.
 *
 * @throws ProblemError
 */
export async function* pagesOf(
	kizen: Kizen,
	request: ReadRequest,
	context: ReadContext,
): AsyncGenerator<IDataObject[]> {
	const seen = new Set<unknown>();
	for (let page = 1; ; page++) {
		const query = { ...request.query, page, page_size: MAX_PAGE_SIZE };
		const body = await read(kizen, { ...request, query }, context);
		const fresh = rowsOf(body).filter(({ id }) => !seen.has(id));
		for (const { id } of fresh) seen.add(id);
		if (fresh.length > 0) yield fresh;
		if (fresh.length === 0 || !hasNext(body)) return;
	}
}

/** The most rows that Kizen gives in a page (kizen/app-engine docs 05). */
export const MAX_PAGE_SIZE = 1000;

/** Returns the rows of a list, which comes bare or in a page: sources differ for some lists. */
export function rowsOf(body: Body): IDataObject[] {
	const rows: unknown = Array.isArray(body) ? body : body.results;
	return Array.isArray(rows) ? rows.filter(isObject) : [];
}

/** Tells whether Kizen names a next page. Its address is not used: it may be on another host. */
export function hasNext(body: Body): boolean {
	return !Array.isArray(body) && Boolean(body.next);
}

async function ask(
	kizen: Kizen,
	request: ReadRequest,
	context: ReadContext,
): Promise<{ body: Body } | { error: ProblemError; isMissing: boolean }> {
	const method = request.body === undefined ? 'GET' : 'POST';
	const { response, gaveUpAfterMs } = await kizen.send({ kind: 'read', method, ...request });
	if (response.accepted) return { body: response.body };
	const { base, isPolled } = kizen;
	const said = { base, isPolled, gaveUpAfterMs, reading: 'list' as const, ...context };
	const { message, remedy, ...more } = explain(response, said);
	const isMissing = response.kind === 'rejected' && response.status === 404;
	return { error: new ProblemError(message, remedy, more), isMissing };
}
