import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { BulkRow, EmbeddedKizen } from './index';
import { setSwitches, switchTable } from './switches';

/**
 * What a process that only knows the address uses: `/_sandbox/…`, without credentials. Everything
 * else belongs to Kizen.
 */
export function addControl(app: FastifyInstance, kizen: EmbeddedKizen): void {
	app.setErrorHandler((error, _request, reply) => {
		const message = error instanceof Error ? error.message : String(error);
		return reply.code(400).send({ error: message });
	});

	app.get('/_sandbox', () => ({
		url: kizen.url,
		credential: kizen.credential,
		objects: kizen.objects(),
		inFlight: kizen.inFlight,
		switches: switchTable,
	}));

	app.get('/_sandbox/log', () => kizen.log);
	app.delete('/_sandbox/log', async (_request, reply) => {
		kizen.log.length = 0;
		kizen.inFlight.most = kizen.inFlight.now;
		await reply.code(204).send();
	});

	app.get('/_sandbox/switches', () => kizen.switches);
	app.post('/_sandbox/switches', (request) => {
		setSwitches(kizen.switches, given(request));
		return kizen.switches;
	});

	app.get('/_sandbox/faults', () => kizen.faults);
	app.post('/_sandbox/faults', (request) => Object.assign(kizen.faults, given(request)));

	app.get<{ Params: { object: string } }>('/_sandbox/records/:object', ({ params }) =>
		kizen.all(params.object),
	);
	app.post<{ Params: { object: string } }>('/_sandbox/records/:object', (request) => {
		const { values = {}, archived = false } = given(request) as {
			values?: Record<string, unknown>;
			archived?: boolean;
		};
		return kizen.add(request.params.object, values, { archived });
	});

	app.post<{ Params: { object: string } }>('/_sandbox/records/:object/bulk', (request) => {
		const { rows = [] } = given(request) as { rows?: BulkRow[] };
		return kizen.bulk(request.params.object, rows);
	});

	app.post('/_sandbox/reset', async (_request, reply) => {
		kizen.reset();
		await reply.code(204).send();
	});
}

/** The body, which the server leaves as text. Throws when it is not a JSON object. */
function given({ body }: FastifyRequest): Record<string, unknown> {
	const value: unknown = typeof body === 'string' && body !== '' ? JSON.parse(body) : {};
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
		return value as Record<string, unknown>;
	}
	throw new Error('Send a JSON object.');
}
