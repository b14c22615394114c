import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import workflow from 'n8n-workflow/package.json';

import { KizenApi } from '../../credentials/KizenApi.credentials';
import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { compile } from '../../nodes/Kizen/run/plainExpression';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { isN8n1 } from '../../sandbox/n8n/versions';
import { askNode, byName, executeAlone, runInEngine, type Result, type Scenario } from './engine';
import { holdAgainstN8n } from './plainExpressions';

/** What comes in: items, mapped fields, names, expressions, and the credential of each item. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

/** What other nodes and n8n itself may hand over: one item's error never reaches another item. */
describe('Items that other nodes and n8n itself may hand over', () => {
	const UPSERT: INodeParameters = {
		operation: 'upsert',
		object: byName('companies_company'),
		lookupValue: '={{ $json.name }}',
		specifyFields: 'json',
		jsonFields: '{}',
	};

	const row = (name: string) => ({ json: { name } });

	const run = async (
		items: unknown[],
		parameters: INodeParameters = {},
		node: Scenario['node'] = { onError: 'continueRegularOutput' },
	): Promise<Result> =>
		await runInEngine({
			credential: kizen.credential,
			parameters: { ...UPSERT, ...parameters },
			rows: [],
			items,
			node,
		});

	const written = () =>
		kizen
			.all('companies_company')
			.map(({ identity }) => identity)
			.filter((name) => /^[A-Z]$/.test(name))
			.sort();

	const ODD: Array<[what: string, item: unknown, error: RegExp]> = [
		['no json', {}, /^The item has no JSON \[item 1\]$/],
		['json undefined', { json: undefined }, /^The item has no JSON/],
		['a text', { json: 'text' }, /^The item's JSON is "text", which is not an object \[item 1\]$/],
		['an empty text', { json: '' }, /^The item's JSON is ""/],
		['a number', { json: 7 }, /^The item's JSON is "7"/],
		['a switch', { json: false }, /^The item's JSON is "false"/],
		['a list', { json: [{ name: 'X' }] }, /^The item's JSON is "\[\{/],
		['no item but null', null, /^The item has no JSON/],
		['no item at all', undefined, /^The item has no JSON/],
		['a text for an item', 'text', /^The item has no JSON/],
	];

	describe.each(ODD)('An item with %s', (_what, odd, error) => {
		it.each([0, 1, 2])('fails alone as item %i', async (at) => {
			const items: unknown[] = [row('A'), row('B')];
			items.splice(at, 0, odd);
			const { json, outputs, status } = await run(items);
			expect(status).toBe('success');
			expect(json.map(({ action }) => action)).toEqual(
				items.map((_, n) => (n === at ? 'failed' : 'created')),
			);
			expect(json[at].error).toMatch(new RegExp(error.source.replace('item 1', `item ${at}`)));
			expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual(
				[0, 1, 2].map((item) => ({ item })),
			);
			expect(written()).toEqual(['A', 'B']);
		});

		it('stops the workflow by itself, after the rows before it', async () => {
			const { error: stopped } = await run([row('A'), odd], {}, {});
			expect(stopped?.message).toMatch(error);
			expect(written()).toEqual(['A']);
		});

		it('goes to the error output, and to no output of an action', async () => {
			const items = [row('A'), odd, row('B')];
			const { outputs } = await run(
				items,
				{ splitByAction: true },
				{ onError: 'continueErrorOutput' },
			);
			expect(outputs.map((each) => each.length)).toEqual([2, ...outputs.slice(2).map(() => 0), 1]);
			expect(outputs.at(-1)?.[0].json.error).toMatch(error);
			expect(written()).toEqual(['A', 'B']);
		});

		it('does not go to the output Created, however many there are', async () => {
			const { outputs } = await run([odd], { splitByAction: true });
			expect(outputs[0]).toEqual([]);
			expect(outputs.flat()).toHaveLength(1);
		});
	});

	// n8n's engine fails on such an item of a node that runs before; it can only be handed over.
	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'An item with json null fails alone (%s)',
		async (onError) => {
			const outputs = await executeAlone({
				credential: kizen.credential,
				parameters: UPSERT,
				items: [row('A'), { json: null }, row('B')],
				node: { onError },
			});
			expect(outputs[0].map(({ json }) => json.error)).toEqual([
				undefined,
				'The item has no JSON [item 1]',
				undefined,
			]);
			expect(written()).toEqual(['A', 'B']);
		},
	);

	it('keeps what stood where the JSON should be', async () => {
		const { json } = await run([{ json: 'text' }]);
		expect(json[0]).toMatchObject({ details: { input: 'text' } });
	});

	describe('An expression in Options', () => {
		const failsFor = (at: number) => `={{ $itemIndex === ${at} ? $('Nowhere').item.json.x : 20 }}`;

		it.each([
			['maxParallel', 0],
			['maxParallel', 1],
			['timeout', 0],
			['giveUpAfter', 2],
			['emptyValues', 0],
			['unknownFields', 0],
		])('that fails (%s, item %i) fails that row alone', async (option, at) => {
			const value = failsFor(at).replace(
				'20',
				option === 'emptyValues' ? "'leave'" : option === 'unknownFields' ? "'stop'" : '20',
			);
			const { json } = await run([row('A'), row('B'), row('C')], { options: { [option]: value } });
			expect(json.map(({ action }) => action)).toEqual(
				[0, 1, 2].map((n) => (n === at ? 'failed' : 'created')),
			);
			expect(json[at].error).toMatch(new RegExp(`Nowhere|node doesn't exist.*\\[item ${at}\\]$`));
		});

		it('that gives what no option takes fails that row alone', async () => {
			const { json } = await run([row('A'), row('B'), row('C')], {
				options: { maxParallel: '={{ $itemIndex === 0 ? 0 : 20 }}' },
			});
			expect(json.map(({ action }) => action)).toEqual(['failed', 'created', 'created']);
			expect(json[0].error).toBe("'Requests at Once' can't be \"0\" [item 0]");
		});

		it('that differs by item: the first row that can be read decides for the run', async () => {
			const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
			kizen.faults.together = { path: '/upsert', count: 3 };
			await run(names.map(row), {
				options: { maxParallel: '={{ [0, 3][$itemIndex] ?? 1 }}' },
			});
			expect(kizen.inFlight.most).toBe(3);
			expect(written()).toEqual(names.slice(1));
		});
	});

	describe('An item without values', () => {
		const MAPPED = (value: object) => ({
			specifyFields: 'map',
			fields: { mappingMode: 'defineBelow', value, schema: [], matchingColumns: [] },
		});

		it.each<[string, object]>([
			[
				'mapped automatically',
				{ specifyFields: 'map', fields: { mappingMode: 'autoMapInputData' } },
			],
			[
				'mapped field by field',
				MAPPED({ name: '={{ $json.name }}', website: '={{ $json.site }}' }),
			],
			['without a mapping', MAPPED({})],
			['as JSON', { jsonFields: '={{ $json }}' }],
			['as empty JSON', { jsonFields: '{}' }],
			['of white space', { jsonFields: '={{ { name: " ", website: "" } }}' }],
		])('is not added: %s', async (_what, how) => {
			const { json } = await run([{ json: {} }], { operation: 'add', ...how } as INodeParameters);
			expect(json).toMatchObject([
				{ action: 'failed', error: 'There is no value to write [item 0]' },
			]);
			expect(kizen.log.filter(({ path }) => path.endsWith('/add'))).toEqual([]);
		});

		it('is written by Upsert, which has a lookup value', async () => {
			const { json } = await run([{ json: {} }], { lookupValue: 'A' });
			expect(json).toMatchObject([{ action: 'created', name: 'A' }]);
		});
	});
});

describe('What is mapped', () => {
	const { getFields } = new KizenRecords().methods.resourceMapping;

	/** What n8n stores once somebody has mapped fields of an object. */
	async function mappingFor(object: string, value: INodeParameters) {
		const parameters = { operation: 'upsert', object: byName(object) };
		const { fields: schema } = await askNode(getFields, parameters, kizen.credential);
		return { mappingMode: 'defineBelow', value, schema };
	}

	async function upsert(object: string, fields: unknown, more: INodeParameters = {}) {
		return await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: byName(object),
				lookupValue: 'Tax Review 2026',
				fields: fields as INodeParameters,
				...more,
			},
			rows: [{}],
		});
	}

	const written = (name: string) => kizen.find('deals', { name })?.values;
	const writes = () => kizen.log.filter(({ path }) => path.endsWith('/upsert'));

	describe('Fields that were mapped for another object', () => {
		const CONTACT = { first_name: 'Ada', tags: 'VIP', birthday: '1815-12-10' };

		it('are told as that, with what to do, and nothing is written', async () => {
			const { error } = await upsert('deals', await mappingFor('client_client', CONTACT));
			expect(error?.message).toBe(
				'These fields belong to another object: "First Name", "Tags", "Birthday" [item 0]',
			);
			expect(error?.description).toMatch(
				/"Deals" does not have them.*'Refresh Field List'.*'Values to Write'.*"Deals".*'Object'/,
			);
			expect(writes()).toEqual([]);
		});

		it('are told so between objects that share fields, and name only what is not shared', async () => {
			const engagement = {
				owner: 'maya.lindqvist@northwind.example',
				region: 'North',
				fee: '5',
				headcount: '3',
			};
			const { error } = await upsert('deals', await mappingFor('engagement', engagement));
			expect(error?.message).toBe(
				'These fields belong to another object: "Fee", "Headcount" [item 0]',
			);
		});

		it('are left out where the user says so', async () => {
			const fields = await mappingFor('client_client', CONTACT);
			const { json, hints } = await upsert('deals', fields, {
				options: { unknownFields: 'ignore' },
			});
			expect(json[0]).toMatchObject({ action: 'updated' });
			expect(hints.map(({ message }) => message).join()).toContain('"first_name"');
		});

		it('are written where both objects have them: one mapping serves several objects', async () => {
			const fields = await mappingFor('engagement', {
				region: 'West',
				owner: 'maya.lindqvist@northwind.example',
			});
			const { json } = await upsert('deals', fields);
			expect(json[0]).toMatchObject({ action: 'updated' });
			expect(written('Tax Review 2026')).toMatchObject({ region: 'West' });
		});
	});

	describe('Fields of the same object that are gone', () => {
		it.each([
			['one', ['fee']],
			['several', ['fee', 'headcount', 'notes', 'subtitle']],
		])('are not taken for those of another one: %s', async (_what, names) => {
			const value = Object.fromEntries([...names, 'hotline'].map((name) => [name, '3125550100']));
			const fields = await mappingFor('engagement', value);
			for (const name of names) kizen.changeField('engagement', name, null);
			const { error } = await upsert('engagement', fields);
			expect(error?.message).not.toMatch(/fields belong to another object/);
			for (const name of names) {
				const label = fields.schema.find(({ id }) => id === name)?.displayName.replace(/ \(.*/, '');
				expect(error?.message).toContain(`"${label}"`);
			}
		});
	});

	describe('What was mapped in the drop-down of a checkbox', () => {
		it.each([
			['Yes', true],
			['No', false],
		])('is written: %s', async (title, expected) => {
			const fields = await mappingFor('engagement', {});
			const billable = fields.schema.find(({ id }) => id === 'is_billable');
			const option = (billable?.options ?? []).find(({ name }) => name === title);
			const value = { reference_number: 'R-1', is_billable: option?.value, fee: '$1,250.50' };
			await upsert('engagement', { ...fields, value }, { lookupValue: 'New' });
			expect(kizen.find('engagement', { name: 'New' })?.values).toMatchObject({
				is_billable: expected,
				fee: 1250.5,
			});
		});
	});

	it('An empty value for a number is not written as 0, whoever evaluates its expression', async () => {
		const empty = {
			reference_number: 'R-1',
			headcount: '={{ $json.no ?? "" }}',
			fee: '={{ $json.no }}',
		};
		const fields = await mappingFor('engagement', empty);
		await upsert('engagement', fields, { lookupValue: 'New' });
		const values = kizen.find('engagement', { name: 'New' })?.values;
		expect(values).toMatchObject({ reference_number: 'R-1' });
		expect(Object.keys(values ?? {})).not.toContain('headcount');
		expect(Object.keys(values ?? {})).not.toContain('fee');
	});

	describe('A name or an email that is the lookup value in another case', () => {
		const sent = () => (writes()[0].body as { fields: Array<{ value: unknown }> }).fields;

		it.each([
			['client_client', 'email', 'ada.lovelace@example.com', 'Ada.Lovelace@Example.com'],
			['client_client', 'email', 'ada.lovelace@example.com', ' ada.lovelace@EXAMPLE.com\u00a0'],
			['client_client', 'Email', 'ADA.LOVELACE@EXAMPLE.COM', 'ada.lovelace@example.com'],
			['companies_company', 'name', 'lumen studio', 'Lumen Studio'],
		])('is not written: %s, %s', async (object, key, lookupValue, given) => {
			await upsert(
				object,
				{},
				{
					lookupValue,
					specifyFields: 'json',
					jsonFields: JSON.stringify({ [key]: given }),
				},
			);
			expect(sent()).toEqual([]);
		});

		it('is what a new record is called', async () => {
			const { json } = await upsert(
				'companies_company',
				{},
				{
					lookupValue: 'new ltd',
					specifyFields: 'json',
					jsonFields: '{ "name": "New Ltd" }',
				},
			);
			expect(json[0]).toMatchObject({ action: 'created', name: 'new ltd' });
		});

		it('is written where it is another one, which changes it', async () => {
			const fields = { email: 'countess@example.com' };
			await upsert(
				'client_client',
				{},
				{
					lookupValue: 'ada.lovelace@example.com',
					specifyFields: 'json',
					jsonFields: JSON.stringify(fields),
				},
			);
			expect(sent()).toMatchObject([{ value: 'countess@example.com' }]);
		});
	});
});

/** Fields with names that mean something to JavaScript or n8n: written, or the row fails. */
describe('Reserved names', () => {
	const NAMES = ['constructor', 'prototype', '__proto__', 'toString', 'hasOwnProperty', 'then'];
	const OBJECT = byName('companies_company');

	beforeEach(() => {
		for (const name of NAMES) {
			kizen.addField(OBJECT.value, { name, display_name: `Our ${name}`, field_type: 'text' });
		}
	});

	const ROW = { name: 'Acme Works', value: 'ours' };

	/** An object with one key, which an assignment could not set for every name. */
	const withKey = (key: string, value: unknown): Record<string, unknown> =>
		Object.fromEntries([[key, value]]);

	async function upsert(parameters: object, row: object = ROW): Promise<Result> {
		return await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: OBJECT,
				lookupValue: '={{ $json.name }}',
				...parameters,
			} as INodeParameters,
			rows: [row as never],
			node: { onError: 'continueRegularOutput' },
		});
	}

	/** What Kizen was sent for a field. */
	const sent = (name: string) => {
		const { id } = kizen.object(OBJECT.value).field(name);
		const bodies = kizen.log.filter(({ path }) => path.endsWith('/upsert')).map(({ body }) => body);
		const fields = bodies.flatMap((body) => (body as { fields: Array<{ id: string }> }).fields);
		return fields.filter((field) => field.id === id);
	};

	const mapped = (key: string, name: string, value: string) => ({
		fields: {
			mappingMode: 'defineBelow',
			value: withKey(key, value),
			schema: [
				{ id: key, displayName: `Our ${name}`, removed: false },
				{ id: 'industry', displayName: 'Industry', removed: true },
			],
			matchingColumns: [],
		},
	});

	describe.each(NAMES)('A field called %s', (name) => {
		it.each(['ours', '={{ $json.value }}'])(
			'is written as the editor maps it, or the row fails: %s',
			async (value) => {
				const { json } = await upsert(mapped(name, name, value));
				if (json[0].action === 'failed') {
					expect(json[0].error).toContain(`n8n keeps no value for "Our ${name}"`);
					expect(sent(name)).toEqual([]);
				} else {
					expect(sent(name)).toMatchObject([{ value: 'ours' }]);
				}
			},
		);

		it('has a column in the editor that n8n keeps the value of', async () => {
			const { getFields } = new KizenRecords().methods.resourceMapping;
			const { fields } = await askNode(getFields, { object: OBJECT }, kizen.credential);
			const column = fields.find(({ displayName }) => displayName === `Our ${name}`);
			const { json } = await upsert(mapped(String(column?.id), name, '={{ $json.value }}'));
			expect(json[0].action).toBe('created');
			expect(sent(name)).toMatchObject([{ value: 'ours' }]);
		});

		it('is written by automatic mapping', async () => {
			const fields = { mappingMode: 'autoMapInputData', value: null, schema: [] };
			const row = { name: ROW.name, ...withKey(name, 'ours') };
			const { json } = await upsert({ fields }, row);
			expect(json[0].action).toBe('created');
			expect(sent(name)).toMatchObject([{ value: 'ours' }]);
		});

		it('is written as JSON', async () => {
			const jsonFields = JSON.stringify(withKey(name, 'ours'));
			const { json } = await upsert({ specifyFields: 'json', jsonFields });
			expect(json[0].action).toBe('created');
			expect(sent(name)).toMatchObject([{ value: 'ours' }]);
		});
	});
});

/**
 * An expression that only names a column is not handed to n8n, which would take longer for it than
 * for the request. What comes of it is what n8n makes of the same expression in brackets.
 */
describe('An expression that only names a column', () => {
	async function outcome(lookupValue: string, website: string, row: IDataObject) {
		kizen.reset();
		const run = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'upsert',
				object: byName('companies_company'),
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
		const written = kizen.log
			.filter(({ path }) => path.endsWith('/upsert'))
			.map(({ body }) => body);
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
			[byName('={{ $json.body.email }}'), { value: 'b@example.com' }],
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
				object: byName('deals'),
			},
			rows: [{}, {}],
			node: { onError: 'continueRegularOutput' },
		});
		expect(json.map(({ action }) => action)).toEqual(['failed', 'failed']);
		expect(json[0].error).toBe("'Operation' can't be \"__CUSTOM_API_CALL__\" [item 0]");
		expect(kizen.log.filter(({ method }) => method !== 'GET')).toEqual([]);
	});
});

/**
 * A credential whose fields are expressions: each row goes into the business that its own item says,
 * or fails alone.
 */
describe('A credential whose fields are expressions', () => {
	let north: EmbeddedKizen;
	let south: EmbeddedKizen;

	beforeAll(async () => {
		[north, south] = await Promise.all([startKizen(), startKizen()]);
	});
	afterAll(async () => void (await Promise.all([north.stop(), south.stop()])));
	beforeEach(() => [north, south].forEach((kizen) => kizen.reset()));

	type Row = IDataObject & { name: string; business?: 'north' | 'south' };

	const BUSINESSES = () => ({ north: north.credential, south: south.credential });

	/** An expression that chooses a business by `condition`, an expression that is true for South. */
	function choose(condition: string): Record<string, string> {
		const { apiKey, businessId, userId } = north.credential;
		return {
			environment: 'custom',
			baseUrl: `={{ ${condition} ? '${south.credential.baseUrl}' : '${north.credential.baseUrl}' }}`,
			apiKey,
			businessId,
			userId,
		};
	}

	async function upsert(
		rows: Row[],
		credential: Record<string, string>,
		more: { parameters?: IDataObject } & Pick<Scenario, 'node' | 'stopWhen'> = {},
	): Promise<Result> {
		return await runInEngine({
			...more,
			credential,
			parameters: {
				operation: 'upsert',
				object: byName('companies_company'),
				lookupValue: '={{ $json.name }}',
				specifyFields: 'json',
				jsonFields: '={{ { website: $json.website ?? $json.name + ".example" } }}',
				...(more.parameters as object),
			},
			rows,
			node: { onError: 'continueRegularOutput', ...more.node },
		});
	}

	/** The names of the rows that a business holds. */
	const held = (kizen: EmbeddedKizen) =>
		kizen
			.all('companies_company')
			.map(({ identity }) => identity)
			.filter((name) => name.startsWith('Row '))
			.sort();

	const rowsOf = (count: number): Row[] =>
		Array.from({ length: count }, (_, n) => ({
			name: `Row ${String(n).padStart(2, '0')}`,
			...(n % 3 === 1 && { business: 'south' as const }),
		}));

	const namesOf = (rows: Row[], inSouth: (row: Row, index: number) => boolean) =>
		rows.filter(inSouth).map(({ name }) => name);

	describe('Each row goes into its own business', () => {
		const isSouth = ({ business }: Row) => business === 'south';

		it.each<[string, string]>([
			['$json', "$json.business === 'south'"],
			['$json, of which most items say nothing', "($json.business ?? 'north') === 'south'"],
			['$input.item', "$input.item.json.business === 'south'"],
			['$input.item, cautiously', "$input.item?.json?.business === 'south'"],
			['an earlier node', "$('Start').item.json.business === 'south'"],
			['all items', "$input.all()[$itemIndex]?.json.business === 'south'"],
			['the index', '$itemIndex % 3 === 1'],
			['a try', "(() => { try { return $json.business === 'south' } catch { return false } })()"],
		])('with an expression on %s', async (_what, condition) => {
			const rows = rowsOf(40);
			const { json } = await upsert(rows, choose(condition));
			expect(json.map(({ action, name }) => [action, name])).toEqual(
				rows.map(({ name }) => ['created', name]),
			);
			expect(held(south)).toEqual(namesOf(rows, isSouth));
			expect(held(north)).toEqual(namesOf(rows, (row) => !isSouth(row)));
		});

		it('with an expression that gives another business for one item of many', async () => {
			const rows = rowsOf(60);
			await upsert(rows, choose('$itemIndex === 41'));
			expect(held(south)).toEqual(['Row 41']);
			expect(held(north)).toHaveLength(59);
		});

		it('with each field of the credential an expression', async () => {
			const rows = rowsOf(12).map((row) => ({ ...row, ...BUSINESSES()[row.business ?? 'north'] }));
			const fields = ['baseUrl', 'apiKey', 'businessId', 'userId', 'environment'];
			await upsert(rows, Object.fromEntries(fields.map((name) => [name, `={{ $json.${name} }}`])));
			expect(held(south)).toEqual(namesOf(rows, isSouth));
			expect(held(north)).toEqual(namesOf(rows, (row) => !isSouth(row)));
		});

		it('with two credentials of one Kizen, and no other key is sent', async () => {
			const rows = rowsOf(6);
			const key = "={{ $json.business === 'south' ? 'wrong' : '" + north.credential.apiKey + "' }}";
			const { json } = await upsert(rows, { ...north.credential, apiKey: key });
			expect(json.map(({ action }) => action)).toEqual(
				rows.map((row) => (isSouth(row) ? 'failed' : 'created')),
			);
			expect(json[1].error).toMatch(/^Kizen refused the API key.*\[item 1\]$/);
			expect(held(north)).toEqual(namesOf(rows, (row) => !isSouth(row)));
		});
	});

	describe('A credential that can not be read for an item', () => {
		it.each<[string, number[]]>([
			["$itemIndex === 0 ? $('Nowhere').item.json.x : false", [0]],
			["$itemIndex === 2 ? $('Nowhere').item.json.x : false", [2]],
			["$('Nowhere').item.json.x", [0, 1, 2, 3]],
		])('fails that item alone: %s', async (condition, failing) => {
			const rows = rowsOf(4);
			const { json } = await upsert(rows, choose(condition));
			expect(json.map(({ action }) => action)).toEqual(
				rows.map((_, n) => (failing.includes(n) ? 'failed' : 'created')),
			);
			const { error, details } = json[failing[0]];
			expect(error).toMatch(/^n8n could not read the credential\. .*\[item \d\]$/);
			expect((details as IDataObject).description).toMatch(/credential/);
			expect([...held(north), ...held(south)]).toHaveLength(4 - failing.length);
		});

		it('fails an item whose credential leads nowhere, and no other', async () => {
			const rows = rowsOf(4);
			const { json } = await upsert(rows, {
				...north.credential,
				environment: "={{ $json.business === 'south' ? 'elsewhere' : 'custom' }}",
			});
			expect(json.map(({ action }) => action)).toEqual(['created', 'failed', 'created', 'created']);
			expect(json[1].error).toMatch(/^The credential's Environment "elsewhere" is not known/);
		});
	});

	describe('How often the credential is read', () => {
		const rows = rowsOf(60);

		it('is twice where it holds no expression', async () => {
			const { credentialReads } = await upsert(rows, north.credential);
			expect(credentialReads).toBeLessThanOrEqual(2);
		});

		it('is once for one item', async () => {
			const { credentialReads } = await upsert(rows.slice(0, 1), north.credential);
			expect(credentialReads).toBe(1);
		});

		it('is a handful where it can not be read at all', async () => {
			const { json, credentialReads } = await runInEngine({
				parameters: {
					operation: 'upsert',
					object: byName('companies_company'),
					lookupValue: '={{ $json.name }}',
				},
				rows,
				node: { onError: 'continueRegularOutput' },
			});
			expect(json[59].error).toMatch(/does not exist.*\[item 59\]$/);
			expect(credentialReads).toBeLessThanOrEqual(2);
		});
	});

	it('The hidden fields that tell of expressions are not asked for by the API of n8n 1', () => {
		const hidden = new KizenApi().properties.filter(({ type }) => type === 'hidden');
		expect(hidden).toHaveLength(5);
		// It asks for every field that is shown by the value of another one.
		expect(hidden.filter(({ displayOptions }) => displayOptions?.show)).toEqual([]);
	});

	describe('Nothing is carried from one business to another', () => {
		const isSouth = "$json.business === 'south'";
		const SOUTH = { business: 'south' as const };

		it('no field and no option of the object', async () => {
			for (const [kizen, tier] of [
				[north, 'Gold'],
				[south, 'Silver'],
			] as const) {
				kizen.addField('companies_company', {
					name: 'tier',
					field_type: 'dropdown',
					options: [{ name: tier }],
				});
			}
			const rows = ['Gold', 'Silver'].flatMap((tier, n) => [
				{ name: `Row ${n} N`, tier },
				{ name: `Row ${n} S`, tier, ...SOUTH },
			]);
			const jsonFields = '={{ { tier: $json.tier } }}';
			const { json } = await upsert(rows, choose(isSouth), { parameters: { jsonFields } });
			expect(json.map(({ action }) => action)).toEqual(['created', 'failed', 'failed', 'created']);
			expect(json[1].error).toMatch(/no option "Gold".*Silver/);
			for (const kizen of [north, south]) {
				expect(kizen.log.filter(({ path }) => path.endsWith('/companies_company'))).toHaveLength(1);
			}
		});

		it('no related record, and no format in which one is sent', async () => {
			north.switches.recordShapes = ['bare'];
			south.switches.recordShapes = ['id'];
			south.add('companies_company', { name: 'So that IDs differ' });
			for (const kizen of [north, south]) kizen.add('companies_company', { name: 'Partner' });
			const rows = Array.from({ length: 8 }, (_, n) => ({ name: `Row ${n}`, ...(n % 2 && SOUTH) }));
			const { json } = await upsert(rows, choose(isSouth), {
				parameters: {
					object: byName('deals'),
					jsonFields: '={{ { company: "Partner" } }}',
					options: { maxParallel: 1 },
				},
			});
			expect(json.map(({ action }) => action)).toEqual(rows.map(() => 'created'));
			for (const [n, { name }] of rows.entries()) {
				const kizen = n % 2 ? south : north;
				const partner = kizen.find('companies_company', { name: 'Partner' });
				expect(kizen.find('deals', { name })?.values.company).toBe(partner?.id);
				expect(json[n].company).toMatchObject({ id: partner?.id });
			}
			expect(north.log.filter(({ status }) => status === 400).length).toBeLessThanOrEqual(1);
			expect(south.log.filter(({ status }) => status === 400)).toEqual([]);
		});

		it('no order: rows with the same name in two businesses do not wait for each other', async () => {
			north.faults.queue.push({ match: { path: '/upsert' }, fault: { kind: 'hang' }, times: 99 });
			await upsert([{ name: 'Row' }, { name: 'Row', ...SOUTH }], choose(isSouth), {
				stopWhen: () => south.find('companies_company', { name: 'Row' }) !== undefined,
			});
			expect(north.inFlight.most).toBe(1);
		});

		it('no memory of Retry On Fail: a row is tried again though its name went into the other one', async () => {
			north.faults.queue.push({
				match: { path: '/upsert' },
				fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			});
			const { json } = await upsert([{ name: 'Row' }, { name: 'Row', ...SOUTH }], choose(isSouth), {
				node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
			});
			expect(json.map(({ action }) => action)).toEqual(['created', 'created']);
			expect(
				[north, south].map(
					(kizen) =>
						kizen.all('companies_company').filter(({ identity }) => identity === 'Row').length,
				),
			).toEqual([1, 1]);
		});

		it('no order within one business is lost where its rows have two keys', async () => {
			const rows = Array.from({ length: 12 }, (_, n) => ({
				name: 'Row',
				website: `https://${n}.example`,
				...(n % 2 && SOUTH),
			}));
			north.faults.latencyMs = { min: 0, max: 10 };
			await upsert(rows, {
				...north.credential,
				apiKey: `={{ '${north.credential.apiKey}' + (${isSouth} ? ' ' : '') }}`,
			});
			expect(north.inFlight.most).toBeLessThanOrEqual(3);
			expect(north.find('companies_company', { name: 'Row' })?.values.website).toBe(
				'https://11.example',
			);
			expect(north.log.map(({ status }) => status)).not.toContain(409);
		});
	});
});
