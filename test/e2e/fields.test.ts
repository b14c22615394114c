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

async function columns(object: string) {
	const locator = { __rl: true, mode: 'list', value: kizen.object(object).id };
	const node = edited(credential, { operation: 'add', object: locator });
	return (await n8n.rest.mapperFields(node, 'getFields', 'fields')).fields;
}

describe('the columns of Fields', () => {
	it('of contacts begin with the email, the one that is shown at once', async () => {
		const fields = await columns('client_client');
		expect(fields[0]).toMatchObject({ id: 'email', displayName: 'Email', type: 'string' });
		expect(fields.filter(({ removed }) => !removed).map(({ id }) => id)).toEqual(['email']);
		expect(fields.find(({ id }) => id === 'email_status')).toMatchObject({
			type: 'options',
			options: expect.arrayContaining([expect.objectContaining({ name: 'Opted In' })]) as object,
		});
	});

	it('of a pipeline have its own fields, and none that Kizen writes', async () => {
		const ids = (await columns('deals')).map(({ id }) => id);
		expect(ids[0]).toBe('name');
		expect(ids).toEqual(expect.arrayContaining(['region', 'entity_value', 'estimated_close_date']));
		for (const id of ['stage', 'created', 'updated', 'display_name']) expect(ids).not.toContain(id);
	});

	it('of an object of the business have the form of their type, and start empty', async () => {
		const fields = await columns('engagement');
		const types = Object.fromEntries(fields.map(({ id, type }) => [id, type]));
		expect(types).toMatchObject({
			is_billable: 'options',
			headcount: 'string',
			start_date: 'dateTime',
			region: 'options',
			owner: 'options',
			subtitle: 'string',
		});
		expect(fields.every(({ defaultValue }) => defaultValue === null)).toBe(true);
	});
});
