import type { INodeParameters } from 'n8n-workflow';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { askNode, runInEngine } from './engine';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
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
		const { json, hints } = await upsert('deals', fields, { options: { unknownFields: 'ignore' } });
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
