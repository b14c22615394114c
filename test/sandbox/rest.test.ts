import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { N8nRefused, N8nRest } from '../../sandbox/n8n/rest';

/** Asks a server that answers in turn as n8n does, and returns the answer and the number of requests. */
async function ask(...answers: Array<[status: number, body: object]>) {
	let requests = 0;
	const server = createServer((_request, response) => {
		const [status, body] = answers[requests++] ?? [500, {}];
		response.writeHead(status).end(JSON.stringify(body));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const rest = N8nRest.resume(url, { cookie: '', browserId: '' }, '');
	try {
		return {
			data: await rest.call('GET', '/rest/executions').catch((thrown: Error) => thrown),
			requests,
		};
	} finally {
		server.close();
	}
}

const BUSY = { code: 503, message: 'Database is not ready!' };

it('asks n8n again while a large execution keeps it from its database', async () => {
	const { data, requests } = await ask([503, BUSY], [503, BUSY], [200, { data: 'found' }]);
	expect([data, requests]).toEqual(['found', 3]);
});

it('says what n8n refuses, at once', async () => {
	const { data, requests } = await ask([503, { message: 'no' }]);
	expect(data).toBeInstanceOf(N8nRefused);
	expect(requests).toBe(1);
});
