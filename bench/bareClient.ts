import { request } from 'node:http';

import type { KizenProcess } from './kizenProcess';
import type { Row } from './rows';

/**
 * The same requests from a few lines of Node.js, without n8n and without a care: what the machine
 * and the embedded Kizen give at best. A connection for each, as n8n makes them. Milliseconds.
 */
export async function bareClientMs(
	kizen: KizenProcess,
	rows: Row[],
	atOnce: number,
): Promise<number> {
	const started = performance.now();
	let next = 0;
	const sendAll = async () => {
		while (next < rows.length) await send(kizen, rows[next++]);
	};
	await Promise.all(Array.from({ length: atOnce }, sendAll));
	return performance.now() - started;
}

async function send({ url, objectId, credential }: KizenProcess, row: Row): Promise<void> {
	const { name, ...values } = row;
	const fields = Object.entries(values).map(([field, value]) => ({ name: field, value }));
	const body = JSON.stringify({ lookup_value: name, fields, oncreate_unarchive: 'prompt' });
	await new Promise<void>((resolve, reject) => {
		const sending = request(
			`${url}/api/records/${objectId}/upsert`,
			{
				method: 'POST',
				agent: false,
				headers: {
					'Content-Type': 'application/json',
					'X-API-KEY': credential.apiKey,
					'X-BUSINESS-ID': credential.businessId,
					'X-USER-ID': credential.userId,
				},
			},
			(response) => {
				if (response.statusCode !== 201) reject(new Error(`Kizen: ${response.statusCode}`));
				response.resume().on('end', resolve);
			},
		);
		sending.on('error', reject);
		sending.end(body);
	});
}
