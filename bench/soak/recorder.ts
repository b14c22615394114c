import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { Sent } from './tally';

/** Where the workflows bring what started them. */
export interface Recorder {
	/** Where to post the items of one execution, as a list. */
	url(workflow: string): string;
	/** What was brought by a workflow so far. */
	sent(workflow: string): Sent[];
	/** Takes the next items, and leaves the workflow that brings them without a response. */
	leaveOneWaiting(): Promise<void>;
	close(): void;
}

/** What Selected Fields leaves of a record. */
interface Item {
	id: string;
	action: string;
	next_step: string;
}

export async function startRecorder(): Promise<Recorder> {
	const brought = new Map<string, Sent[]>();
	let onWaiting: (() => void) | undefined;
	const server = createServer(async (request, response) => {
		const workflow = request.url ?? '';
		const items = JSON.parse(await text(request)) as Item[];
		const sent = items.map(({ id, action, next_step: step }) => ({
			id,
			action,
			version: Number(step),
		}));
		brought.set(workflow, [...(brought.get(workflow) ?? []), ...sent]);
		if (onWaiting === undefined) {
			response.setHeader('content-type', 'application/json');
			response.end('{}');
			return;
		}
		onWaiting();
		onWaiting = undefined;
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: (workflow) => `http://127.0.0.1:${port}/${workflow}`,
		sent: (workflow) => brought.get(`/${workflow}`) ?? [],
		leaveOneWaiting: async () => await new Promise((resolve) => (onWaiting = resolve)),
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
