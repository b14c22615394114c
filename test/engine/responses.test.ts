import { CredentialTestContext } from 'n8n-core';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { readResponse } from '../../nodes/Kizen/kizen/response';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { Fault } from '../../sandbox/kizen/faults';
import { selfSigned } from '../http/selfSigned';
import { silence, until } from '../until';
import { withKizen } from './withKizen';
import { askNode, byName, runInEngine, surroundings, type Result } from './engine';

/** What stands between n8n and Kizen: proxies, lost and damaged responses, certificates, domains. */

afterEach(() => void jest.restoreAllMocks());

const { methods } = new KizenRecords();
type Credential = ICredentialDataDecryptedObject;

const writeWith = async (
	credential: Credential,
	operation: 'add' | 'upsert',
	rows: IDataObject[],
	options: IDataObject = {},
): Promise<Result> =>
	await runInEngine({
		credential,
		parameters: {
			operation,
			object: byName('companies_company'),
			lookupValue: '={{ $json.name }}',
			specifyFields: 'json',
			jsonFields: operation === 'add' ? '={{ { name: $json.name } }}' : '{}',
			options: { giveUpAfter: 1, ...options } as never,
		},
		rows,
		node: { onError: 'continueRegularOutput' },
	});

/** Everything that asks Kizen with a credential, and what it says when that goes wrong. */
const ASKING: Record<string, (credential: Credential) => Promise<string>> = {
	run: async (credential) => {
		const { json } = await writeWith(credential, 'upsert', [{ name: 'Acme' }]);
		const { error, details } = json[0];
		return `${String(error).replace(/( \(Acme\))? \[item 0\]$/, '')}. ${(details as IDataObject).description as string}`;
	},
	list: async (credential) =>
		await askNode(methods.listSearch.searchObjects, {}, credential).then(
			() => 'a list',
			(error: Error & { description: string }) => `${error.message}. ${error.description}`,
		),
	test: async (credential) =>
		(
			await methods.credentialTest.testKizenApi.call(new CredentialTestContext(surroundings()), {
				id: '1',
				name: 'Kizen',
				type: 'kizenApi',
				data: credential,
			})
		).message,
};
const EVERYWHERE = Object.keys(ASKING);

const WRITES = /\/(add|upsert)$/;

const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `Row ${n}` }));

/** What a test does at its own Kizen, so that those that wait do so side by side. */
function sceneAt(kizen: EmbeddedKizen) {
	const write = async (operation: 'add' | 'upsert', rows: IDataObject[], options?: IDataObject) =>
		await writeWith(kizen.credential, operation, rows, options);
	const always = (fault: Fault) => kizen.faults.queue.push({ fault, times: Infinity });
	const writes = () => kizen.log.filter(({ path }) => WRITES.test(path));
	const names = () =>
		kizen
			.all('companies_company')
			.map(({ identity }) => identity)
			.filter((name) => /^Row /.test(name));
	return { kizen, write, always, writes, names };
}

type Scene = ReturnType<typeof sceneAt>;

const inScene = <Given extends unknown[]>(test: (scene: Scene, ...given: Given) => Promise<void>) =>
	withKizen<Given>(async (kizen, ...given) => await test(sceneAt(kizen), ...given));

const PAGES = [
	'<html><head><title>nginx</title></head><body><h1>Status</h1></body></html>',
	'\n<!DOCTYPE html>\n<html lang="en"><body>Sorry</body></html>',
	'<!-- a proxy --><html></html>',
	'<?xml version="1.0"?><Error><Code>Denied</Code></Error>',
];

describe('A web page with a status that says enough', () => {
	const statuses = [400, 401, 403, 407, 408, 409, 413, 418, 425, 429, 500, 502, 503, 504, 522, 530];

	it.each(statuses)('%i is read as without one', (statusCode) => {
		for (const page of PAGES) {
			const read = (body: string) => readResponse({ statusCode, headers: {}, body });
			expect(read(page)).toEqual(read(''));
		}
	});

	/** What is said, and whether anything is sent again. */
	async function seen({ kizen, always }: Scene, where: string, status: number, body: unknown) {
		kizen.reset();
		always({ kind: 'status', status, body });
		const said = await ASKING[where](kizen.credential);
		await silence(kizen);
		return {
			said: said.replace(/ Request ID: \S+| The request was held back.*all\./g, ''),
			again: kizen.log.length > new Set(kizen.log.map(({ url }) => url)).size,
		};
	}

	it.concurrent.each([
		...[401, 403, 407, 413].flatMap((status) =>
			EVERYWHERE.map((where): [number, string] => [status, where]),
		),
		...[408, 425, 429, 503].flatMap((status) =>
			['run', 'test'].map((where): [number, string] => [status, where]),
		),
	])(
		'%i reads and behaves as without one (%s)',
		inScene(async (scene, status: number, where: string) => {
			const asPage = await seen(scene, where, status, PAGES[status % PAGES.length]);
			expect(asPage.said).not.toMatch(/web page|<|nginx|Sorry/);
			expect(asPage).toEqual(await seen(scene, where, status, {}));
		}),
	);

	it.concurrent.each([
		...PAGES.map((_, n): [number, number] => [200, n]),
		[201, 0],
		[404, 1],
		[405, 2],
	] as const)(
		'%i does not: something else answers there (page %i)',
		inScene(async ({ kizen, always }, status: number, n: number) => {
			always({ kind: 'status', status, body: PAGES[n] });
			for (const where of EVERYWHERE) {
				expect(await ASKING[where](kizen.credential)).toMatch(
					/^Kizen answered with a web page\. .*(app\.go\.kizen\.com|Base URL)/,
				);
			}
		}),
	);

	it.concurrent(
		'429: every row waits and is written',
		inScene(async ({ kizen, write, names }) => {
			kizen.faults.rateLimit = { perSecond: 40, retryAfter: 1, body: PAGES[0] };
			// A machine that is too slow for the limit meets a 429 as well.
			const fault: Fault = { kind: 'status', status: 429, retryAfter: 1, body: PAGES[0] };
			kizen.faults.queue.push({ fault, match: { path: WRITES }, times: 2 });
			for (const operation of ['upsert', 'add'] as const) {
				const rows = rowsOf(120).slice(
					operation === 'add' ? 60 : 0,
					operation === 'add' ? 120 : 60,
				);
				const { json } = await write(operation, rows, { giveUpAfter: 300 });
				expect(json.map(({ action }) => action)).toEqual(rows.map(() => 'created'));
			}
			expect(names()).toHaveLength(120);
			expect(kizen.log.some(({ status }) => status === 429)).toBe(true);
		}),
	);
});

describe('An Add', () => {
	it.concurrent.each([
		['429 in HTML', { kind: 'status', status: 429, body: PAGES[1] }],
		['425', { kind: 'status', status: 425 }],
	] satisfies Array<[string, Fault]>)(
		'that was not is sent again after %s',
		inScene(async ({ kizen, write, writes }, _: string, fault: Fault) => {
			kizen.faults.queue.push({ match: { path: '/add$' }, fault, times: 2 });
			const { json } = await write('add', rowsOf(6), { giveUpAfter: 60 });
			expect(json.map(({ action }) => action)).toEqual(Array(6).fill('created'));
			expect(writes()).toHaveLength(8);
		}),
	);
});

describe('A response that only drips', () => {
	it.concurrent(
		'ends with Timeout, and the row is tried again',
		inScene(async ({ kizen, write, writes }) => {
			kizen.faults.queue.push({ match: { path: '/upsert' }, fault: { kind: 'drip' } });
			const { json } = await write('upsert', rowsOf(3), { timeout: 10, giveUpAfter: 60 });
			expect(json.map(({ action }) => action)).toEqual(['created', 'created', 'created']);
			expect(writes()).toHaveLength(4);
			await until(() => kizen.inFlight.now === 0);
		}),
	);

	it.concurrent(
		'does not outlive a workflow that is stopped',
		inScene(async ({ kizen, always }) => {
			always({ kind: 'drip' });
			const { status } = await runInEngine({
				credential: kizen.credential,
				parameters: {
					operation: 'upsert',
					object: byName('companies_company'),
					lookupValue: 'Acme',
				},
				rows: [{}],
				stopWhen: () => kizen.inFlight.now > 0,
			});
			expect(status).toBe('canceled');
			await until(() => kizen.inFlight.now === 0);
		}),
	);
});

describe('What the network says', () => {
	const refused = 'http://127.0.0.1:9';
	const damaged =
		/^Kizen's response arrived incomplete or damaged \([A-Z_]+\)\. .*proxy or firewall/;
	it.concurrent.each<[string, Fault, RegExp]>([
		['a broken response', { kind: 'broken' }, damaged],
		['a response that can not be unpacked', { kind: 'unpackable' }, damaged],
		['a broken 401', { kind: 'broken', status: 401 }, /^Kizen refused the API key/],
		['a broken 403', { kind: 'broken', status: 403 }, /^The API key has no permission/],
		[
			'a broken 503',
			{ kind: 'broken', status: 503 },
			/^Kizen is not available right now \(HTTP 503\)/,
		],
		[
			'a broken 404',
			{ kind: 'broken', status: 404 },
			/^(Kizen's response arrived|What answers at|Kizen has no)/,
		],
		[
			'a connection that closes',
			{ kind: 'drop' },
			/^The connection to Kizen at http.* was lost \(ECONNRESET\)/,
		],
	])(
		'of %s reads the same in a run and in the test of the credential',
		inScene(async ({ kizen, always }, _: string, fault: Fault, words: RegExp) => {
			always(fault);
			for (const where of ['run', 'test']) {
				expect(await ASKING[where](kizen.credential)).toMatch(words);
			}
		}),
	);

	it.concurrent.each(EVERYWHERE)(
		'carries its code (%s)',
		inScene(async ({ kizen }, where) => {
			const said = await ASKING[where]({ ...kizen.credential, baseUrl: refused });
			expect(said).toMatch(
				/^Kizen could not be reached at http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\)\./,
			);
		}),
	);

	it.concurrent(
		'a broken 429 is waited for',
		inScene(async ({ kizen, write }) => {
			const fault: Fault = { kind: 'broken', status: 429, retryAfter: 1 };
			kizen.faults.queue.push({ match: { path: '/upsert' }, fault, times: 2, when: 'before' });
			const { json, hints } = await write('upsert', rowsOf(4), { giveUpAfter: 60 });
			expect(json.map(({ action }) => action)).toEqual(Array(4).fill('created'));
			// n8n 1 keeps no header of a broken response, and so not how long to wait.
			expect(hints[0].message).toMatch(
				/Waited \d s for Kizen's rate limit|Sent \d requests? again/,
			);
		}),
	);

	it.concurrent(
		'a broken or damaged response to an Upsert is asked for again',
		inScene(async ({ kizen, write, names }) => {
			kizen.faults.queue.push(
				{ match: { path: '/upsert' }, fault: { kind: 'broken' } },
				{ match: { path: '/upsert' }, fault: { kind: 'unpackable' } },
			);
			const { json } = await write('upsert', rowsOf(4), { giveUpAfter: 60 });
			expect(json.filter(({ action }) => action === 'failed')).toEqual([]);
			expect(names()).toHaveLength(4);
		}),
	);

	it.concurrent(
		'a certificate that is not trusted is named, with the remedy, and the key is not sent',
		inScene(async ({ kizen }) => {
			let received = '';
			const server = createServer(selfSigned(), (socket) => {
				socket.on('data', (data) => (received += data.toString()));
				socket.on('error', () => undefined);
			});
			server.on('tlsClientError', () => undefined);
			await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
			try {
				const { port } = server.address() as AddressInfo;
				for (const where of EVERYWHERE) {
					const baseUrl = `https://localhost:${port}`;
					expect(await ASKING[where]({ ...kizen.credential, baseUrl })).toMatch(
						/^The certificate of https:\/\/localhost:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. .*NODE_EXTRA_CA_CERTS/,
					);
				}
				expect(received).toBe('');
			} finally {
				server.close();
			}
		}),
	);
});

describe('The credential', () => {
	it.concurrent.each<[string, IDataObject, RegExp]>([
		[
			'one other domain',
			{ allowedDomains: 'elsewhere.example' },
			/^The credential does not allow requests to 127\.0\.0\.1\. .*'Allowed Domains'/,
		],
		[
			'other domains',
			{ allowedDomains: 'a.example, *.b.example' },
			/^The credential does not allow requests to 127\.0\.0\.1\./,
		],
		[
			'no domain at all',
			{ allowedDomains: ' ' },
			/^The credential does not allow requests to 127\.0\.0\.1\./,
		],
		[
			'subdomains alone',
			{ allowedDomains: '*.127.0.0.1' },
			/^The credential does not allow requests to 127\.0\.0\.1\./,
		],
	])(
		'that n8n keeps to %s sends its key nowhere else',
		inScene(async ({ kizen }, _: string, restriction: IDataObject, words: RegExp) => {
			const credential = {
				...kizen.credential,
				allowedHttpRequestDomains: 'domains',
				...restriction,
			};
			for (const where of EVERYWHERE) expect(await ASKING[where](credential)).toMatch(words);
			expect(kizen.log).toEqual([]);
		}),
	);

	it.concurrent.each(['user@', ':secret@', '?', '#'])(
		'whose Base URL holds more than an address (%s) sends its key nowhere',
		inScene(async ({ kizen }, more: string) => {
			const { host } = new URL(kizen.url);
			const baseUrl = more.endsWith('@') ? `http://${more}${host}` : `${kizen.url}/${more}page=1`;
			for (const where of EVERYWHERE) {
				expect(await ASKING[where]({ ...kizen.credential, baseUrl })).toMatch(
					/^The credential's Base URL holds more than an address\. .*leave only the address/,
				);
			}
			expect(kizen.log).toEqual([]);
		}),
	);

	it.concurrent.each<IDataObject>([
		{ allowedHttpRequestDomains: 'all', allowedDomains: 'elsewhere.example' },
		{ allowedHttpRequestDomains: 'none' },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'a.example, 127.0.0.1.' },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'a.example, *.0.0.1' },
	])(
		'works with %j, which does not keep it from this node',
		inScene(async ({ kizen }, restriction: IDataObject) => {
			const credential = { ...kizen.credential, ...restriction } as Credential;
			expect(await ASKING.test(credential)).toMatch(/^Connected to the business/);
			expect(await ASKING.list(credential)).toBe('a list');
			const { json } = await writeWith(credential, 'upsert', rowsOf(1));
			expect(json[0].action).toBe('created');
		}),
	);

	it.concurrent.each(['constructor', '__proto__', 'toString', 'Production', ''])(
		'with the Environment %j from an expression is named',
		inScene(async ({ kizen }, environment: string) => {
			for (const where of EVERYWHERE) {
				expect(await ASKING[where]({ ...kizen.credential, environment })).toBe(
					`The credential's Environment "${environment}" is not known. Open the credential and choose one from the list under 'Environment'.`,
				);
			}
		}),
	);

	it.concurrent(
		'that n8n can not read is to blame, and not the parameters',
		inScene(async () => {
			const { json } = await runInEngine({
				parameters: {
					operation: 'upsert',
					object: byName('deals'),
					lookupValue: 'Acme',
				},
				rows: [{}],
				node: { onError: 'continueRegularOutput' },
			});
			expect(json[0].error).toBe(
				'n8n could not read the credential. Credential with ID "1" does not exist [item 0]',
			);
			expect(json[0].details).toMatchObject({
				description: expect.stringMatching(/choose a credential/),
			});
		}),
	);
});

it(
	'A hint shows a name with signs of HTML as it is',
	withKizen(async (kizen) => {
		const { hints } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: 'Acme',
				specifyFields: 'json',
				jsonFields: '={{ $json }}',
				options: { unknownFields: 'ignore' },
			},
			rows: [{ 'a<b> or c': 1, 'R&D': 2 }],
		});
		expect(hints.at(-1)?.message).toMatch(/"a&lt;b&gt; or c", "R&amp;D"/);
	}),
);

// The last of the file: what is tested side by side has ended, and would end too soon beside it.
describe('A response that drips without end', () => {
	it.each(EVERYWHERE)('ends in time (%s)', async (where) => {
		// A second of a deadline takes 20 ms; the response drips for as long as it is let.
		const timeout = AbortSignal.timeout.bind(AbortSignal);
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 50));
		// The helper that n8n gives to a credential's test can't be ended: its connection stays.
		const other = await startKizen({
			faults: { queue: [{ fault: { kind: 'drip', everyMs: 5 }, times: Infinity }] },
		});
		expect(await ASKING[where](other.credential)).toMatch(
			/^Kizen did not answer in time \(ETIMEDOUT\)\./,
		);
		await other.stop();
	});
});
