import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { startKizen, type EmbeddedKizen } from '../kizen';
import { isN8n1 } from '../n8n/versions';
import { credentialFor, sharedN8n } from './meeting';
import { KIZEN_NODE, node, webhook } from './workflows';

/** The node as a tool of n8n's AI agent. A script stands in for the hosted model. */

interface Turn {
	messages: Array<{ role: string; content: unknown }>;
	tools?: Array<{ function: { name: string; description: string; parameters: unknown } }>;
	stream?: boolean;
}

const n8n = sharedN8n();
const AGENT_VERSION = isN8n1(n8n.install.version) ? 3 : 3.1;
let kizen: EmbeddedKizen;
let model: Server;
let turns: Turn[] = [];
/** What the model has the tool called with. */
let script: Record<string, unknown> = {};

/** Calls the one tool it is offered, and then says what came back. */
function reply({ messages, tools }: Turn): Record<string, unknown> {
	const last = messages.at(-1);
	if (last?.role === 'tool')
		return { role: 'assistant', content: `It says: ${String(last.content)}` };
	const name = tools?.[0].function.name;
	const call = { name, arguments: JSON.stringify(script) };
	return {
		role: 'assistant',
		content: null,
		tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: call }],
	};
}

beforeAll(async () => {
	kizen = await startKizen();
	model = createServer((request, response) => {
		void json(request).then((body) => {
			const turn = body as Turn;
			turns.push(turn);
			const message = reply(turn);
			const finish_reason = 'tool_calls' in message ? 'tool_calls' : 'stop';
			const common = { id: randomUUID(), created: 1, model: 'scripted' };
			const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
			if (turn.stream) {
				const part = (choice: object) =>
					`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`;
				response.setHeader('content-type', 'text/event-stream');
				response.end(
					`${part({ delta: message })}${part({ delta: {}, finish_reason })}data: [DONE]\n\n`,
				);
			} else {
				response.setHeader('content-type', 'application/json');
				const choices = [{ index: 0, message, finish_reason }];
				response.end(JSON.stringify({ ...common, object: 'chat.completion', choices, usage }));
			}
		});
	});
	await new Promise<void>((ready) => model.listen(0, '127.0.0.1', ready));
});
afterAll(async () => {
	model.closeAllConnections();
	await new Promise((closed) => model.close(closed));
	await kizen.stop();
});
beforeEach(() => {
	kizen.reset();
	turns = [];
});

async function ask(question: string): Promise<string> {
	const { port } = model.address() as AddressInfo;
	const openAi = await n8n.rest.createCredential({
		name: 'Scripted model',
		type: 'openAiApi',
		data: { apiKey: 'none', url: `http://127.0.0.1:${port}/v1` },
	});
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
	script = { email: 'nova@example.com', fields: { 'First Name': 'Nova', Tags: 'VIP' } };
	const answer = await ask('Please put Nova into our CRM.');
	expect(answer).toContain('created');
	expect(kizen.find('client_client', { email: 'nova@example.com' })?.values).toMatchObject({
		first_name: 'Nova',
		tags: ['VIP'],
	});
	const [first] = turns;
	expect(first.tools).toHaveLength(1);
	expect(JSON.stringify(first.tools?.[0].function.parameters)).toContain('Email of the contact');
});

it('tells the model in words what to do about a value that does not fit', async () => {
	script = { email: 'nova@example.com', fields: { 'Email Status': 'Subscribed' } };
	const answer = await ask('Please subscribe Nova.');
	expect(answer).toMatch(/has no option.*Opted In/s);
	expect(kizen.find('client_client', { email: 'nova@example.com' })).toBeUndefined();
});
