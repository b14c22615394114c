import { startKizen, type EmbeddedKizen } from '../kizen';
import { runInEngine, type Scenario } from './engine';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const contacts = { __rl: true, mode: 'name', value: 'client_client' };

const run = async (scenario: Omit<Scenario, 'credential'>) =>
	await runInEngine({ credential: kizen.credential, ...scenario });

describe('Add', () => {
	it('creates a contact and says so', async () => {
		const { json, error } = await run({
			parameters: {
				operation: 'add',
				object: contacts,
				specifyFields: 'json',
				jsonFields: '={{ $json }}',
			},
			rows: [{ Email: 'ada@example.com', 'First Name': 'Ada', 'Last Name': 'Lovelace' }],
		});
		expect(error).toBeUndefined();
		expect(json).toEqual([
			{
				action: 'created',
				id: kizen.find('client_client', { email: 'ada@example.com' })?.id,
				name: 'Ada Lovelace',
				object: 'client_client',
				fields: {
					email: 'ada@example.com',
					first_name: 'Ada',
					last_name: 'Lovelace',
					updated: expect.any(String),
				},
			},
		]);
	});
});
