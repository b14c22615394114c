import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { exampleWorkflow, withCredential, withParameters } from '../../sandbox/n8n/example';
import { until, type Execution, type SavedWorkflow } from '../../sandbox/n8n/rest';
import { openMailbox, type Mailbox } from './mailbox';
import { credentialFor, sharedN8n } from './meeting';
import { EVERY_TEN_SECONDS } from '../../sandbox/n8n/workflows';
import { startScriptedModel, type ScriptedModel } from './scriptedModel';

/**
 * The workflows of the `examples` folder, imported and run. Two have tests of their own:
 * csv-to-contacts is the demo, and a person answers a mail in ask-about-archived.
 */

const n8n = sharedN8n();
let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const example = async (file: string) => exampleWorkflow(file, await credentialFor(n8n, kizen));

/** Hands in a form as a browser does, and gives the run that follows. */
async function submit(
	workflow: SavedWorkflow,
	path: string,
	values: Array<string | File>,
): Promise<Execution> {
	const before = (await n8n.rest.executionIds(workflow.id)).length;
	const body = new FormData();
	values.forEach((value, place) => body.append(`field-${place}`, value));
	const answer = await fetch(`${n8n.url}/form/${path}`, { method: 'POST', body });
	expect(answer.status).toBe(200);
	const id = await until('the form starts the workflow', async () => {
		const ids = await n8n.rest.executionIds(workflow.id);
		return ids.length > before ? ids[0] : undefined;
	});
	return await n8n.rest.finished(id);
}

const came = (execution: Execution, node: string) => execution.outputs(node).flat().length;

const email = (address: string) =>
	kizen.all('client_client').filter(({ values }) => values.email === address);

describe('form-to-contact', () => {
	let workflow: SavedWorkflow;

	beforeAll(async () => {
		workflow = await n8n.rest.createWorkflow(await example('form-to-contact.json'));
		await n8n.rest.activate(workflow);
	});

	it('writes who fills in the form, once, and tells newcomers from the others', async () => {
		const nova = ['nova@example.com', 'Nova', 'Rivers', '+14155550123'];
		const first = await submit(workflow, 'stay-in-touch', nova);
		expect([came(first, 'Welcome'), came(first, 'Known Already')]).toEqual([1, 0]);
		nova[1] = 'Nova Marie';
		const second = await submit(workflow, 'stay-in-touch', nova);
		expect([came(second, 'Welcome'), came(second, 'Known Already')]).toEqual([0, 1]);
		expect(email('nova@example.com').map(({ values }) => values)).toEqual([
			expect.objectContaining({ first_name: 'Nova Marie', mobile_phone: '+14155550123' }),
		]);
	});

	it('brings back who was archived', async () => {
		const pascal = ['blaise.pascal@example.com', 'Blaise', 'Pascal', ''];
		await submit(workflow, 'stay-in-touch', pascal);
		expect(email('blaise.pascal@example.com').map(({ archived }) => archived)).toEqual([false]);
	});
});

describe('sheet-to-records', () => {
	let sheet: Server;
	const csv = [
		'Name,Website,Industry,Employees,Remark',
		'Aurora Labs,aurora.example,software,"1,250",call in May',
		'Cascade Optics,cascade.example,Retail,80,',
		'Bright Ideas,bright.example,Baking,5,',
	].join('\r\n');

	beforeAll(async () => {
		sheet = createServer((_request, response) => {
			response.setHeader('content-type', 'text/csv');
			response.end(csv);
		});
		await new Promise<void>((ready) => sheet.listen(0, '127.0.0.1', ready));
	});
	afterAll(() => sheet.close());

	it('may run as often as it likes: each row is one record, and one that fails is set aside', async () => {
		const { port } = sheet.address() as AddressInfo;
		const url = `http://127.0.0.1:${port}/sheet.csv`;
		const workflow = await n8n.rest.createWorkflow(
			withParameters(await example('sheet-to-records.json'), 'Get the Sheet', { url }),
		);
		for (const actions of [
			['created', 'updated'],
			['updated', 'updated'],
		]) {
			const execution = await n8n.rest.run(workflow, 'Twice a Day', [{}]);
			const [written, refused] = execution.outputs('Write to Kizen');
			expect(written.map(({ json }) => json.action)).toEqual(actions);
			expect(refused.map(({ json }) => json)).toEqual([
				expect.objectContaining({
					Name: 'Bright Ideas',
					error: expect.stringContaining('"Industry" has no option "Baking"'),
				}),
			]);
		}
		const aurora = kizen
			.all('companies_company')
			.filter(({ values }) => values.name === 'Aurora Labs');
		expect(aurora.map(({ values }) => values)).toEqual([
			expect.objectContaining({ website: 'aurora.example', industry: 'Software', employees: 1250 }),
		]);
		expect(kizen.find('companies_company', { name: 'Bright Ideas' })).toBeUndefined();
	});
});

describe('rows-that-failed', () => {
	let mailbox: Mailbox;
	let workflow: SavedWorkflow;

	beforeAll(async () => {
		mailbox = await openMailbox();
		workflow = await n8n.rest.createWorkflow(
			withCredential(
				await example('rows-that-failed.json'),
				await mailbox.credential(n8n),
				({ name }) => name === 'Send the Rows',
			),
		);
		await n8n.rest.activate(workflow);
	});
	afterAll(async () => await mailbox.close());
	beforeEach(() => {
		mailbox.mails.length = 0;
	});

	async function upload(...lines: string[]): Promise<void> {
		const text = ['Email,First Name,Last Name,Email Status', ...lines].join('\n');
		const file = new File([text], 'contacts.csv', { type: 'text/csv' });
		const execution = await submit(workflow, 'contacts-with-report', [file]);
		expect(execution.status).toBe('success');
	}

	it('come by mail in a file, with all of their columns, why, and what to do', async () => {
		await upload(
			'nova@example.com,Nova,,Opted In',
			'rivers@example.com,River,,Subscribed',
			'blaise.pascal@example.com,Blaise,,Opted In',
		);
		const [mail] = mailbox.mails;
		expect(mail).toContain('filename=not-written.csv');
		const parts = mail.split(/\r\n\r\n/);
		const table = Buffer.from(
			parts.find((part) => /^[A-Za-z0-9+/=\r\n]{100,}/.test(part)) ?? '',
			'base64',
		).toString();
		const [head, ...rows] = table.trim().split(/\r?\n(?=[a-z.]+@)/);
		// The column that is empty in all of these rows is there as well, for people to fill.
		expect(head).toContain(
			'Email,First Name,Last Name,Email Status,Why It Was Not Written,What to Do',
		);
		expect(rows).toHaveLength(2);
		expect(rows[0]).toMatch(/^rivers@example\.com,River,,Subscribed,.*has no option/);
		expect(rows[1]).toMatch(/^blaise\.pascal@example\.com,Blaise,,Opted In,.*archived record/i);
		expect(email('nova@example.com')).toHaveLength(1);
	});

	it('are not written about when all are well', async () => {
		await upload('nova@example.com,Nova,,Opted In');
		expect(mailbox.mails).toEqual([]);
	});
});

/** How often the trigger of a workflow has asked Kizen so far. */
const searches = () => kizen.log.filter(({ path }) => path.endsWith('/search')).length;

/** Waits until a trigger has polled twice more. */
async function twoPolls(): Promise<void> {
	const before = searches();
	await until('the trigger has polled twice', async () => searches() >= before + 2 || undefined);
}

/** Waits until there are so many executions of a workflow, and all have ended. */
async function executions(workflow: SavedWorkflow, count: number): Promise<Execution[]> {
	const ids = await until(`${count} executions of ${workflow.name}`, async () => {
		const all = await n8n.rest.executionIds(workflow.id);
		return all.length >= count ? all : undefined;
	});
	return await Promise.all(ids.map(async (id) => await n8n.rest.finished(id)));
}

const deal = (name: string) => kizen.find('deals', { name });

describe('deal-won', () => {
	let mailbox: Mailbox;

	beforeAll(async () => {
		mailbox = await openMailbox();
	});
	afterAll(async () => await mailbox.close());

	it('sends one mail for a deal that is won, however often it changes then', async () => {
		const workflow = await n8n.rest.createWorkflow(
			withCredential(
				withParameters(await example('deal-won.json'), 'A Deal Is Won', {
					pollTimes: EVERY_TEN_SECONDS,
				}),
				await mailbox.credential(n8n),
				({ name }) => name === 'Tell the Team',
			),
		);
		await n8n.rest.activate(workflow);
		const { id } = kizen.add('deals', { name: 'Fleet Renewal', stage: 'Negotiation' });
		await twoPolls();
		kizen.bulk('deals', [{ id, values: { stage: 'Closed Won', entity_value: 1200 } }]);
		await executions(workflow, 1);
		kizen.bulk('deals', [{ id, values: { next_step: 'Invoice' } }]);
		const all = await executions(workflow, 2);
		await n8n.rest.deactivate(workflow);
		expect(all.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(mailbox.mails).toEqual([expect.stringContaining('Subject: Won: Fleet Renewal')]);
		expect(mailbox.mails[0]).toContain('has won Fleet Renewal: 1200.');
	});
});

describe('next-step', () => {
	it('changes the record that started it, and is not started by that', async () => {
		const workflow = await n8n.rest.createWorkflow(
			withParameters(await example('next-step.json'), 'A Deal Has No Next Step', {
				pollTimes: EVERY_TEN_SECONDS,
			}),
		);
		await n8n.rest.activate(workflow);
		kizen.add('deals', { name: 'Without' });
		kizen.add('deals', { name: 'With', next_step: 'Send the offer' });
		await executions(workflow, 1);
		await twoPolls();
		const all = await executions(workflow, 1);
		await n8n.rest.deactivate(workflow);
		expect(all.map(({ status }) => status)).toEqual(['success']);
		expect(deal('Without')?.values.next_step).toMatch(/\w to call within two days$/);
		expect(deal('With')?.values.next_step).toBe('Send the offer');
	});
});

describe('kizen-calls-n8n', () => {
	const SECRET = { name: 'X-Kizen-Secret', value: 'a-long-random-value' };
	const call = async (query: string, headers: Record<string, string>) =>
		(await fetch(`${n8n.url}/webhook/kizen?${query}`, { method: 'POST', headers })).status;

	it('returns the record of a call once per run, and rejects calls without the secret', async () => {
		const secret = await n8n.rest.createCredential({
			name: 'Kizen calls',
			type: 'httpHeaderAuth',
			data: SECRET,
		});
		const workflow = await n8n.rest.createWorkflow(
			withCredential(
				await example('kizen-calls-n8n.json'),
				secret,
				({ name }) => name === 'Kizen Calls',
			),
		);
		await n8n.rest.activate(workflow);
		const { id } = kizen.add('deals', { name: 'Called', stage: 'Proposal' });
		const query = `record=${id}&run=run-1`;
		expect(await call(query, {})).toBe(403);
		expect(await call(query, { [SECRET.name]: 'a guess' })).toBe(403);
		expect(await call(query, { [SECRET.name]: SECRET.value })).toBe(200);
		const [first] = await executions(workflow, 1);
		expect(await call(query, { [SECRET.name]: SECRET.value })).toBe(200);
		const [again] = await executions(workflow, 2);
		expect(first.outputs('Your Nodes').flat()).toEqual([
			expect.objectContaining({
				json: expect.objectContaining({ action: 'found', id, name: 'Called', stage: 'Proposal' }),
			}),
		]);
		expect(came(again, 'Your Nodes')).toBe(0);
		// Without a run there is nothing to tell calls apart by: all of them count.
		for (const count of [3, 4]) {
			expect(await call(`record=${id}`, { [SECRET.name]: SECRET.value })).toBe(200);
			const [unnamed] = await executions(workflow, count);
			expect(came(unnamed, 'Your Nodes')).toBe(1);
		}
	});
});

describe('ai-agent', () => {
	let model: ScriptedModel;

	beforeAll(async () => {
		model = await startScriptedModel();
	});
	afterAll(async () => await model.close());

	it('looks contacts up, searches deals and writes contacts for whoever chats with it', async () => {
		const ada = 'ada.lovelace@example.com';
		model.script = [
			{ name: 'Look_up_contact', arguments: { email: ada } },
			{ name: 'Search_deals', arguments: { text: 'Fleet' } },
			{ name: 'Write_contact', arguments: { email: ada, fields: { Tags: 'VIP, Partner' } } },
		];
		const workflow = await n8n.rest.createWorkflow(
			withCredential(
				await example('ai-agent.json'),
				await model.credential(n8n),
				({ name }) => name === 'Chat Model',
			),
		);
		const question = { sessionId: 'one', action: 'sendMessage', chatInput: 'Make Ada a partner.' };
		const execution = await n8n.rest.run(workflow, 'Chat', [question]);
		expect(execution.status).toBe('success');
		const told = model.turns.at(-1)?.messages.filter(({ role }) => role === 'tool') ?? [];
		const [looked, searched, written] = told.map(({ content }) => String(content));
		expect(looked).toContain('"action":"found"');
		expect(searched).toContain('Fleet Leasing');
		expect(written).toContain('"action":"updated"');
		// Added to the tag she had.
		const tags = kizen.find('client_client', { email: ada })?.values.tags;
		expect(tags).toEqual(['Newsletter', 'VIP', 'Partner']);
	});
});
