import type { INode, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { Fault } from '../../sandbox/kizen/faults';
import { silence } from '../until';
import { byName, runInEngine, toolOf, type Result } from './engine';

/** Rows that fail: by their input, by the response of Kizen, and tried again by n8n. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

describe('Input', () => {
	const OBJECT = byName('companies_company');

	const UPSERT: INodeParameters = {
		operation: 'upsert',
		object: OBJECT,
		lookupValue: '={{ $json.name }}',
		specifyFields: 'json',
		jsonFields: '{}',
	};

	/** The bad row between two good ones, with On Error set to Continue. */
	async function between(
		parameters: INodeParameters,
		bad: Record<string, unknown> = {},
		credential: Record<string, string> = {},
	): Promise<Result> {
		return await runInEngine({
			credential: { ...kizen.credential, ...credential },
			parameters: { ...UPSERT, ...parameters },
			rows: [{ name: 'First Ltd' }, { name: 'Second Ltd', ...bad }, { name: 'Third Ltd' }],
			node: { onError: 'continueRegularOutput' },
		});
	}

	const actions = ({ json }: Result) => json.map(({ action }) => action);
	const said = ({ json }: Result, item = 1) => {
		const { error, details } = json[item];
		return { error, description: (details as { description: string }).description };
	};

	describe('One bad row', () => {
		it.each([
			[
				'an empty lookup value',
				{ lookupValue: '={{ $json.lookup ?? $json.name }}' },
				{ lookup: '  ' },
				"'Lookup Value' is empty [item 1]",
				/Enter the record's name for every item/,
			],
			[
				'a lookup value that is no text',
				{ lookupValue: '={{ $json.lookup ?? $json.name }}' },
				{ lookup: { first: 'Ada' } },
				'\'Lookup Value\' can\'t be "{"first":"Ada"}" [item 1]',
				/as text/,
			],
			[
				'an object that does not exist',
				{ object: { ...OBJECT, value: "={{ $json.object ?? 'companies_company' }}" } },
				{ object: 'companys' },
				'Kizen has no "companys", or the API key may not see it [item 1]',
				/From List/,
			],
			[
				'no object at all',
				{
					object: {
						...OBJECT,
						value: "={{ $json.name === 'Second Ltd' ? '' : 'companies_company' }}",
					},
				},
				{},
				"'Object' is empty [item 1]",
				/Choose an object/,
			],
			[
				'JSON that does not parse',
				{ jsonFields: '={{ $json.text ?? "{}" }}' },
				{ text: '{ "website": "x.example", }' },
				/^The JSON of the fields cannot be read: .+, at line 1, column \d+, near .+ \[item 1\]$/,
				/'Fields \(JSON\)'/,
			],
			[
				'a line break that an expression puts into the JSON',
				{ jsonFields: '={ "website": "{{ $json.text ?? "" }}" }' },
				{ text: 'x.example\ny.example' },
				/^The JSON of the fields cannot be read: a text in it contains a line break, at line 1, .+ \[item 1\]$/,
				/set 'Specify Fields' to Map Fields, or write \{\{ JSON\.stringify\(\$json\.note\) \}\} without quotes/,
			],
			[
				'a quotation mark that an expression puts into the JSON',
				{ jsonFields: '={ "website": "{{ $json.text ?? "" }}" }' },
				{ text: 'the "best"' },
				/^The JSON of the fields cannot be read: a text in it contains a quotation mark, at line 1, /,
				/Map Fields/,
			],
			[
				'money that may be read in two ways',
				{ jsonFields: '={{ { "Annual Revenue": $json.revenue ?? 5 } }}' },
				{ revenue: '$1.234' },
				/^"Annual Revenue" takes a number; "\$1\.234" may be read in two ways\. Write 1\.2340 or 1234\. Or choose .* \(Second Ltd\) \[item 1\]$/,
				/Nothing was written/,
			],
			[
				'a phone number that a spreadsheet has shortened',
				{ jsonFields: '={{ { "Main Phone": $json.phone ?? "" } }}' },
				{ phone: '4.479E+11' },
				/^"Main Phone" takes a phone number; "4\.479E\+11" is a number that a spreadsheet has shortened/,
				/Nothing was written/,
			],
			[
				'a field that Kizen does not have',
				{ jsonFields: '={{ $json.fields ?? "{}" }}' },
				{ fields: { websit: 'x.example' } },
				'Kizen has no field "websit". Did you mean "Website"? (Second Ltd) [item 1]',
				/Nothing was written for this row/,
			],
			[
				'two values that do not fit, both at once',
				{ jsonFields: '={{ $json.fields ?? "{}" }}' },
				{ fields: { Industry: 'Retial', Employees: 'many' } },
				/"Industry" has no option "Retial".*"Employees".*\[item 1\]$/s,
				/Nothing was written for this row/,
			],
			[
				'an archive mode that is none',
				{ oncreateUnarchive: '={{ $json.mode ?? "prompt" }}' },
				{ mode: 'restore' },
				"'If an Archived Record Has This Name or Email' can't be \"restore\" [item 1]",
				/Report a Conflict \(prompt\)/,
			],
		])('with %s fails alone and says why', async (_what, parameters, bad, error, description) => {
			const result = await between(parameters, bad);
			expect(actions(result)).toEqual(['created', 'failed', 'created']);
			expect(said(result)).toEqual({
				error: typeof error === 'string' ? error : expect.stringMatching(error),
				description: expect.stringMatching(description),
			});
			expect(result.json[1]).toMatchObject(bad);
			expect(kizen.find('companies_company', { name: 'Second Ltd' })).toBeUndefined();
		});

		it('carries the field that Kizen refused and the request ID', async () => {
			kizen.faults.queue.push({
				match: { path: '/upsert', contains: 'Second Ltd' },
				fault: {
					kind: 'status',
					status: 400,
					body: { fields: [{ value: [{ message: 'Too short.', code: 'min_length' }] }] },
				},
			});
			const result = await between({ jsonFields: '{ "Website": "x" }' });
			const { requestId } = kizen.log.find(({ status }) => status === 400) ?? {};
			expect(result.json[1].details).toEqual({
				action: 'failed',
				description: `Change the value of the field for this row. Request ID: ${requestId}.`,
				httpCode: 400,
				code: 'min_length',
				requestId,
				fields: [{ field: 'Website', message: 'Too short.' }],
			});
		});

		it.each([
			[
				'{ "Main Phone": "+1 23" }',
				'"Main Phone": The phone number entered is not valid (sent: "+1 23")',
			],
			['{ "Industry": "Retail" }', '"Industry": Not today (sent: "Retail")'],
			['{ "Segments": ["Key"] }', '"Segments": Not today'],
		])('quotes what Kizen refused, in the words of the user: %s', async (jsonFields, message) => {
			if (!jsonFields.includes('Phone')) {
				const body = { fields: [{ value: ['Not today.'] }] };
				kizen.faults.queue.push({
					match: { path: '/upsert', contains: 'Second Ltd' },
					fault: { kind: 'status', status: 400, body },
					times: 9,
				});
			}
			const { json } = await between({ jsonFields });
			expect(json[1].error).toBe(`Kizen did not accept the row. ${message} (Second Ltd) [item 1]`);
		});

		it('never shows the API key, even where Kizen repeats it', async () => {
			const { apiKey } = kizen.credential;
			kizen.faults.queue.push({
				match: { path: '/upsert' },
				times: 9,
				fault: {
					kind: 'status',
					status: 400,
					body: {
						detail: `Got ${apiKey}.`,
						code: apiKey,
						[apiKey]: [apiKey],
						fields: [{ value: [{ message: apiKey, code: apiKey }] }],
					},
				},
			});
			const { json, stored } = await between({ jsonFields: '{ "Website": "x" }' });
			expect(json[0].error).toMatch(/"Website": \[API key\]/);
			expect(JSON.stringify(json)).not.toContain(apiKey);
			expect(stored).not.toContain(apiKey);
		});

		it('can not put HTML into the editor through what Kizen says', async () => {
			kizen.faults.queue.push({
				match: { path: '/upsert' },
				fault: { kind: 'status', status: 418, body: '<img src=x onerror=alert(1)>' },
			});
			const { error } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...UPSERT, lookupValue: '<img>' },
				rows: [{}],
			});
			expect(error?.description).not.toMatch(/<img/);
		});

		it('keeps its words where n8n would find a network code in them', async () => {
			const { error } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...UPSERT, jsonFields: '{ "Impermeable": 1 }' },
				rows: [{ name: 'Impermeable Ltd' }],
			});
			expect(error?.message).toMatch(/^Kizen has no field "Impermeable"\..*\[item 0\]$/);
		});
	});

	describe('A credential that can not work', () => {
		it.each([
			[
				'with a wrong key',
				{ apiKey: 'wrong' },
				/^Kizen refused the API key for this business and user/,
				/My Profile > API Connections/,
			],
			[
				'whose Base URL is empty',
				{ baseUrl: '' },
				/^The credential's Base URL is empty/,
				/app\.go\.kizen\.com/,
			],
			[
				'whose Base URL is no address',
				{ baseUrl: 'go kizen' },
				/^The credential's Base URL "go kizen" is not a web address/,
				/https/,
			],
			[
				'that would send the key unprotected',
				{ baseUrl: 'http://kizen.example' },
				/would send the API key unprotected/,
				/https:\/\//,
			],
			[
				'where nobody listens',
				{ baseUrl: 'http://127.0.0.1:9' },
				/^Kizen could not be reached at http:\/\/127\.0\.0\.1:9/,
				/firewall/,
			],
			[
				'that n8n keeps to other domains',
				{ allowedHttpRequestDomains: 'domains', allowedDomains: 'elsewhere.example' },
				/^The credential does not allow requests to 127\.0\.0\.1/,
				/'Allowed Domains'/,
			],
			[
				'of a host that does not exist',
				{ baseUrl: 'https://kizen.invalid' },
				/^Kizen could not be (found|reached) at https:\/\/kizen\.invalid/,
				/Base URL/,
			],
		])('%s fails every row and says so', async (_what, credential, error, description) => {
			const result = await between({ options: { giveUpAfter: 1 } }, {}, credential);
			expect(actions(result)).toEqual(['failed', 'failed', 'failed']);
			for (const item of [0, 1, 2]) {
				expect(said(result, item)).toEqual({
					error: expect.stringMatching(error),
					description: expect.stringMatching(description),
				});
			}
			expect(result.stored).not.toContain(kizen.credential.apiKey);
		});

		it('that is not there at all says so for every row', async () => {
			const result = await runInEngine({
				parameters: UPSERT,
				rows: [{ name: 'A' }, { name: 'B' }],
				node: { onError: 'continueRegularOutput' },
			});
			expect(actions(result)).toEqual(['failed', 'failed']);
			expect(result.json[0].error).toMatch(/does not exist.*\[item 0\]/);
		});
	});

	describe('An address', () => {
		it.each(['../../team', 'a/b?c', 'x#y', '%2e%2e', 'ü ñ'])(
			'never leaves its place because of an object called %j',
			async (identifier) => {
				await between({ object: { ...OBJECT, mode: 'id', value: identifier } });
				const paths = [...new Set(kizen.log.map(({ path }) => path))];
				expect(paths).toEqual([
					`/api/custom-objects/${encodeURIComponent(identifier)}`,
					`/api/custom-objects/${encodeURIComponent(identifier)}/fields`,
					// Where Kizen has no such object, it is looked for under the names on its screens.
					'/api/custom-objects',
				]);
			},
		);

		it.each(['.', '..'])('is not made from an object called %j', async (identifier) => {
			const result = await between({ object: { ...OBJECT, mode: 'id', value: identifier } });
			expect(said(result).error).toBe(`'Object' can't be "${identifier}" [item 1]`);
			expect(kizen.log).toEqual([]);
		});
	});

	describe('An option of the run', () => {
		it.each([
			[{ maxParallel: 0 }, "'Requests at Once' can't be \"0\" [item 0]"],
			[{ maxParallel: 129 }, "'Requests at Once' can't be \"129\" [item 0]"],
			[{ timeout: 'soon' }, "'Timeout (Seconds)' can't be \"soon\" [item 0]"],
			[{ giveUpAfter: 0.5 }, "'Give Up After (Seconds)' can't be \"0.5\" [item 0]"],
		])('out of its bounds is named: %j', async (options, error) => {
			const result = await between({ options });
			expect(actions(result)).toEqual(['failed', 'failed', 'failed']);
			expect(said(result, 0).error).toBe(error);
			expect(kizen.log).toEqual([]);
		});
	});
});

/** Kizen's codes and statuses, one after another, and what the user reads. */
describe('Responses of Kizen', () => {
	const status = (code: number, body?: unknown): Fault => ({ kind: 'status', status: code, body });
	const coded = (code: number, kizenCode: string) =>
		status(code, { detail: 'As Kizen says.', code: kizenCode });

	const REFUSALS: Array<[what: string, fault: Fault, message: RegExp, description: RegExp]> = [
		[
			'a web page',
			{ kind: 'html' },
			/^Kizen answered with a web page\. Kizen may still have written "Acme" \[/,
			/Custom URL use https:\/\/app/,
		],
		[
			'a redirect to another host',
			{ kind: 'redirect', to: 'http://elsewhere.example/' },
			/^Kizen redirected the request to another address, which was not followed \(Acme\) \[/,
			/only sent to the address in the credential/,
		],
		[
			'nothing',
			{ kind: 'empty' },
			/^Kizen answered with nothing\. Kizen may still have/,
			/Check in Kizen/,
		],
		[
			'half an answer',
			{ kind: 'truncated' },
			/^Kizen's response could not be read\. Kizen may still have written/,
			/Check in Kizen/,
		],
		[
			'no answer at all',
			{ kind: 'hang' },
			/^Kizen did not answer in time \((ECONNABORTED|ETIMEDOUT)\)\. Kizen may still have written/,
			/'Timeout \(Seconds\)' under Options/,
		],
		[
			'a lost connection',
			{ kind: 'drop' },
			/^The connection to Kizen at http\S+ was lost \(ECONNRESET\)\. Kizen may still have written/,
			/firewall or proxy/,
		],
		[
			'401',
			status(401, { detail: 'Invalid API key.' }),
			/^Kizen refused the API key.*Invalid API key \(Acme\) \[/,
			/API Connections/,
		],
		[
			'401 with a code alone',
			status(401, { code: 'missing_business_context' }),
			/^Kizen refused the API key for this business and user \(Acme\) \[/,
			/belong together/,
		],
		[
			'401 with the code of something else',
			coded(401, 'permission_required'),
			/^Kizen refused the API key for this business and user/,
			/belong together/,
		],
		[
			'forbidden_field_write',
			coded(403, 'forbidden_field_write'),
			/may not write every one of these fields of "Companies"\. As Kizen says \(Acme\) \[/,
			/Leave the field out/,
		],
		[
			'permission_required',
			coded(403, 'permission_required'),
			/no permission for this in "Companies"/,
			/Standard API Keys/,
		],
		[
			'403',
			status(403, {}),
			/no permission for this in "Companies" \(Acme\) \[/,
			/what its user may do/,
		],
		[
			'invalid_identifier',
			coded(400, 'invalid_identifier'),
			/has no object "Companies"/,
			/From List/,
		],
		[
			'404',
			coded(404, 'not_found'),
			/^Kizen has no "Companies", or the API key may not see it/,
			/From List/,
		],
		['405', status(405, {}), /does not allow this request/, /Base URL/],
		// A row that gave up at once was not "held back for 0 s".
		[
			'429',
			status(429, {}),
			/rate limit was reached/,
			/'Requests at Once'.*under Options\.(?!.* for 0 s)/,
		],
		[
			'409',
			coded(409, 'conflict'),
			/busy writing this record for someone else/,
			/Run the item again/,
		],
		['413', status(413, {}), /larger than Kizen takes/, /fewer or shorter/],
		[
			'payload_exceeded',
			coded(400, 'payload_exceeded'),
			/larger than Kizen takes/,
			/fewer or shorter/,
		],
		['limit_exceeded', coded(400, 'limit_exceeded'), /limits in Kizen is reached/, /your plan/],
		[
			'500',
			status(500, {}),
			/not available right now \(HTTP 500\)\. Kizen may still have written/,
			/give Kizen the request ID/,
		],
		[
			'502',
			status(502, '<html>Bad gateway</html>'),
			/not available right now \(HTTP 502\)/,
			/later/,
		],
		['503', status(503, {}), /not available right now \(HTTP 503\)/, /later/],
		[
			'unique',
			coded(400, 'unique'),
			/"Companies" already has a record with this name or email\. As Kizen says/,
			/Give another name or email/,
		],
		[
			'"already exists", about a field that is no name',
			status(400, { fields: [{ value: ['This value already exists.'] }] }),
			/^Kizen did not accept the row\. "Website": This value already exists/,
			/Change the value of the field/,
		],
		[
			'does_not_exist',
			coded(400, 'does_not_exist'),
			/refers to does not exist in "Companies"/,
			/refresh its fields/,
		],
		[
			'required',
			coded(400, 'required'),
			/"Companies" needs a value that this row does not have/,
			/for every row/,
		],
		[
			'what nobody has heard of',
			status(422, { weird: ['Strange.'] }),
			/^Kizen did not accept the row\. weird: Strange \(Acme\) \[/,
			/Compare the row/,
		],
		[
			'a bare list',
			status(400, ['One.', 'Two.']),
			/^Kizen did not accept the row\. One; Two \(Acme\) \[/,
			/Compare/,
		],
		[
			'a text',
			status(400, 'Go away.'),
			/^Kizen did not accept the row\. Go away \(Acme\) \[/,
			/Compare/,
		],
		[
			'words about a field',
			status(400, { non_field_errors: ['Both.'], fields: [{ value: ['Too long.'] }] }),
			/^Kizen did not accept the row\. "Website": Too long \(sent: "acme\.example"\); Both \(Acme\) \[/,
			/Change the value of the field/,
		],
	];

	it.each(REFUSALS)('%s', async (_what, fault, message, description) => {
		// An active record: what is said of it is not about an archived one.
		kizen.add('companies_company', { name: 'Acme' });
		kizen.faults.queue.push({ match: { path: '/upsert' }, fault, times: 99 });
		const { error, stored } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: 'Acme',
				specifyFields: 'json',
				jsonFields: '{ "Website": "acme.example" }',
				options: { giveUpAfter: 1, timeout: fault.kind === 'hang' ? 5 : 60 },
			},
			rows: [{}],
		});
		expect(error?.message).toMatch(message);
		expect(error?.message).toMatch(/\[item 0\]$/);
		expect(error?.message).not.toMatch(/\b(error|problem|failure|mistake)\b/i);
		expect(error?.description).toMatch(description);
		const answered = kizen.log.filter(({ path }) => path.endsWith('/upsert')).at(-1);
		if (answered?.status)
			expect(error?.description).toContain(`Request ID: ${answered.requestId}.`);
		expect(stored).not.toContain(kizen.credential.apiKey);
	});

	it('An object that can not be read leaves no read of its fields behind', async () => {
		kizen.faults.queue.push(
			{ match: { path: '/custom-objects/[^/]+$' }, fault: { kind: 'status', status: 403 } },
			{ match: { path: '/fields' }, fault: { kind: 'status', status: 503, retryAfter: 1 } },
		);
		const { error } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: 'Acme',
			},
			rows: [{}],
		});
		expect(error?.message).toMatch(/permission/);
		expect(kizen.log.map(({ path, status }) => [path.split('/').at(-1), status])).toEqual([
			['companies_company', 403],
			['fields', 503],
			// It takes an ID only, as Kizen's older documents say.
			['fields', 404],
		]);
	});
});

describe('Tried again, and stopped', () => {
	const OBJECT = byName('companies_company');
	const PARAMETERS: INodeParameters = {
		object: OBJECT,
		specifyFields: 'json',
		jsonFields: '={{ { name: $json.name } }}',
		lookupValue: '={{ $json.name }}',
	};

	const NAMES = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'];
	const ROWS = NAMES.map((name) => ({ name }));

	/** How often each name was sent to be written. */
	function sent(): Record<string, number> {
		const counts: Record<string, number> = {};
		for (const { method, path, body } of kizen.log) {
			if (method !== 'POST' || !/(add|upsert)$/.test(path)) continue;
			const name = NAMES.find((each) => JSON.stringify(body).includes(each)) ?? '?';
			counts[name] = (counts[name] ?? 0) + 1;
		}
		return counts;
	}

	const refuseOnce = (name: string) =>
		kizen.faults.queue.push({
			match: { path: '/(add|upsert)', contains: name },
			fault: { kind: 'status', status: 500 },
			times: 1,
		});

	const RETRY: Partial<INode> = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

	it('Retry On Fail does not undo a row that was written, but not moved, by one before it', async () => {
		kizen.faults.queue.push(
			{
				match: { path: '/upsert' },
				fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
				times: 1,
			},
			{ match: { path: '/move' }, fault: { kind: 'status', status: 500 }, times: 1 },
		);
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				...PARAMETERS,
				operation: 'upsert',
				object: { ...OBJECT, value: 'deals' },
				jsonFields: '={{ { Region: $json.region } }}',
				options: { stage: byName('Proposal') },
			},
			rows: [
				{ name: 'Alpha', region: 'North' },
				{ name: 'Alpha', region: 'South' },
			],
			node: { ...RETRY, onError: 'continueRegularOutput' },
		});
		expect(json.map(({ action }) => action)).toEqual(['failed', 'created']);
		expect(json[0].error).toMatch(/^A later row about the same record/);
		expect(kizen.find('deals', { name: 'Alpha' })?.values).toMatchObject({
			region: 'South',
			stage: 'Proposal',
		});
	});

	it('Retry On Fail writes all rows about one record, in order, if none was written before', async () => {
		kizen.faults.queue.push({
			match: { path: '/upsert' },
			fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			times: 2,
		});
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				...PARAMETERS,
				operation: 'upsert',
				jsonFields: '={{ { website: $json.website } }}',
			},
			rows: ['first', 'second'].map((n) => ({ name: 'Alpha', website: `https://${n}.example` })),
			node: { ...RETRY, onError: 'continueRegularOutput' },
		});
		expect(json.map(({ action }) => action)).toEqual(['created', 'updated']);
		expect(kizen.find(OBJECT.value, { name: 'Alpha' })?.values.website).toBe(
			'https://second.example',
		);
	});

	describe.each(['add', 'upsert'])('Retry On Fail with %s', (operation) => {
		it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
			'moves a record that was written to its stage, without writing it again (%s)',
			async (onError) => {
				kizen.faults.queue.push({
					match: { path: '/move' },
					fault: { kind: 'status', status: 500 },
					times: 1,
				});
				const { json } = await runInEngine({
					credential: kizen.credential,
					parameters: {
						...PARAMETERS,
						operation,
						object: { ...OBJECT, value: 'deals' },
						options: { stage: byName('Proposal') },
					},
					rows: [{ name: 'Alpha' }],
					node: { ...RETRY, onError },
				});
				expect(json).toMatchObject([{ action: 'created', name: 'Alpha', stage: 'Proposal' }]);
				expect(sent()).toEqual({ Alpha: 1 });
				expect(kizen.log.filter(({ path }) => path.endsWith('/move'))).toHaveLength(2);
				expect(kizen.find('deals', { name: 'Alpha' })?.values.stage).toBe('Proposal');
			},
		);

		it.each([
			['stop', 1],
			['stop', 8],
			['continue', 1],
			['continue', 8],
		])('writes no row twice (On Error %s, %i at once)', async (mode, maxParallel) => {
			// Of an Add, a 500 leaves open whether the record is there: such a row is never sent again.
			// A 403 is a clear no.
			kizen.faults.queue.push({
				match: { path: '/(add|upsert)', contains: mode === 'stop' ? 'Gamma' : 'Alpha' },
				fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
				times: 1,
			});
			const { json, error } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation, options: { maxParallel } },
				rows: ROWS,
				node: { ...RETRY, onError: mode === 'stop' ? 'stopWorkflow' : 'continueRegularOutput' },
			});
			expect(error).toBeUndefined();
			expect(json.map(({ action, name }) => [name, action])).toEqual(
				NAMES.map((name) => [name, 'created']),
			);
			expect(sent()).toEqual({
				...Object.fromEntries(NAMES.map((name) => [name, 1])),
				[mode === 'stop' ? 'Gamma' : 'Alpha']: 2,
			});
			for (const name of NAMES) {
				const found = kizen.all('companies_company').filter(({ values }) => values.name === name);
				expect(found).toHaveLength(1);
			}
		});

		it('carries nothing over into the next run of the node or another execution', async () => {
			const scenario = {
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation: 'upsert' },
				rows: ROWS,
				node: RETRY,
			};
			await runInEngine({ ...scenario, twice: true });
			expect(sent()).toEqual(Object.fromEntries(NAMES.map((name) => [name, 2])));
			const { json } = await runInEngine(scenario);
			expect(json.map(({ action }) => action)).toEqual(NAMES.map(() => 'updated'));
			expect(sent()).toEqual(Object.fromEntries(NAMES.map((name) => [name, 3])));
		});
	});

	it('A row that Kizen may hold is not added again by Retry On Fail', async () => {
		refuseOnce('Beta');
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: { ...PARAMETERS, operation: 'add' },
			rows: ROWS.slice(1),
			node: { ...RETRY, onError: 'continueRegularOutput' },
		});
		expect(json[0]).toMatchObject({
			action: 'failed',
			error: expect.stringMatching(/^Kizen may still have created "Beta"\./),
		});
		expect(sent()).toEqual({ Beta: 1, Gamma: 1, Delta: 1, Epsilon: 1 });
	});

	it('A row that failed does not undo a later one of the same record when it is tried again', async () => {
		kizen.faults.queue.push({
			match: { path: '/upsert', contains: 'first' },
			fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			times: 1,
		});
		const { json } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				object: OBJECT,
				operation: 'upsert',
				lookupValue: '={{ $json.name }}',
				specifyFields: 'json',
				jsonFields: '={{ { website: $json.site } }}',
			},
			rows: [
				{ name: 'Same', site: 'first' },
				{ name: 'same', site: 'last' },
				{ name: 'Other', site: 'other' },
			],
			node: { ...RETRY, onError: 'continueRegularOutput' },
		});
		expect(kizen.find('companies_company', { name: 'same' })?.values.website).toBe('last');
		expect(json.map(({ action }) => action)).toEqual(['failed', 'created', 'created']);
		expect(json[0].error).toBe(
			'A later row about the same record, [item 1], was written already [item 0]',
		);
	});

	describe('As a tool of an agent, with Retry On Fail and On Error set to Stop', () => {
		const tool = (operation: string) =>
			toolOf({
				credential: kizen.credential,
				parameters: {
					operation,
					object: OBJECT,
					lookupValue: "={{ $fromAI('name', 'The name', 'string') }}",
					specifyFields: 'json',
					jsonFields: "={{ { name: $fromAI('name', 'The name', 'string') } }}",
				},
				node: { ...RETRY, maxTries: 4, onError: 'stopWorkflow' },
			});
		const failWith = (status: number, times: number) =>
			kizen.faults.queue.push({
				match: { path: '/(add|upsert)', contains: 'Alpha' },
				fault: { kind: 'status', status, body: { code: 'permission_required' } },
				times,
			});

		it('an Add that Kizen may have carried out is not sent again', async () => {
			failWith(504, 9);
			const message = 'Kizen may still have created "Alpha"';
			await expect(tool('add')({ name: 'Alpha' })).rejects.toThrow(message);
			expect(sent()).toEqual({ Alpha: 1 });
		});

		it('a clear no is tried again', async () => {
			failWith(403, 2);
			expect(JSON.parse(await tool('add')({ name: 'Alpha' }))).toMatchObject([
				{ action: 'created' },
			]);
			expect(sent()).toEqual({ Alpha: 3 });
		});

		it('another call of the tool is another Add, also with the same words', async () => {
			kizen.switches.activeDuplicates = 'allowed';
			const call = tool('add');
			failWith(504, 1);
			await expect(call({ name: 'Alpha' })).rejects.toThrow('Kizen may still have created');
			for (const args of [{ name: 'Alpha' }, { name: 'Alpha' }]) {
				expect(JSON.parse(await call(args))).toMatchObject([{ action: 'created' }]);
			}
			expect(sent()).toEqual({ Alpha: 3 });
		});

		it('calls at the same time do not mix', async () => {
			failWith(504, 1);
			const call = tool('add');
			const results = await Promise.allSettled(NAMES.map(async (name) => await call({ name })));
			expect(results.map(({ status }) => status)).toEqual(
				NAMES.map((name) => (name === 'Alpha' ? 'rejected' : 'fulfilled')),
			);
			expect(sent()).toEqual(Object.fromEntries(NAMES.map((name) => [name, 1])));
		});
	});

	describe('Settings of the node', () => {
		it('Execute Once writes the first row alone', async () => {
			const { json } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation: 'upsert' },
				rows: ROWS,
				node: { executeOnce: true },
			});
			expect(json.map(({ name }) => name)).toEqual(['Alpha']);
			expect(sent()).toEqual({ Alpha: 1 });
		});

		it('Execute Once with Retry On Fail writes the first row once', async () => {
			kizen.faults.queue.push({
				match: { path: '/upsert' },
				fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			});
			const { json } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation: 'upsert' },
				rows: ROWS,
				node: { ...RETRY, executeOnce: true },
			});
			expect(json.map(({ name, action }) => [name, action])).toEqual([['Alpha', 'created']]);
			expect(sent()).toEqual({ Alpha: 2 });
		});

		it('Always Output Data changes nothing: every row comes out anyway', async () => {
			const { json } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation: 'upsert' },
				rows: ROWS,
				node: { alwaysOutputData: true },
			});
			expect(json).toHaveLength(5);
		});

		it('pinned data is used instead of asking Kizen', async () => {
			const { json } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation: 'upsert' },
				rows: ROWS,
				pinData: { Kizen: [{ json: { action: 'created', id: 'pinned' } }] },
			});
			expect(json).toEqual([{ action: 'created', id: 'pinned' }]);
			expect(kizen.log).toEqual([]);
		});
	});

	describe('A workflow that is stopped', () => {
		it('sends nothing more', async () => {
			kizen.faults.latencyMs = 50;
			const rows = Array.from({ length: 400 }, (_, n) => ({ name: `Stopped ${n}` }));
			let sentWhenStopped = 0;
			const { status } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation: 'upsert', options: { maxParallel: 4 } },
				rows,
				stopWhen: () => (sentWhenStopped = kizen.log.length) >= 10,
			});
			expect(status).toBe('canceled');
			await silence(kizen);
			expect(kizen.log.length).toBeLessThanOrEqual(sentWhenStopped + 4);
		});

		it('does not wait for the rate limit any longer', async () => {
			kizen.faults.queue.push({
				match: { path: '/upsert' },
				fault: { kind: 'status', status: 429, retryAfter: 3000 },
				times: 99,
			});
			const { status } = await runInEngine({
				credential: kizen.credential,
				parameters: { ...PARAMETERS, operation: 'upsert', options: { giveUpAfter: 3600 } },
				rows: ROWS,
				stopWhen: () => kizen.log.some((request) => request.status === 429),
			});
			expect(status).toBe('canceled');
		});
	});
});
