import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { admit } from './admission';
import {
	usualBodies,
	type Fault,
	type FaultInjector,
	type Faults,
	type RetryAfter,
} from './faults';
import { sequence } from './ids';
import { detailed, KizenError } from './errors';
import { peopleRoutes } from './routes/people';
import { lockOf, recordRoutes } from './routes/records';
import type { Answer, Call, Route, Routes } from './routes/route';
import { schemaRoutes } from './routes/schema';
import { kizenNow } from './times';
import type { World } from './world';

export interface LoggedRequest {
	/** When it arrived, in milliseconds since 1970. */
	at: number;
	method: string;
	/** Path and query as they were sent, undecoded. */
	url: string;
	/** The path alone, undecoded. */
	path: string;
	query: Record<string, string>;
	headers: Record<string, string | string[] | undefined>;
	/** Parsed JSON, else the text. */
	body: unknown;
	/** Null when no answer was sent. */
	status: number | null;
	requestId: string;
	/** Whether it was answered, or lost before or after Kizen did its work. */
	outcome: 'answered' | 'dropped-before' | 'dropped-after';
}

/** What the server works with and tests look at; all of it is live. */
export interface Running {
	world: World;
	apiKey: string;
	faults: Faults;
	injector: FaultInjector;
	log: LoggedRequest[];
	inFlight: { now: number; most: number };
}

interface Reply extends Answer {
	headers?: Record<string, string>;
}

const notFoundPage = readFileSync(join(__dirname, 'captured', 'html_404.txt'), 'utf8');
const appPage =
	'<!doctype html><html><head><title>Kizen</title></head><body><div id="root"></div></body></html>';

const nextRequestId = sequence('request');
const bodyLimit = 50 * 1024 * 1024;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The HTTP server: Kizen's routes, each behind faults, log and authorization. Not yet listening. */
export function buildServer(running: Running): FastifyInstance {
	const app = Fastify({
		bodyLimit,
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		routerOptions: { maxParamLength: 2000 },
	});
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

	const end = new AbortController();
	// Every answer that is held back listens for it.
	setMaxListeners(0, end.signal);
	app.addHook('onClose', () => end.abort());
	app.addHook('onSend', (_request, reply, _payload, done) => {
		const { switches } = running.world;
		if (switches.dateHeader === 'given') {
			reply.header('date', new Date(kizenNow(switches)).toUTCString());
		}
		done();
	});
	const locks = new Set<string>();
	const serving = { running, locks, end: end.signal };

	for (const [path, byMethod] of grouped({ ...schemaRoutes, ...peopleRoutes, ...recordRoutes })) {
		app.route({
			method: METHODS,
			url: path,
			handler: (request, reply) => {
				const { method } = request;
				const route = byMethod.get(method) ?? refuseMethod(method);
				const lock = (call: Call) => lockOf(call, `${method} ${path}`);
				return serve(serving, request, reply, route, lock);
			},
		});
	}
	app.setNotFoundHandler((request, reply) => serve(serving, request, reply, missingPage));
	return app;
}

interface Serving {
	running: Running;
	locks: Set<string>;
	end: AbortSignal;
}

/** Everything that happens to one request, in order. */
async function serve(
	{ running, locks, end }: Serving,
	request: FastifyRequest,
	reply: FastifyReply,
	route: Route,
	lock: (call: Call) => string | undefined = () => undefined,
): Promise<void> {
	const { injector, world } = running;
	const text = typeof request.body === 'string' ? request.body : '';
	const entry = logged(running, request, reply, text);
	const call = callOf(world, request, entry);
	// The router takes a slash at the end for an empty parameter; Kizen knows no such path.
	if (Object.values(call.params).includes('')) route = missingPage;

	const tooMany = injector.tooMany(entry.at);
	if (tooMany) return await answer(faultReply(tooMany, world));

	const key = world.switches.writeLock === 'none' ? undefined : lock(call);
	const held = key !== undefined && locks.has(key);
	if (key !== undefined && !held) locks.add(key);
	const incoming = { method: request.method, url: request.url, text };
	const wait = async (ms: number) => {
		if (ms > 0) await sleep(ms, undefined, { signal: end });
	};
	try {
		await injector.company(incoming);
		await injector.work(wait);
		await wait(injector.latency(running.inFlight.now));
		const met = injector.next(incoming);
		if (met) await wait(met.delayMs);
		if (met?.when === 'before') return await inject(met.fault);
		const proper = work(running, request, call, text, held ? refuseLocked : route);
		if (met) return await inject(met.fault, proper);
		return await answer(proper);
	} catch (error) {
		if (!end.aborted) throw error;
		reply.hijack();
	} finally {
		if (key !== undefined && !held) locks.delete(key);
	}

	async function answer({ status, body, headers = {} }: Reply): Promise<void> {
		entry.status = status;
		await send(reply.headers(headers).code(status), body);
	}

	/** Sends status and headers; the body is the caller's to write, past Fastify. */
	function begin(status: number, headers: Record<string, string>): void {
		reply.hijack();
		reply.raw.writeHead(status, { 'x-request-id': entry.requestId, ...headers });
	}

	async function inject(fault: Fault, proper?: Reply): Promise<void> {
		const lost = proper === undefined ? 'dropped-before' : 'dropped-after';
		switch (fault.kind) {
			case 'status':
				return await answer(faultReply(fault, world));
			case 'html':
				return await answer({ status: 200, body: appPage });
			case 'empty':
				return await answer({ status: 200 });
			case 'redirect':
				return await answer({
					status: fault.status ?? 302,
					headers: { location: fault.to },
				});
			case 'truncated': {
				entry.status = proper?.status ?? 200;
				reply.code(entry.status).type('application/json');
				await reply.send(halfOf(wholeOf(proper)));
				return;
			}
			case 'broken': {
				const whole = wholeOf(proper);
				entry.status = fault.status ?? proper?.status ?? 200;
				const headers = { ...retryAfterHeader(fault.retryAfter, world), ...JSON_TYPE };
				begin(entry.status, { ...headers, 'content-length': String(Buffer.byteLength(whole)) });
				reply.raw.write(halfOf(whole), () => request.raw.socket.destroy());
				return;
			}
			case 'unpackable': {
				entry.status = proper?.status ?? 200;
				begin(entry.status, { ...JSON_TYPE, 'content-encoding': 'gzip' });
				reply.raw.end(wholeOf(proper));
				return;
			}
			case 'drip': {
				entry.outcome = lost;
				begin(200, JSON_TYPE);
				reply.raw.write('{"id":"');
				const drops = setInterval(() => reply.raw.write('x'), fault.everyMs ?? 20);
				await new Promise((resolve) => reply.raw.once('close', resolve));
				clearInterval(drops);
				return;
			}
			case 'drop':
				entry.outcome = lost;
				reply.hijack();
				request.raw.socket.destroy();
				return;
			case 'hang':
				entry.outcome = lost;
				reply.hijack();
				await new Promise((resolve) => reply.raw.once('close', resolve));
		}
	}
}

function logged(
	running: Running,
	request: FastifyRequest,
	reply: FastifyReply,
	text: string,
): LoggedRequest {
	const { inFlight, log } = running;
	inFlight.now += 1;
	inFlight.most = Math.max(inFlight.most, inFlight.now);
	reply.raw.once('close', () => (inFlight.now -= 1));
	const requestId = nextRequestId();
	reply.header('x-request-id', requestId);
	reply.raw.sendDate = running.world.switches.dateHeader === 'given';
	const entry: LoggedRequest = {
		at: Date.now(),
		method: request.method,
		url: request.url,
		path: request.url.split('?')[0],
		query: request.query as Record<string, string>,
		headers: { ...request.headers },
		body: text === '' ? undefined : (parsed(text) ?? text),
		status: null,
		requestId,
		outcome: 'answered',
	};
	log.push(entry);
	return entry;
}

function callOf(world: World, request: FastifyRequest, entry: LoggedRequest): Call {
	const { body } = entry;
	const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
	return {
		world,
		origin: `http://${request.headers.host ?? 'localhost'}`,
		path: entry.path,
		query: entry.query,
		params: request.params as Record<string, string>,
		body: isObject ? (body as Record<string, unknown>) : {},
	};
}

/** What Kizen answers when nothing goes wrong on the way. */
function work(
	running: Running,
	request: FastifyRequest,
	call: Call,
	text: string,
	route: Route,
): Reply {
	try {
		if (route !== missingPage) admit(running, request.headers);
		refuseUnreadable(request, text);
		return route(call);
	} catch (error) {
		if (error instanceof KizenError) return { status: error.status, body: error.body };
		throw error;
	}
}

function refuseUnreadable(request: FastifyRequest, text: string): void {
	if (text === '') return;
	const type = request.headers['content-type'] ?? '';
	if (!type.includes('json')) {
		throw detailed(415, `Unsupported media type "${type}" in request.`, 'unsupported_media_type');
	}
	if (parsed(text) === undefined) {
		throw detailed(400, 'JSON parse error - Expecting value: line 1 column 1', 'parse_error');
	}
}

const missingPage: Route = () => ({ status: 404, body: notFoundPage });

const refuseMethod =
	(method: string): Route =>
	() => {
		throw detailed(405, `Method "${method}" not allowed.`, 'method_not_allowed');
	};

const refuseLocked: Route = () => ({ status: 409, body: usualBodies[409] });

function faultReply(
	{ status, body, retryAfter }: Extract<Fault, { kind: 'status' }>,
	world: World,
): Reply {
	const headers = retryAfterHeader(retryAfter, world);
	return { status, headers, body: body === undefined ? usualBodies[status] : body };
}

function retryAfterHeader(
	retryAfter: RetryAfter | undefined,
	{ switches }: World,
): Record<string, string> {
	if (typeof retryAfter === 'number') return { 'retry-after': String(retryAfter) };
	// HTTP dates have whole seconds, so that "in a second" needs the second after.
	if (retryAfter === 'date') {
		return { 'retry-after': new Date(kizenNow(switches) + 2000).toUTCString() };
	}
	return {};
}

const JSON_TYPE = { 'content-type': 'application/json' };

const wholeOf = (reply: Reply | undefined): string => JSON.stringify(reply?.body ?? {});
const halfOf = (text: string): string => text.slice(0, Math.ceil(text.length / 2));

async function send(reply: FastifyReply, body: unknown): Promise<void> {
	if (body === undefined) await reply.send();
	else if (typeof body === 'string') await reply.type('text/html; charset=utf-8').send(body);
	else await reply.type('application/json').send(JSON.stringify(body));
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

function grouped(routes: Routes): Map<string, Map<string, Route>> {
	const paths = new Map<string, Map<string, Route>>();
	for (const [key, route] of Object.entries(routes)) {
		const [method, path] = key.split(' ');
		paths.set(path, (paths.get(path) ?? new Map<string, Route>()).set(method, route));
	}
	return paths;
}
