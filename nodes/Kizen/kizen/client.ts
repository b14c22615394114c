import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';

import {
	allowedDomainsOf,
	apiAddress,
	Cancelled,
	pathOf,
	withDeadline,
	type RequestFailure,
	type RequestKind,
	type RequestQueue,
} from '../http';
import { ProblemError } from '../outcome';
import { KizenClock, stopwatch, type Exchange } from './clock';
import { connectionFailure, wasEnded } from './connectionFailure';
import {
	mentionsArchive,
	readResponse,
	withoutKey,
	type HttpResponse,
	type KizenResponse,
} from './response';

/** Whoever can make requests with the node's credential: a run, the editor, or the trigger. */
type Caller = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

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

interface Sent {
	response: KizenResponse;
	/** Kizen may have carried out the request, now or in an earlier attempt, but did not accept it. */
	mayHaveExecuted: boolean;
	/** An earlier try, whose response was lost, may have been carried out. */
	mayHaveExecutedBefore: boolean;
	/** When the last attempt was sent and its response had arrived. */
	exchange: Exchange;
	/** How long the request was held back, in ms, before the row gave up; otherwise undefined. */
	gaveUpAfterMs?: number;
}

/** Kizen's API under one credential. All requests of a run share its queue. */
export interface Kizen {
	readonly base: string;
	/** Tells one business from another: where its Kizen is, and the business's ID. */
	readonly business: string;
	/** What Kizen's clock shows. */
	readonly clock: KizenClock;
	/** Whether the trigger asks: it asks again by itself. */
	readonly isPolled: boolean;
	send(request: KizenRequest): Promise<Sent>;
	/** Waits; ends with the workflow, when that is stopped. */
	pause(ms: number): Promise<void>;
}

/**
 * Reads the credential, its expressions resolved for an item. The editor has no items.
 *
 * @throws ProblemError
 */
export async function readCredential(
	caller: Caller,
	itemIndex?: number,
): Promise<ICredentialDataDecryptedObject> {
	return await caller.getCredentials('kizenApi', itemIndex).catch((thrown: unknown) => {
		const said = thrown instanceof Error ? thrown.message.replace(/\.$/, '') : '';
		throw new ProblemError(
			`n8n could not read the credential${said === '' ? '' : `. ${said}`}`,
			"Open the node and choose a credential under 'Credential', then open the credential, check its fields and test it. If a field is an expression, check its result for this item.",
			{ cause: 'credential-invalid' },
		);
	});
}

interface Connection {
	/** As n8n returns it, its expressions resolved. */
	credential: ICredentialDataDecryptedObject;
	/** The queue for requests to a base URL. */
	queueOf(base: string): RequestQueue;
	timeoutMs: number;
	/** Whether the trigger asks; see {@link Kizen.isPolled}. */
	isPolled?: boolean;
}

/**
 * Speaks to Kizen with a credential that was read before. n8n would otherwise read and decrypt it for
 * every request, which costs more than the request itself.
 *
 * @throws ProblemError if its address is not valid or not allowed
 */
export function connect(caller: Caller, connection: Connection): Kizen {
	const { credential, timeoutMs } = connection;
	const address = apiAddress(credential);
	if ('problem' in address) {
		throw new ProblemError(address.problem, address.remedy, { cause: 'credential-invalid' });
	}
	const queue = connection.queueOf(address.base);
	const post = createSender(caller, credential, timeoutMs);
	const clock = new KizenClock();
	return {
		isPolled: connection.isPolled ?? false,
		base: address.base,
		business: `${address.base} ${String(credential.businessId).trim().toLowerCase()}`,
		clock,
		async send(request) {
			const url = `${address.base}/api${pathOf(request.path)}`;
			const exchange: Exchange = { sentAt: 0, receivedAt: 0 };
			const attempt = async () => {
				exchange.sentAt = stopwatch();
				const response = await post(url, request);
				exchange.receivedAt = stopwatch();
				// What rejects a request may be a server before Kizen, with a clock of its own.
				if (response.accepted) clock.observeDate(response.date, exchange);
				return response;
			};
			const { result, ...how } = await queue.schedule(request.kind, attempt, requestFailureOf);
			return { response: result, exchange, ...how };
		},
		pause: async (ms) => await queue.pause(ms),
	};
}

function createSender(
	caller: Caller,
	credential: ICredentialDataDecryptedObject,
	timeoutMs: number,
) {
	const decrypted = { id: '', name: '', type: 'kizenApi', data: credential };
	const apiKey = String(credential.apiKey ?? '').trim();
	const allowedDomains = allowedDomainsOf(credential);
	const stop = 'getExecutionCancelSignal' in caller ? caller.getExecutionCancelSignal() : undefined;
	return async (url: string, request: KizenRequest): Promise<KizenResponse> => {
		const send = async (signal: AbortSignal): Promise<HttpResponse> =>
			await caller.helpers.httpRequestWithAuthentication.call(
				endedBy(signal, caller),
				'kizenApi',
				{
					url,
					method: request.method,
					headers: { Accept: 'application/json', 'User-Agent': 'n8n-nodes-kizen' },
					...(request.query && { qs: request.query }),
					...(request.body && { body: request.body }),
					...(allowedDomains && { allowedDomains }),
					json: true,
					timeout: timeoutMs,
					returnFullResponse: true,
					// n8n's own error would hide Kizen's reason; and a redirect would take the key along.
					ignoreHttpStatusErrors: true,
					disableFollowRedirect: true,
				},
				{ credentialsDecrypted: decrypted },
			);
		return await withDeadline(timeoutMs, stop, send).then(
			(response) => readResponse(withoutKey(response, apiKey), request.mayBeEmpty),
			(thrown: unknown) => {
				if (wasEnded(thrown)) throw new Cancelled();
				return connectionFailure(thrown, apiKey);
			},
		);
	};
}

/**
 * The caller with another signal to end its requests: n8n's helper takes the signal from the context
 * it is called on, where a workflow that is stopped ends its requests, and from nowhere else.
 */
function endedBy(signal: AbortSignal, caller: Caller): Caller {
	return Object.create(caller, { getExecutionCancelSignal: { value: () => signal } });
}

/** What `retry.ts` decides about; nothing where waiting or sending again can't help. */
function requestFailureOf(response: KizenResponse): RequestFailure | undefined {
	if (response.accepted || response.kind === 'withheld') return undefined;
	const { status, retryAfter, date, code } = response;
	// A record that is archived stays so; only one that is being written can be written later.
	if (status === 409 && mentionsArchive(response)) return undefined;
	return status === 0 ? { network: code ?? '' } : { status, retryAfter, date, code };
}
