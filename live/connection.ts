import { setTimeout as sleep } from 'node:timers/promises';

import type { Settings } from './settings';

export interface Received {
	status: number;
	headers: Headers;
	/** Parsed JSON, else the text. */
	body: unknown;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Instead of the settings' own; an empty text leaves the header out. */
export type Identity = Partial<Pick<Settings, 'apiKey' | 'businessId' | 'userId'>>;

/** What was noticed of limits on the way. */
export interface Traffic {
	requests: number;
	/** How often Kizen answered 429. */
	limited: number;
	/** Headers that speak of a limit, as they came last. */
	headers: Map<string, string>;
}

const TIMEOUT_MS = 30_000;
const TRIES_WHEN_LIMITED = 4;
const LONGEST_WAIT_S = 60;

/** Requests to Kizen with plain fetch: what is checked here is Kizen, not the node. */
export class Connection {
	readonly traffic: Traffic = { requests: 0, limited: 0, headers: new Map() };

	constructor(
		private readonly settings: Settings,
		private readonly signal?: AbortSignal,
	) {}

	/** Whether somebody stopped the checks. */
	get isStopped(): boolean {
		return this.signal?.aborted === true;
	}

	/**
	 * Sends one request; once more after the time Kizen asks for, where it answers 429.
	 *
	 * @param path after `/api`, encoded, with its query
	 * @throws when no answer came
	 */
	async ask(
		method: Method,
		path: string,
		body?: unknown,
		identity: Identity = {},
	): Promise<Received> {
		for (let tries = 1; ; tries++) {
			const received = await this.send(method, path, body, identity);
			if (received.status !== 429 || tries === TRIES_WHEN_LIMITED) return received;
			const asked = Number(received.headers.get('retry-after') ?? 1);
			const seconds = Number.isFinite(asked) ? asked : 1;
			await sleep(Math.min(seconds, LONGEST_WAIT_S) * 1000, undefined, { signal: this.signal });
		}
	}

	private async send(
		method: Method,
		path: string,
		body: unknown,
		identity: Identity,
	): Promise<Received> {
		const { apiKey, businessId, userId } = { ...this.settings, ...identity };
		const own = { 'X-API-KEY': apiKey, 'X-BUSINESS-ID': businessId, 'X-USER-ID': userId };
		const timeout = AbortSignal.timeout(TIMEOUT_MS);
		this.traffic.requests += 1;
		const response = await fetch(`${this.settings.base}/api${path}`, {
			method,
			// A redirect would take the key along.
			redirect: 'manual',
			headers: {
				Accept: 'application/json',
				'User-Agent': 'n8n-nodes-kizen live checks',
				...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== '')),
				...(body !== undefined && { 'Content-Type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: this.signal ? AbortSignal.any([this.signal, timeout]) : timeout,
		});
		const text = await response.text();
		if (response.status === 429) this.traffic.limited += 1;
		response.headers.forEach((value, name) => {
			if (/retry-after|rate-?limit/i.test(name)) this.traffic.headers.set(name, value);
		});
		return { status: response.status, headers: response.headers, body: parsed(text) };
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

export function isAccepted({ status }: Received): boolean {
	return status >= 200 && status < 300;
}

export function isDict(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rows of a list that is bare or a page. */
export function rowsIn({ body }: Received): Array<Record<string, unknown>> {
	const rows = Array.isArray(body) ? body : isDict(body) ? body.results : undefined;
	return Array.isArray(rows) ? rows.filter(isDict) : [];
}
