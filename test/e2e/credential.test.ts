import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { credentialFor, sharedN8n } from './meeting';

const n8n = sharedN8n();
let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

/** Presses the credential's test, with single values changed by `but`. */
async function test(but: Record<string, string> = {}) {
	return await n8n.rest.testCredential(await credentialFor(n8n, kizen, but));
}

async function serving(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the credential's test", () => {
	it('passes when Kizen lets the key in, and names the business', async () => {
		expect(await test()).toEqual({
			status: 'OK',
			message: 'Connected to the business "Northwind Advisory"',
		});
	});

	it('forgives a trailing slash and /api at the end of the Base URL', async () => {
		expect(await test({ baseUrl: `${kizen.url}/api/` })).toMatchObject({ status: 'OK' });
	});

	it('says that nothing answers where Kizen is not reached', async () => {
		const server = createServer();
		const baseUrl = await serving(server);
		server.close();
		const { status, message } = await test({ baseUrl });
		expect(status).toBe('Error');
		expect(message).toContain(baseUrl);
		expect(message).toMatch(/reach|answer|connect/i);
	});

	it('says that the address is that of the app when a web page comes back', async () => {
		const server = createServer((_request, response) => {
			response.setHeader('content-type', 'text/html');
			response.end('<!doctype html><html><body><div id="root"></div></body></html>');
		});
		const { status, message } = await test({ baseUrl: await serving(server) });
		server.close();
		expect(status).toBe('Error');
		expect(message).toMatch(/web page/);
		expect(message).toContain('Custom URL use https://app.go.kizen.com');
	});

	it.each([
		['the key', { apiKey: 'not-the-key' }, 'API Key'],
		['the business', { businessId: '00000000-0000-4000-8000-000000000000' }, 'Business ID'],
		['the user', { userId: '00000000-0000-4000-8000-000000000000' }, 'User ID'],
	])('says what to look at when Kizen does not know %s', async (_what, but, field) => {
		const { status, message } = await test(but);
		expect(status).toBe('Error');
		expect(message).toContain(field);
	});

	it('says that the key may not do this when Kizen answers 403', async () => {
		kizen.faults.queue.push({ fault: { kind: 'status', status: 403 }, times: 5 });
		const { status, message } = await test();
		expect(status).toBe('Error');
		expect(message).toMatch(/permission|may not|not allowed/i);
	});

	it('never repeats the key', async () => {
		const apiKey = 'a-wrong-key-that-nobody-should-read';
		expect(JSON.stringify(await test({ apiKey }))).not.toContain(apiKey);
	});
});
