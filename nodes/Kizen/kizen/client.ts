import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { apiAddress, pathOf } from '../http/baseUrl';
import {
	isObject,
	noAnswer,
	readAnswer,
	speaksOfArchive,
	withoutKey,
	type Answer,
	type HttpResponse,
} from './response';
import { Cancelled, type RequestQueue } from '../http/requestQueue';
import type { RequestKind, Trouble } from '../http/retry';

/** Whoever can make requests with the node's credential: a run, or the editor. */
export type Caller = IExecuteFunctions | ILoadOptionsFunctions;

export interface KizenRequest {
	/** What may be tried again when it goes wrong; see `retry.ts`. */
	kind: RequestKind;
	method: IHttpRequestMethods;
	/** Parts of the path after `/api`, unencoded. */
	path: string[];
	query?: IDataObject;
	body?: IDataObject;
	/** Kizen documents this request to answer with nothing. */
	mayBeEmpty?: boolean;
}

export interface Sent {
	answer: Answer;
	/** An Add without a usable answer that Kizen may have carried out. */
	uncertain: boolean;
	/** An earlier try, whose answer went missing, may have been carried out. */
	maybeDoneBefore: boolean;
	/** How long the request was held back, in ms, before the row gave up; otherwise undefined. */
	gaveUpAfterMs?: number;
}

/** Kizen's API under one credential. All requests of a run share its queue. */
export interface Kizen {
	readonly base: string;
	send(request: KizenRequest): Promise<Sent>;
}

/** The credential can't be used as it stands: nothing was sent. */
export class UnusableCredential extends Error {
	constructor(
		message: string,
		readonly remedy: string,
	) {
		super(message);
	}
}

/**
 * Reads the credential once and speaks to Kizen with it from then on. n8n would otherwise read and
 * decrypt it for every request, which costs more than the request itself.
 *
 * @throws UnusableCredential for an address that is none
 */
export async function connect(
	caller: Caller,
	queue: RequestQueue,
	timeoutMs: number,
): Promise<Kizen> {
	const credential = await caller.getCredentials('kizenApi');
	const address = apiAddress(credential);
	if ('problem' in address) throw new UnusableCredential(address.problem, address.remedy);
	const post = postman(caller, credential, timeoutMs);
	return {
		base: address.base,
		async send(request) {
			const url = `${address.base}/api${pathOf(request.path)}`;
			const { result, ...how } = await queue.schedule(
				request.kind,
				async () => await post(url, request),
				troubleOf,
			);
			return { answer: result, ...how };
		},
	};
}

function postman(caller: Caller, credential: ICredentialDataDecryptedObject, timeout: number) {
	const decrypted = { id: '', name: '', type: 'kizenApi', data: credential };
	const apiKey = String(credential.apiKey ?? '').trim();
	const allowedDomains =
		credential.allowedHttpRequestDomains === 'domains'
			? String(credential.allowedDomains ?? '')
			: undefined;
	return async (url: string, request: KizenRequest): Promise<Answer> => {
		const response: Promise<HttpResponse> = caller.helpers.httpRequestWithAuthentication.call(
			caller,
			'kizenApi',
			{
				url,
				method: request.method,
				headers: { Accept: 'application/json', 'User-Agent': 'n8n-nodes-kizen' },
				...(request.query && { qs: request.query }),
				...(request.body && { body: request.body }),
				...(allowedDomains && { allowedDomains }),
				json: true,
				timeout,
				returnFullResponse: true,
				// n8n's own error would hide Kizen's reason; and a redirect would take the key along.
				ignoreHttpStatusErrors: true,
				disableFollowRedirect: true,
			},
			{ credentialsDecrypted: decrypted },
		);
		return await response.then(
			(came) => readAnswer(withoutKey(came, apiKey), request.mayBeEmpty),
			(thrown: unknown) => nothingCame(thrown),
		);
	};
}

/** @throws Cancelled when the workflow was stopped meanwhile */
function nothingCame(thrown: unknown): Answer {
	const { code, said } = networkTrouble(thrown);
	if (code === 'ERR_CANCELED') throw new Cancelled();
	return { ...noAnswer(code), messages: said };
}

/** What `retry.ts` decides about; nothing where waiting or asking again can't help. */
function troubleOf(answer: Answer): Trouble | undefined {
	if (answer.accepted || speaksOfArchive(answer)) return undefined;
	const { kind, status, retryAfter, code, messages } = answer;
	if (kind === 'page' && status < 500) return undefined;
	if (status !== 0) return { status, retryAfter, code };
	// Without a code it was n8n that let nothing through, such as a restriction on domains.
	return code === '' && messages.length > 0 ? undefined : { network: code ?? '' };
}

/** n8n wraps what the network said, at different depths in different versions. */
function networkTrouble(thrown: unknown): { code: string; said: string[] } {
	let said: string | undefined;
	for (let error = thrown, depth = 0; depth < 4 && isObject(error); depth++) {
		for (const code of [error.code, error.httpCode]) {
			if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return { code, said: [] };
		}
		if (typeof error.message === 'string') said = error.message;
		error = error.cause;
	}
	return { code: '', said: said ? [said] : [] };
}
