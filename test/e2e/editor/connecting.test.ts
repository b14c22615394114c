import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator } from 'playwright-core';
import { aScene } from './scene';

const scene = aScene();

const modal = (): Locator => scene.person.page.getByTestId('editCredential-modal');
const connected = (): Locator => modal().getByTestId('credentials-config-container-test-success');

async function fill(name: string, value: string): Promise<void> {
	await modal().getByTestId(`parameter-input-${name}`).locator('input').fill(value);
}

const servers: Server[] = [];

async function serving(server: Server): Promise<string> {
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterAll(() => {
	for (const server of servers) server.close();
});

describe('a person who connects Kizen', () => {
	it('reads where in Kizen the three values stand', async () => {
		const { person } = scene;
		await scene.open({ operation: 'upsert' });
		await person.openNode('Kizen Records');
		await person.page.getByTestId('node-credentials-select').click();
		await person.page.getByTestId('node-credentials-select-item-new').click();
		await modal().getByText('My Profile > API Connections').waitFor();
		await person.shot('credential-empty');
	});

	it('fills them in, saves, and is connected', async () => {
		const { environment, ...values } = scene.kizen.credential;
		expect(environment).toBe('custom');
		await scene.person.choose('environment', 'Custom URL');
		for (const [name, value] of Object.entries(values)) await fill(name, value);
		await scene.person.shot('credential-filled');
		await modal().getByTestId('credential-save-button').click();
		// n8n closes it as soon as it works, and the node has it.
		await modal().waitFor({ state: 'hidden' });
		const { page } = scene.person;
		await page.getByTestId('credential-edit-button').click();
		await connected().waitFor();
		await scene.person.shot('credential-connected');
	});
});

describe('a person whose connection does not fit is told', () => {
	/** Puts one wrong value into a credential that fits, and reads what n8n says then. */
	async function reasonFor(name: string, wrong: string, shot = name): Promise<string> {
		const { n8n, person, credential } = scene;
		const { id } = await n8n.rest.createCredential({ ...credential, name: `Wrong ${name}` });
		await person.page.goto(`${n8n.url}/home/credentials/${id}`);
		await connected().waitFor();
		await fill(name, wrong);
		await modal().getByTestId('credential-save-button').click();
		await modal().getByText('More details', { exact: true }).click();
		await person.settled();
		await person.shot(`credential-wrong-${shot}`);
		return await modal().innerText();
	}

	it.each([
		['key', 'apiKey', 'not-the-key-at-all'],
		['business', 'businessId', '00000000-0000-4000-8000-000000000000'],
		['user', 'userId', '00000000-0000-4000-8000-000000000000'],
	])('what to compare, when the %s is wrong', async (_what, name, wrong) => {
		const reason = await reasonFor(name, wrong);
		expect(reason).toContain('Kizen refused the API key for this business and user');
		expect(reason).not.toContain('not-the-key');
	});

	it('the address, when nobody answers there', async () => {
		const server = createServer();
		const nobody = await serving(server);
		server.close();
		const reason = await reasonFor('baseUrl', nobody, 'address');
		expect(reason).toContain(`Kizen could not be reached at ${nobody}`);
	});

	it('that the address is one of a web page', async () => {
		const app = createServer((_request, response) => {
			response.setHeader('content-type', 'text/html');
			response.end('<!doctype html><html><body></body></html>');
		});
		const reason = await reasonFor('baseUrl', await serving(app), 'web-page');
		expect(reason).toContain('Kizen answered with a web page');
	});

	it('that the key may not see what it must see', async () => {
		const { kizen } = scene;
		kizen.faults.queue.push({
			match: { path: '/custom-objects' },
			fault: { kind: 'status', status: 403 },
			skip: 1,
			times: 9,
		});
		const reason = await reasonFor('userId', kizen.credential.userId.toUpperCase(), 'permission');
		expect(reason).toContain('no permission to see which objects there are');
	});
});
