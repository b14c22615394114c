import type { EmbeddedKizen } from './index';

export interface Received {
	status: number;
	headers: Headers;
	/** Parsed JSON, else the text. */
	body: unknown;
}

/** Sends one request to an embedded Kizen, with its credential unless other headers are given. */
export type Send = (
	request: string,
	body?: unknown,
	headers?: Record<string, string>,
) => Promise<Received>;

/** `send('POST /api/records/deals/add', {…})`: what the tests of this folder talk through. */
export function client(kizen: EmbeddedKizen): Send {
	return async (request, body, headers) => {
		const [method, path] = request.split(' ');
		const { apiKey, businessId, userId } = kizen.credential;
		const own = { 'x-api-key': apiKey, 'x-business-id': businessId, 'x-user-id': userId };
		const response = await fetch(kizen.url + path, {
			method,
			redirect: 'manual',
			headers: {
				...(headers ?? own),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		return { status: response.status, headers: response.headers, body: parsed(text) };
	};
}

/** The value at a path such as 'results.0.id' of something parsed; undefined where it ends. */
export function at(body: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>(
			(value, key) =>
				typeof value === 'object' && value !== null
					? (value as Record<string, unknown>)[key]
					: undefined,
			body,
		);
}

/** The fields of a record as answered by default, by api name instead of by id. */
export function valuesOf(record: unknown): Record<string, unknown> {
	const fields = Object.values((at(record, 'fields') ?? {}) as Record<string, unknown>);
	return Object.fromEntries(fields.map((field) => [String(at(field, 'name')), at(field, 'value')]));
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
