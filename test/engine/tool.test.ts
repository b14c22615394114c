import { NodeHelpers, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { OPERATIONS } from '../../nodes/Kizen/operations';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { runInEngine } from './engine';

/**
 * What a language model meets: it reads the descriptions, fills parameters (which reach the node as
 * expressions), gets the items' JSON back, and must be able to act on what goes wrong. That n8n makes
 * a tool of the node is tested in a real n8n.
 */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const { description } = new KizenRecords();

function everyParameter(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => [
		property,
		...everyParameter(
			(property.options ?? []).flatMap((option) =>
				'values' in option ? option.values : 'type' in option ? [option] : [],
			),
		),
	]);
}

const parameters = everyParameter(description.properties);

/** The parameters shown for an operation, in the node or in the tool that n8n makes of it. */
function shown(operation: string, name = 'kizenRecords'): string[] {
	const values = { operation } as INodeParameters;
	const type = { ...description, name };
	const node = { typeVersion: 1 };
	const filled = NodeHelpers.getNodeParameters(
		description.properties,
		values,
		true,
		false,
		node,
		type,
	);
	return description.properties
		.filter((property) =>
			NodeHelpers.displayParameter(filled ?? {}, property, node, type, filled ?? {}),
		)
		.map((property) => property.name);
}

describe('The operations', () => {
	it('stand in the order in which people look for them', () => {
		expect(OPERATIONS.map(({ name }) => name)).toEqual([
			'Add',
			'Upsert',
			'Archive',
			'Get',
			'Look Up',
			'Move to Stage',
			'Search',
			'Unarchive',
			'Update',
		]);
	});

	it('say what they do, as verb and object', () => {
		for (const { action, description: said } of OPERATIONS) {
			expect(action).toMatch(/^[A-Z][a-z]+( up)? records?( to stage)?$/);
			expect(said.length).toBeGreaterThan(20);
		}
	});

	const WRITE = ['specifyFields', 'fields'];
	const RETURN = ['output', 'splitByAction', 'options'];

	it.each<[string, string[]]>([
		['add', [...WRITE, 'unarchive', ...RETURN]],
		[
			'upsert',
			[
				'lookupValue',
				...WRITE,
				'oncreateUnarchive',
				'onupdateArchivedConflict',
				'ifExists',
				'returnAllFields',
				...RETURN,
			],
		],
		['archive', ['record', 'ifNoneActive', 'splitByAction', 'options']],
		['get', ['record', ...RETURN]],
		['lookUp', ['lookupValue', 'ifNotFound', ...RETURN]],
		['moveToStage', ['record', 'stage', ...RETURN]],
		['search', ['searchFor', 'conditions', 'combine', 'returnAll', 'limit', ...RETURN]],
		['unarchive', ['record', ...RETURN]],
		['update', ['record', ...WRITE, 'archivedConflict', 'returnAllFields', ...RETURN]],
	])('%s shows what it needs and nothing else, in the order of the work', (operation, names) => {
		expect(shown(operation)).toEqual(['operation', 'object', ...names]);
	});

	it.each(OPERATIONS.map(({ value }) => value))(
		'%s has no separate outputs as a tool, which has one answer',
		(operation) => {
			const tool = shown(operation, 'kizenRecordsTool');
			expect(tool).toEqual(shown(operation).filter((name) => name !== 'splitByAction'));
		},
	);
});

describe('The parameters', () => {
	it('each say what they are for', () => {
		const silent = parameters.filter(
			({ type, name, description: said }) =>
				!said && !['collection', 'resourceMapper'].includes(type) && name !== 'operation',
		);
		expect(silent.map(({ name }) => name)).toEqual([]);
	});

	it('speak without words that frighten', () => {
		const texts = parameters.flatMap((parameter) => [
			parameter.displayName,
			parameter.description ?? '',
			parameter.hint ?? '',
			...(parameter.options ?? []).flatMap((option) =>
				'name' in option
					? [option.name, ('description' in option && option.description) || '']
					: [],
			),
		]);
		const frightening = texts.filter((text) =>
			/\b(errors?|problems?|failures?|mistakes?)\b/i.test(text.replaceAll('On Error', '')),
		);
		expect(frightening).toEqual([]);
	});

	it('keep their name and kind across operations, so that what was typed stays', () => {
		const kinds = new Map<string, Set<string>>();
		for (const { name, type } of description.properties) {
			kinds.set(name, (kinds.get(name) ?? new Set<string>()).add(type));
		}
		expect([...kinds].filter(([, types]) => types.size > 1)).toEqual([]);
	});
});

describe('What a model fills in', () => {
	/** As n8n hands it to the node: the model's arguments are resolved where an expression stands. */
	const call = async (operation: string, own: INodeParameters, args: Record<string, unknown>) =>
		await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation,
				object: { __rl: true, mode: 'name', value: '={{ $json.object }}' },
				...own,
			},
			rows: [args as never],
		});
	const DEALS = { object: 'deals' };
	const idOf = (name: string) => kizen.find('deals', { name })?.id;
	const RECORD = { record: '={{ $json.record }}' };
	const FIELDS = { specifyFields: 'json', jsonFields: '={{ $json.fields }}' };

	it('is enough for every operation', async () => {
		const record = idOf('Tax Review 2026');
		const calls: Array<[string, INodeParameters, Record<string, unknown>]> = [
			['add', FIELDS, { fields: '{ "name": "By Agent", "Region": "north" }' }],
			[
				'upsert',
				{ ...FIELDS, lookupValue: '={{ $json.name }}' },
				{ name: 'by agent', fields: { Region: 'South' } },
			],
			['get', RECORD, { record }],
			['lookUp', { lookupValue: '={{ $json.name }}' }, { name: 'By Agent' }],
			[
				'moveToStage',
				{ ...RECORD, stage: { __rl: true, mode: 'name', value: '={{ $json.stage }}' } },
				{ record, stage: 'negotiation' },
			],
			[
				'search',
				{
					conditions: {
						condition: [
							{
								field: '={{ $json.field }}',
								condition: '={{ $json.how }}',
								value: '={{ $json.value }}',
							},
						],
					},
					limit: '={{ $json.limit }}',
				},
				{ field: 'Region', how: 'Is', value: 'South', limit: 1 },
			],
			['update', { ...RECORD, ...FIELDS }, { record, fields: { 'Next Step': 'Call' } }],
			['archive', RECORD, { record }],
			['unarchive', RECORD, { record }],
		];
		const said: unknown[] = [];
		for (const [operation, own, args] of calls) {
			const { json, error } = await call(operation, own, { ...DEALS, ...args });
			expect(error).toBeUndefined();
			expect(json).toHaveLength(1);
			said.push(json[0].action === 'found' ? json[0].name : json[0].action);
		}
		expect(said).toEqual([
			'created',
			'updated',
			'Tax Review 2026',
			'By Agent',
			'moved',
			'Tax Review 2026',
			'updated',
			'archived',
			'unarchived',
		]);
	});

	it('comes back compact: no envelopes, no empty fields, and less where fields are chosen', async () => {
		const record = idOf('Tax Review 2026');
		const size = async (own: INodeParameters) => {
			const { json } = await call('get', { ...RECORD, ...own }, { ...DEALS, record });
			return JSON.stringify(json).length;
		};
		const raw = await size({ output: 'raw' });
		expect(await size({})).toBeLessThan(raw / 2);
		expect(await size({ output: 'selected', selectedFields: ['stage'] })).toBeLessThan(100);
	});

	it.each([
		['get', RECORD, { record: 'Tax Review 1926' }, /Check 'Record'/],
		[
			'lookUp',
			{ lookupValue: '={{ $json.name }}' },
			{ name: 'tax review 1926' },
			/'If No Record Is Found'/,
		],
		['get', RECORD, { object: 'deal', record: 'x' }, /'Object' with From List/],
		[
			'search',
			{ conditions: { condition: [{ field: 'Regio', condition: 'is', value: 'x' }] } },
			{},
			/Did you mean "Region"/,
		],
	] as Array<[string, INodeParameters, Record<string, unknown>, RegExp]>)(
		'is answered with words to act on where it does not fit: %s',
		async (operation, own, args, remedy) => {
			const { error } = await call(operation, own, { ...DEALS, ...args });
			expect(error?.description).toMatch(remedy);
		},
	);
});
