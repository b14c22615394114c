import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { SavedCredential } from '../../sandbox/n8n/rest';
import { credentialFor, edited, sharedN8n } from './meeting';

const n8n = sharedN8n();
let kizen: EmbeddedKizen;
let credential: SavedCredential;

beforeAll(async () => {
	kizen = await startKizen();
	credential = await credentialFor(n8n, kizen);
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

async function page(request: { filter?: string; page?: string } = {}, as = credential) {
	return await n8n.rest.locatorPage(edited(as), 'searchObjects', 'object', request);
}

describe('the list behind Object', () => {
	it('shows the objects that the key may see by their plural names, contacts included', async () => {
		const { results } = await page();
		const contacts = kizen.object('client_client');
		expect(results).toContainEqual(
			expect.objectContaining({ name: 'Contacts', value: contacts.id }),
		);
		expect(results.map(({ name }) => name)).toEqual(
			expect.arrayContaining(['Companies', 'Deals', 'Engagements']),
		);
		expect(results.map(({ name }) => name)).not.toContain('Payroll Runs');
	});

	it('searches', async () => {
		const { results } = await page({ filter: 'deal' });
		expect(results.map(({ name }) => name)).toEqual(['Deals']);
	});

	it('goes on page by page until every object was shown once', async () => {
		for (let n = 1; n <= 250; n++) {
			const label = `Object ${String(n).padStart(3, '0')}`;
			kizen.addObject({ name: `object_${n}`, object_name: label, entity_name: label, fields: [] });
		}
		const names: string[] = [];
		let next: string | undefined;
		let pages = 0;
		do {
			const { results, paginationToken } = await page({ page: next });
			names.push(...results.map(({ name }) => name));
			next = paginationToken;
			pages += 1;
		} while (next !== undefined && pages < 20);
		expect(pages).toBeGreaterThan(1);
		expect(new Set(names).size).toBe(names.length);
		expect(names.filter((name) => name.startsWith('Object '))).toHaveLength(250);
	});

	it('says in plain words when the key is refused', async () => {
		const wrong = await credentialFor(n8n, kizen, { apiKey: 'not-the-key' });
		const refusal: unknown = await page({}, wrong).catch((error: unknown) => error);
		expect(refusal).toMatchObject({ body: expect.stringMatching(/refused the API key/) as string });
		expect(refusal).toMatchObject({ body: expect.not.stringContaining('not-the-key') as string });
	});
});
