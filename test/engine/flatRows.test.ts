import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen, type FieldDefinition } from '../../sandbox/kizen';
import { runInEngine, type Result } from './engine';

/** A record is a flat row: the node's own keys, then the fields by API name. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const byName = (value: string) => ({ __rl: true, mode: 'name', value });

const run = async (parameters: INodeParameters, rows: IDataObject[] = [{}]): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		parameters: { specifyFields: 'json', record: '={{ $json.id }}', ...parameters },
		rows,
	});

/** An object with these text fields, and a record in which each holds its own API name. */
function recordWith(names: string[], more: FieldDefinition[] = []) {
	const texts = names.map((name) => ({ name, field_type: 'text' as const }));
	kizen.addObject({ name: 'odd', object_name: 'Odd', fields: [...texts, ...more] });
	const values = new Map(names.map((name) => [name, `value of ${name}`]));
	return kizen.add('odd', Object.fromEntries([['name', 'Odd One'], ...values]));
}

const ownKeys = ['action', 'id', 'object', 'note', 'error', 'details', 'previousStage'];

describe('A field with the API name of a key that is the node’s own', () => {
	it.each(['get', 'search', 'lookUp'])('is returned as field_<name> by %s', async (operation) => {
		const { id } = recordWith(ownKeys);
		const { json } = await run({ operation, object: byName('odd'), lookupValue: 'Odd One' }, [
			{ id },
		]);
		expect(json[0]).toMatchObject({
			action: 'found',
			id,
			object: 'odd',
			name: 'Odd One',
			...Object.fromEntries(ownKeys.map((key) => [`field_${key}`, `value of ${key}`])),
		});
		expect(json[0]).not.toHaveProperty('note');
	});

	it('is chosen by its API name, and returned in the same way', async () => {
		const { id } = recordWith(ownKeys);
		const { json } = await run(
			{ operation: 'get', object: byName('odd'), output: 'selected', selectedFields: ['note'] },
			[{ id }],
		);
		expect(json).toEqual([{ action: 'found', id, field_note: 'value of note' }]);
	});

	it('takes no key from a field that is really called so', async () => {
		const names = ['note', 'field_note', 'field_field_note', 'field_id', 'field_other'];
		const { id } = recordWith(names);
		const { json } = await run({ operation: 'get', object: byName('odd') }, [{ id }]);
		expect(json[0]).toMatchObject({
			field_note: 'value of note',
			field_field_note: 'value of field_note',
			field_field_field_note: 'value of field_field_note',
			// No field `id` needs this key.
			field_id: 'value of field_id',
			field_other: 'value of field_other',
		});
	});

	it('is a name only for contacts, whose own name is made up of others', async () => {
		kizen.addField('client_client', { name: 'name', field_type: 'text' });
		const { id } = kizen.add('client_client', { first_name: 'Ada', last_name: 'Byron', name: 'A' });
		const { json } = await run({ operation: 'get', object: byName('client_client') }, [{ id }]);
		expect(json[0]).toMatchObject({ name: 'Ada Byron', field_name: 'A' });
	});

	it('survives, whatever a key means to JavaScript', async () => {
		const names = ['constructor', '__proto__', 'hasOwnProperty', 'toString'];
		const { id } = recordWith(names);
		for (const operation of ['get', 'search']) {
			const { json } = await run({ operation, object: byName('odd') }, [{ id }]);
			const entries = new Map(Object.entries(json[0]));
			for (const name of names) expect(entries.get(name)).toBe(`value of ${name}`);
		}
		const chosen = await run(
			{ operation: 'get', object: byName('odd'), output: 'selected', selectedFields: names },
			[{ id }],
		);
		expect(Object.entries(chosen.json[0])).toHaveLength(2 + names.length);
	});
});

it('The currency of an amount gives way to a field that is called so, even an empty one', async () => {
	const { id } = recordWith(
		[],
		[
			{ name: 'fee', field_type: 'money' },
			{ name: 'fee_currency', field_type: 'text' },
			{ name: 'note', field_type: 'money' },
		],
	);
	const odd = byName('odd');
	await run({ operation: 'update', object: odd, jsonFields: '{ "fee": 5, "note": 7 }' }, [{ id }]);
	const { json } = await run({ operation: 'get', object: odd }, [{ id }]);
	expect(json[0]).toMatchObject({ fee: 5, field_note: 7, note_currency: 'USD' });
	expect(json[0]).not.toHaveProperty('fee_currency');
});

it('A record without a name has no key for it', async () => {
	const { id } = kizen.add('client_client', { mobile_phone: '+13125550100' });
	const { json } = await run({ operation: 'get', object: byName('client_client') }, [{ id }]);
	expect(json[0]).toMatchObject({ action: 'found', id, mobile_phone: '+13125550100' });
	expect(json[0]).not.toHaveProperty('name');
});
