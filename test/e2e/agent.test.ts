import { randomUUID } from 'node:crypto';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { isN8n1 } from '../../sandbox/n8n/versions';
import { credentialFor, sharedN8n } from './meeting';
import { startScriptedModel, type ScriptedModel } from './scriptedModel';
import { KIZEN_NODE, node, webhook } from '../../sandbox/n8n/workflows';

/** The node as a tool of n8n's AI agent. A script stands in for the hosted model. */

const n8n = sharedN8n();
const AGENT_VERSION = isN8n1(n8n.install.version) ? 3 : 3.1;
let kizen: EmbeddedKizen;
let model: ScriptedModel;

beforeAll(async () => {
	kizen = await startKizen();
	model = await startScriptedModel();
});
afterAll(async () => {
	await model.close();
	await kizen.stop();
});
beforeEach(() => {
	kizen.reset();
	model.turns.length = 0;
});

async function ask(question: string): Promise<string> {
	const openAi = await model.credential(n8n);
	const { id, name } = await credentialFor(n8n, kizen);
	const path = randomUUID();
	const nodes = [
		webhook(path),
		node('Agent', '@n8n/n8n-nodes-langchain.agent', AGENT_VERSION, {
			promptType: 'define',
			text: '={{ $json.body.question }}',
			options: {},
		}),
		node(
			'Model',
			'@n8n/n8n-nodes-langchain.lmChatOpenAi',
			1.2,
			{ model: { __rl: true, mode: 'id', value: 'scripted' }, options: {} },
			{ credentials: { openAiApi: { id: openAi.id, name: openAi.name } } },
		),
		node(
			'Kizen',
			`${KIZEN_NODE}Tool`,
			1,
			{
				operation: 'upsert',
				object: { __rl: true, mode: 'name', value: 'client_client' },
				lookupValue: "={{ $fromAI('email', 'Email of the contact', 'string') }}",
				specifyFields: 'json',
				jsonFields: "={{ $fromAI('fields', 'Fields of the contact by label', 'json') }}",
			},
			{ credentials: { kizenApi: { id, name } } },
		),
	];
	const to = (target: string, type: string) => [[{ node: target, type, index: 0 }]];
	const workflow = await n8n.rest.createWorkflow({
		name: `Agent ${path}`,
		nodes,
		settings: { executionOrder: 'v1' },
		connections: {
			Webhook: { main: to('Agent', 'main') },
			Model: { ai_languageModel: to('Agent', 'ai_languageModel') },
			Kizen: { ai_tool: to('Agent', 'ai_tool') },
		} as never,
	});
	await n8n.rest.activate(workflow);
	const answer = await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ question }),
	});
	return await answer.text();
}

it('writes what the model asks for, and tells it what happened', async () => {
	model.script = [
		{ arguments: { email: 'nova@example.com', fields: { 'First Name': 'Nova', Tags: 'VIP' } } },
	];
	const answer = await ask('Please put Nova into our CRM.');
	expect(answer).toContain('created');
	expect(kizen.find('client_client', { email: 'nova@example.com' })?.values).toMatchObject({
		first_name: 'Nova',
		tags: ['VIP'],
	});
	const [first] = model.turns;
	expect(first.tools).toHaveLength(1);
	expect(JSON.stringify(first.tools?.[0].function.parameters)).toContain('Email of the contact');
});

it('tells the model in words what to do about a value that does not fit', async () => {
	model.script = [
		{ arguments: { email: 'nova@example.com', fields: { 'Email Status': 'Subscribed' } } },
	];
	const answer = await ask('Please subscribe Nova.');
	expect(answer).toMatch(/has no option.*Opted In/s);
	expect(kizen.find('client_client', { email: 'nova@example.com' })).toBeUndefined();
});
