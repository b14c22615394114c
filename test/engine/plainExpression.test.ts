import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import workflow from 'n8n-workflow/package.json';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { compile } from '../../nodes/Kizen/run/plainExpression';
import { isN8n1 } from '../../sandbox/n8n/versions';
import { runInEngine } from './engine';
import { holdAgainstN8n } from './plainExpressions';

/**
 * An expression that only names a column is not handed to n8n, which would take longer for it than
 * for the request. What comes of it is what n8n makes of the same expression in brackets.
 */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

async function outcome(lookupValue: string, website: string, row: IDataObject) {
	kizen.reset();
	const run = await runInEngine({
		credential: kizen.credential,
		parameters: {
			operation: 'upsert',
			object: { __rl: true, mode: 'name', value: 'companies_company' },
			lookupValue,
			fields: {
				mappingMode: 'defineBelow',
				value: { website, employees: 7 },
				schema: [],
				matchingColumns: [],
			},
		} as unknown as INodeParameters,
		rows: [row],
		node: { onError: 'continueRegularOutput' },
	});
	const { action, error } = run.json[0];
	const written = kizen.log.filter(({ path }) => path.endsWith('/upsert')).map(({ body }) => body);
	return { action, error, written };
}

const ROWS: Array<[what: string, row: IDataObject]> = [
	['texts', { key: 'Acme', site: 'acme.example' }],
	['a number and an empty text', { key: 42, site: '' }],
	['white space', { key: '  Acme ', site: ' ' }],
	['text that looks like an expression', { key: '={{ 1 + 1 }}', site: '{{ $json.key }}' }],
	['null', { key: 'Acme', site: null }],
	['nothing there', { key: 'Acme' }],
	['no lookup value', { site: 'acme.example' }],
	['true', { key: true, site: false }],
	['a list', { key: ['Acme'], site: ['acme.example'] }],
	['an object', { key: { name: 'Acme' }, site: {} }],
];

const SPELLINGS = [
	(key: string) => `={{ $json.${key} }}`,
	(key: string) => `={{$json["${key}"]}}`,
	(key: string) => `={{ $json['${key}'] }}`,
];

it.each(ROWS)('means what n8n means by it: %s', async (_what, row) => {
	const want = await outcome('={{ ($json.key) }}', '={{ ($json.site) }}', row);
	for (const spelled of SPELLINGS) {
		expect(await outcome(spelled('key'), spelled('site'), row)).toEqual(want);
	}
	expect(await outcome(SPELLINGS[0]('key'), '={{ ($json.site) }}', row)).toEqual(want);
});

it.each(['constructor', '__proto__', 'toString'])(
	'a column called %s is one only if the row has it',
	async (name) => {
		const want = await outcome('Acme', `={{ ($json.${name}) }}`, {});
		expect(await outcome('Acme', `={{ $json.${name} }}`, {})).toEqual(want);
	},
);

describe('Without n8n', () => {
	const JSON_OF_ITEM = {
		email: 'ada@example.com',
		'First Name': 'Ada',
		n: 0,
		yes: false,
		nothing: null,
		body: { email: 'b@example.com', 'a b': { c: 7 }, tags: ['x', 'y'] },
	};

	it.each([
		['={{ $json.email }}', 'ada@example.com'],
		['={{$json["First Name"]}}', 'Ada'],
		["={{ $json['First Name'] }}", 'Ada'],
		['={{ $json.body.email }}', 'b@example.com'],
		['={{ $json["body"]["a b"].c }}', 7],
		['={{ $json.body?.["a b"]?.c }}', 7],
		['={{ $json.body.tags }}', ['x', 'y']],
		['={{ $json.body.tags[1] }}', 'y'],
		['={{ $json.missing }}', undefined],
		['={{ $json.nothing }}', null],
		['={{ $json.n }}', 0],
		['={{ $json["First Name"] }} {{ $json.body.email }}', 'Ada b@example.com'],
		['=Dear {{ $json["First Name"] }},\n{{ $json.nothing }}{{ $json.missing }}', 'Dear Ada,\n'],
		['={"n": {{ $json.n }}, "yes": {{ $json.yes }}}', '{"n": 0, "yes": false}'],
		['=no braces', 'no braces'],
		['no expression', 'no expression'],
		[{ __rl: true, mode: 'name', value: '={{ $json.body.email }}' }, { value: 'b@example.com' }],
	])('%j is evaluated', (expression, value) => {
		const found = compile(expression)?.(JSON_OF_ITEM);
		expect(found).toBeDefined();
		if (typeof expression === 'string') expect(found).toEqual({ value });
		else expect(found?.value).toMatchObject(value as object);
	});
});

describe('Whatever is evaluated without n8n is the same in n8n', () => {
	it('in the engine that runs in its own process', () => holdAgainstN8n(3_000));

	it('in its sandboxes, as far as they run on this Node.js', async () => {
		const [major = 0] = process.versions.node.split('.').map(Number);
		// n8n 1 has none; the one that n8n 2 uses is built for Node.js 24.
		const sandboxes = isN8n1(workflow.version) ? [] : ['quickjs', ...(major >= 24 ? ['vm'] : [])];
		const script = join(__dirname, 'plainExpressions.ts');
		for (const sandbox of sandboxes) {
			await promisify(execFile)(process.execPath, ['--import', 'tsx', script, sandbox, '1500']);
		}
	});
});

it('an operation that is not one fails every row and writes nothing', async () => {
	const { json } = await runInEngine({
		credential: kizen.credential,
		parameters: {
			operation: '__CUSTOM_API_CALL__',
			object: { __rl: true, mode: 'name', value: 'deals' },
		},
		rows: [{}, {}],
		node: { onError: 'continueRegularOutput' },
	});
	expect(json.map(({ action }) => action)).toEqual(['failed', 'failed']);
	expect(json[0].error).toBe("'Operation' can't be \"__CUSTOM_API_CALL__\" [item 0]");
	expect(kizen.log.filter(({ method }) => method !== 'GET')).toEqual([]);
});
