import axios from 'axios';
import { Agent } from 'node:http';

import type { KizenProcess } from './kizenProcess';
import type { Row } from './rows';

/**
 * The same requests from a few lines of Node.js, without n8n: what the machine and the embedded Kizen
 * can do at best. A connection for each, as n8n makes them. Milliseconds.
 */
export async function bareClientMs(
	{ url, objectId, credential }: KizenProcess,
	rows: Row[],
	atOnce: number,
): Promise<number> {
	const client = axios.create({
		baseURL: `${url}/api/records/${objectId}`,
		httpAgent: new Agent({ keepAlive: false }),
		headers: {
			'X-API-KEY': credential.apiKey,
			'X-BUSINESS-ID': credential.businessId,
			'X-USER-ID': credential.userId,
		},
	});
	let next = 0;
	const sendAll = async () => {
		for (let row = rows[next++]; row; row = rows[next++]) {
			const { name, ...values } = row;
			const fields = Object.entries(values).map(([field, value]) => ({ name: field, value }));
			await client.post('/upsert', { lookup_value: name, fields, oncreate_unarchive: 'prompt' });
		}
	};
	const started = performance.now();
	await Promise.all(Array.from({ length: atOnce }, sendAll));
	return performance.now() - started;
}
