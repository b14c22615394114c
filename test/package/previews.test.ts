import Ajv, { type ValidateFunction } from 'ajv';
import { loadOutputSchema } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { OPERATIONS } from '../../nodes/Kizen/operations';
import { runInEngine } from '../engine/engine';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';

/** What the editor shows of an operation's output before its first run, against what comes out. */

const kizenFolder = join(__dirname, '..', '..', 'nodes', 'Kizen');
const built = join(__dirname, '..', '..', 'dist', 'nodes', 'Kizen');
const version = 'v1.0.0';
const names = OPERATIONS.map(({ value }) => value);

interface Preview extends IDataObject {
	type: string;
	properties: IDataObject;
}

function preview(operation: string): Preview {
	const file = join(kizenFolder, '__schema__', version, `${operation}.json`);
	return JSON.parse(readFileSync(file, 'utf8')) as Preview;
}

function validator(operation: string): ValidateFunction {
	const ajv = new Ajv({ allErrors: true });
	ajv.addKeyword('version');
	return ajv.compile(preview(operation));
}

/** The keys of an item that are no fields of its object. */
function keysBesideFields({ object: name, ...item }: IDataObject): string[] {
	const fields = kizen.object(String(name)).fields.map((field) => field.name);
	return Object.keys(item).filter((key) => !fields.includes(key.replace(/_currency$/, '')));
}

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());

const object = (value: string) => ({ __rl: true, mode: 'name', value });
const stage = (value: string) => ({ __rl: true, mode: 'name', value });
const deals = object('deals');
const companies = object('companies_company');

/**
 * Runs that between them show every key and every action of the operation. Rows refer to records by
 * their names; `id` of a row is what stands in the embedded Kizen under its name.
 */
const runs: Record<string, Array<{ parameters: INodeParameters; rows: IDataObject[] }>> = {
	add: [
		{
			parameters: { object: deals, options: { stage: stage('Proposal') }, unarchive: 'unarchive' },
			rows: [{ fields: { name: 'New', Value: 12.5 } }, { fields: { name: 'Old' } }],
		},
		{ parameters: { object: object('client_client') }, rows: [{ fields: { first_name: 'Ada' } }] },
	],
	upsert: [
		{
			parameters: {
				object: deals,
				lookupValue: '={{ $json.name }}',
				options: { stage: stage('Proposal') },
				oncreateUnarchive: 'unarchive',
				returnAllFields: true,
			},
			rows: [{ name: 'New' }, { name: 'Here' }, { name: 'Old' }],
		},
	],
	update: [
		{
			parameters: { object: deals },
			rows: [{ name: 'Here', fields: { region: 'North' } }, { name: 'Here' }],
		},
	],
	archive: [{ parameters: { object: deals }, rows: [{ name: 'Here' }, { name: 'Old' }] }],
	unarchive: [{ parameters: { object: deals }, rows: [{ name: 'Here' }, { name: 'Old' }] }],
	moveToStage: [
		{
			parameters: { object: deals, stage: stage('Proposal') },
			rows: [{ name: 'Here' }, { name: 'Here' }],
		},
	],
	get: [{ parameters: { object: deals }, rows: [{ name: 'Here' }] }],
	search: [{ parameters: { object: companies, limit: 3 }, rows: [{}] }],
	lookUp: [
		{
			parameters: { object: deals, lookupValue: '={{ $json.name }}', ifNotFound: 'notFound' },
			rows: [{ name: 'Here' }, { name: 'Nowhere' }],
		},
	],
};

/** All that comes out of an operation, beside what is taken for granted: one active, one archived. */
async function outputOf(operation: string): Promise<IDataObject[]> {
	const items: IDataObject[] = [];
	for (const { parameters, rows } of runs[operation]) {
		kizen.reset();
		kizen.add('deals', { name: 'Here' });
		kizen.add('deals', { name: 'Old' }, { archived: true });
		const idOf = (row: IDataObject) =>
			typeof row.name === 'string' ? (kizen.find('deals', { name: row.name })?.id ?? '') : '';
		const { error, outputs } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation,
				specifyFields: 'json',
				jsonFields: '={{ $json.fields ?? {} }}',
				record: '={{ $json.id }}',
				...parameters,
			},
			rows: rows.map((row) => ({ ...row, id: idOf(row) })),
		});
		expect(error).toBeUndefined();
		items.push(...outputs.flat().map(({ json }) => json));
	}
	return items;
}

describe.each(names)('The preview of %s', (operation) => {
	it('is where n8n looks for it in the built package', () => {
		// What the editor asks for: this very version, no resource, since the node has none.
		expect(loadOutputSchema({ nodeDir: built, version: 1, operation })).toEqual(preview(operation));
	});

	it('shows what comes out beside the fields, no more and no less', async () => {
		const validate = validator(operation);
		const items = await outputOf(operation);
		const wrong = items.flatMap((item) => (validate(item) ? [] : [{ item, why: validate.errors }]));
		expect(wrong).toEqual([]);
		const shown = Object.keys(preview(operation).properties);
		const seen = new Set(items.flatMap((item) => Object.keys(item)));
		expect(shown.filter((key) => !seen.has(key))).toEqual([]);
		expect(shown).toEqual(expect.arrayContaining(items.flatMap(keysBesideFields)));
	});

	it('names just the actions that happen', async () => {
		const { action } = preview(operation).properties as { action: { enum: string[] } };
		const happened = new Set((await outputOf(operation)).map((item) => item.action));
		expect([...happened].sort()).toEqual([...action.enum].sort());
	});
});

it('The preview of Kizen Trigger is where n8n looks for it in the built package', () => {
	// A node without operations.
	expect(loadOutputSchema({ nodeDir: built, version: 1 })).toMatchObject({
		properties: { action: { enum: ['created', 'updated'] } },
		required: ['action', 'id', 'object'],
	});
});

it('There is a preview for every operation, and no other', () => {
	const files = readdirSync(join(kizenFolder, '__schema__', version));
	expect(files.sort()).toEqual(names.map((name) => `${name}.json`).sort());
});
