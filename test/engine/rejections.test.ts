import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { Fault } from '../../sandbox/kizen/faults';
import { runInEngine } from './engine';

/** Kizen's codes and statuses, one after another, and what the user reads. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

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
	['502', status(502, '<html>Bad gateway</html>'), /not available right now \(HTTP 502\)/, /later/],
	['503', status(503, {}), /not available right now \(HTTP 503\)/, /later/],
	[
		'unique',
		coded(400, 'unique'),
		/"Companies" already has a record with this name or email\. As Kizen says/,
		/'Upsert'/,
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
			object: { __rl: true, mode: 'name', value: 'companies_company' },
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
	if (answered?.status) expect(error?.description).toContain(`Request ID: ${answered.requestId}.`);
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
			object: { __rl: true, mode: 'name', value: 'companies_company' },
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
