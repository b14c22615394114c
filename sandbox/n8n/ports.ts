import { createServer, type AddressInfo } from 'node:net';

/** Ports of this computer that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
	// All are held before one is let go, else the same one would be found twice.
	const servers = Array.from({ length: count }, () => createServer());
	const ports = await Promise.all(
		servers.map(
			async (server) =>
				await new Promise<number>((resolve) => {
					server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
				}),
		),
	);
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
	return ports;
}
