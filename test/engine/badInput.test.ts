import type { INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { runInEngine, type Result } from './engine';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const OBJECT = { __rl: true, mode: 'name', value: 'companies_company' };

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
