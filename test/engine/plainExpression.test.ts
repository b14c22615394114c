import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { runInEngine } from './engine';

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
