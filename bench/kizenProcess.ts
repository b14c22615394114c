import { once } from 'node:events';
import { join } from 'node:path';

import type {
	EmbeddedKizen,
	Faults,
	LoggedRequest,
	StoredRecord,
	Switches,
} from '../sandbox/kizen';
import { signalGroup, spawnKept } from '../sandbox/n8n/lifetime';
import { freePorts } from '../sandbox/n8n/ports';
import { project } from '../sandbox/n8n/sandbox';
import { until } from '../sandbox/n8n/rest';

/** The object that the rows are written to. */
export const OBJECT = 'companies_company';

/**
 * An embedded Kizen in a process of its own, so that it shares no event loop with what is measured,
 * steered by its `/_sandbox` addresses.
 */
export interface KizenProcess {
	url: string;
	pid: number;
	credential: EmbeddedKizen['credential'];
	/** The id of {@link OBJECT}. */
	objectId: string;
	/** A Kizen as at its start, that behaves like this. */
	prepare(faults: Partial<Faults>, switches: Partial<Switches>): Promise<void>;
	/** Puts companies in place, past Kizen's own interface and its log. */
	fill(companies: object[]): Promise<void>;
	log(): Promise<LoggedRequest[]>;
	forgetLog(): Promise<void>;
	records(): Promise<StoredRecord[]>;
	/** The most requests that were under way at once. */
	mostInFlight(): Promise<number>;
	stop(): void;
}

interface Overview {
	credential: EmbeddedKizen['credential'];
	objects: Array<{ id: string; name: string }>;
	inFlight: { most: number };
}

export async function startKizenProcess(): Promise<KizenProcess> {
	const [port] = await freePorts(1);
	const main = join(project, 'sandbox', 'kizen', 'main.ts');
	const args = ['--import', 'tsx', main, '--port', String(port)];
	const child = spawnKept(process.execPath, args, { cwd: project, stdio: 'ignore' });
	await once(child, 'spawn');

	const url = `http://127.0.0.1:${port}`;
	const ask = async (method: string, path: string, body?: object) => {
		const response = await fetch(`${url}/_sandbox${path}`, {
			method,
			...(body && { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`The embedded Kizen answered ${response.status}: ${text}`);
		return text === '' ? undefined : (JSON.parse(text) as unknown);
	};
	const overview = async () => (await ask('GET', '')) as Overview;
	const { credential, objects } = await until('the embedded Kizen answers', async () =>
		overview().catch(() => undefined),
	);
	const objectId = objects.find(({ name }) => name === OBJECT)?.id;
	if (objectId === undefined || child.pid === undefined) throw new Error(`No ${OBJECT}`);
	return {
		url,
		pid: child.pid,
		credential,
		objectId,
		async prepare(faults, switches) {
			await ask('POST', '/reset');
			await ask('POST', '/switches', switches);
			await ask('POST', '/faults', faults);
		},
		async fill(companies) {
			let next = 0;
			const putAll = async () => {
				while (next < companies.length) {
					await ask('POST', `/records/${OBJECT}`, { values: companies[next++] });
				}
			};
			await Promise.all(Array.from({ length: 16 }, putAll));
		},
		log: async () => (await ask('GET', '/log')) as LoggedRequest[],
		async forgetLog() {
			await ask('DELETE', '/log');
		},
		records: async () => (await ask('GET', `/records/${OBJECT}`)) as StoredRecord[],
		mostInFlight: async () => (await overview()).inFlight.most,
		stop: () => signalGroup(child, 'SIGTERM'),
	};
}
