import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { SavedCredential } from '../../sandbox/n8n/rest';
import type { SharedN8n } from './meeting';

/** What the agent sends the model, as far as a script cares. */
export interface Turn {
	messages: Array<{ role: string; content: unknown }>;
	tools?: Array<{ function: { name: string; description: string; parameters: unknown } }>;
	stream?: boolean;
}

/** A call of a tool that the model is to make: the tool's name, and what it is called with. */
export interface ToolCall {
	name?: string;
	arguments: Record<string, unknown>;
}

/**
 * Stands in for a hosted chat model: calls the tools that its script names, one after another, and
 * then repeats what the last one said.
 */
export interface ScriptedModel {
	/** Without a name, the only tool is called. */
	script: ToolCall[];
	readonly turns: Turn[];
	/** Saves a credential by which n8n's chat model node reaches it. */
	credential(n8n: SharedN8n): Promise<SavedCredential>;
	close(): Promise<void>;
}

export async function startScriptedModel(): Promise<ScriptedModel> {
	const turns: Turn[] = [];
	const server = createServer((request, response) => {
		void json(request).then((body) => {
			const turn = body as Turn;
			turns.push(turn);
			const message = reply(turn, model.script);
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
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as AddressInfo;
	const model: ScriptedModel = {
		script: [],
		turns,
		credential: async ({ rest }) =>
			await rest.createCredential({
				name: 'Scripted model',
				type: 'openAiApi',
				data: { apiKey: 'none', url: `http://127.0.0.1:${port}/v1` },
			}),
		async close() {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
	return model;
}

function reply({ messages, tools }: Turn, script: ToolCall[]): Record<string, unknown> {
	const answers = messages.filter(({ role }) => role === 'tool');
	const call = script[answers.length];
	if (call === undefined) {
		return { role: 'assistant', content: `It says: ${String(answers.at(-1)?.content)}` };
	}
	const name = call.name ?? tools?.[0].function.name;
	const made = { name, arguments: JSON.stringify(call.arguments) };
	const id = `call_${answers.length + 1}`;
	const tool_calls = [{ index: 0, id, type: 'function', function: made }];
	return { role: 'assistant', content: null, tool_calls };
}
