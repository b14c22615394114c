import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

// Below those that systems hand out by themselves: nobody gets one of them by chance before it is used.
const FIRST = 12_000;
const LAST = 32_000;

/** Ports of this computer that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
	const held = new Map<number, Server>();
	// All are held before one is let go, else the same one would be found twice.
	while (held.size < count) {
		const port = randomInt(FIRST, LAST);
		const server = await listenOn(port);
		if (server) held.set(port, server);
	}
	const servers = [...held.values()];
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
	return [...held.keys()];
}

/** Listens on a port; undefined if somebody does already. */
async function listenOn(port: number): Promise<Server | undefined> {
	const server = createServer();
	return await new Promise((resolve) => {
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () => resolve(server));
	});
}
