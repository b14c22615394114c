import type { INodeParameters } from 'n8n-workflow';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { askNode, runInEngine, type Result } from './engine';

/** Fields with names that mean something to JavaScript or n8n: written, or the row fails. */

const NAMES = ['constructor', 'prototype', '__proto__', 'toString', 'hasOwnProperty', 'then'];
const OBJECT = { __rl: true, mode: 'name', value: 'companies_company' };

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => {
	kizen.reset();
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
