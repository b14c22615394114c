import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startKizen, type EmbeddedKizen, type Fault } from '../../sandbox/kizen';
import { databaseText } from '../../sandbox/n8n/database';
import type { SavedCredential } from '../../sandbox/n8n/rest';
import { credentialFor, edited, sharedN8n } from './meeting';
import { runByWebhook, type WebhookRun } from './runs';
import { kizenNode, node } from '../../sandbox/n8n/workflows';

const WRONG_KEY = 'wrong-key-of-the-secrecy-test';
const ROW = { name: 'Row of the secrecy test' };

const n8n = sharedN8n();
let kizen: EmbeddedKizen;
let credential: SavedCredential;
let wrong: SavedCredential;
/** All that n8n answered to whoever called it. */
const answers: string[] = [];

async function write(as: SavedCredential, settings = {}): Promise<WebhookRun> {
	const parameters = {
		operation: 'upsert',
		object: { __rl: true, mode: 'name', value: 'companies_company' },
		lookupValue: '={{ $json.name }}',
		specifyFields: 'json',
		jsonFields: '{}',
		options: { giveUpAfter: 1 },
	};
	const nodes = [kizenNode(as, parameters, settings)];
	const run = await runByWebhook(n8n, nodes, { Rows: ['Kizen'] }, [ROW]);
	answers.push(run.answer);
	return run;
}

/** Does everything that asks Kizen something, while Kizen has this fault. */
async function meet(fault: Fault): Promise<WebhookRun[]> {
	kizen.reset();
	kizen.faults.queue.push({ fault, times: 100 });
	const list = n8n.rest.locatorPage(edited(credential), 'searchObjects', 'object');
	answers.push(await list.then(JSON.stringify, JSON.stringify));
	answers.push(JSON.stringify(await n8n.rest.testCredential(credential)));
	return [await write(credential), await write(credential, { onError: 'continueRegularOutput' })];
}

// Runs that go well and runs that go wrong in every way that could put the key into an error.
beforeAll(async () => {
	kizen = await startKizen();
	credential = await credentialFor(n8n, kizen);
	wrong = await credentialFor(n8n, kizen, { apiKey: WRONG_KEY });

	await write(credential);
	await write(wrong);
	await write(wrong, { onError: 'continueRegularOutput' });
	await write(wrong, { onError: 'continueErrorOutput' });
	const faults: Fault[] = [
		{ kind: 'status', status: 403 },
		{ kind: 'status', status: 500 },
		{ kind: 'html' },
		{ kind: 'empty' },
		{ kind: 'drop' },
	];
	for (const fault of faults) await meet(fault);
	kizen.reset();
	const { id, name } = wrong;
	const request = node(
		'Ask Kizen',
		'n8n-nodes-base.httpRequest',
		4.2,
		{
			url: `${kizen.url}/api/business/mine`,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'kizenApi',
			options: {},
		},
		{ credentials: { kizenApi: { id, name } } },
	);
	answers.push((await runByWebhook(n8n, [request], { Rows: ['Ask Kizen'] }, [{}])).answer);
}, 180_000);
afterAll(async () => await kizen.stop());

/** Where one of the keys stands in texts by name; none of them may be empty. */
function leaks(texts: Record<string, string>): string[] {
	return Object.entries(texts).flatMap(([name, text]) =>
		[kizen.credential.apiKey, WRONG_KEY].filter((key) => text.includes(key)).map(() => name),
	);
}

describe('the API key', () => {
	it('is in no stored execution', async () => {
		const ids = await n8n.rest.executionIds();
		expect(ids.length).toBeGreaterThan(10);
		const stored: Record<string, string> = {};
		for (const id of ids) stored[id] = (await n8n.rest.finished(id)).stored;
		expect(Object.values(stored).join()).toContain(ROW.name);
		expect(leaks(stored)).toEqual([]);
	});

	it('is nowhere in the database, except encrypted', async () => {
		const database = await databaseText(n8n);
		expect(database).toContain(ROW.name);
		expect(leaks({ database })).toEqual([]);
	});

	it('is in no file that n8n wrote', () => {
		const folder = join(n8n.userFolder, '.n8n');
		const files = readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name));
		const texts = files.map((file) => [file, readFileSync(file, 'latin1')]);
		expect(texts.length).toBeGreaterThan(3);
		expect(leaks(Object.fromEntries(texts) as Record<string, string>)).toEqual([]);
	});

	it('is not in the log', () => {
		expect(n8n.log()).toContain('Editor is now accessible');
		expect(leaks({ log: n8n.log() })).toEqual([]);
	});

	it('is in no answer that n8n gave', () => {
		expect(answers.length).toBeGreaterThan(20);
		expect(answers.filter((answer) => leaks({ answer }).length > 0)).toEqual([]);
	});

	it('is not passed on even where the answer to a request repeats it', async () => {
		answers.length = 0;
		const detail = `No access with ${kizen.credential.apiKey}.`;
		const runs = await meet({ kind: 'status', status: 400, body: { detail } });
		const stored = runs.map(({ execution }) => execution.stored).join();
		const texts = { answers: answers.join(), stored, log: n8n.log() };
		for (const text of Object.values(texts)) expect(text).toContain('No access with');
		expect(leaks(texts)).toEqual([]);
	});
});
