import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { runInEngine, type Result } from './engine';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const COMPANY = 'companies_company';

const upsert = async (
	ifExists: string,
	rows: IDataObject[],
	more: INodeParameters = {},
): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		parameters: {
			operation: 'upsert',
			object: { __rl: true, mode: 'name', value: '={{ $json.object }}' },
			lookupValue: '={{ $json.name }}',
			specifyFields: 'json',
			jsonFields: '={{ $json.fields ?? {} }}',
			ifExists,
			...more,
		},
		rows: rows.map((row) => ({ object: COMPANY, ...row })),
		node: { onError: 'continueRegularOutput' },
	});

const actions = ({ json }: Result) => json.map(({ action }) => action);
const writes = () =>
	kizen.log.filter(({ path, method }) => /upsert$/.test(path) || method === 'PATCH');
const valuesOf = (object: string, name: string) => kizen.find(object, { name })?.values ?? {};

describe('Leave It As It Is', () => {
	it('writes nothing to a record that exists, whatever the case of its name', async () => {
		kizen.add(COMPANY, { name: 'Twin Peaks', website: 'https://old.example' });
		const result = await upsert('leave', [
			{ name: 'TWIN peaks', fields: { website: 'https://new.example' } },
			{ name: 'Nobody Yet', fields: { website: 'https://new.example' } },
		]);
		expect(actions(result)).toEqual(['unchanged', 'created']);
		expect(result.json[0]).toMatchObject({ name: 'Twin Peaks', website: 'https://old.example' });
		expect(writes()).toHaveLength(1);
		expect(valuesOf(COMPANY, 'Twin Peaks').website).toBe('https://old.example');
	});

	it('keeps the first of several rows about one record, even if the search shows it late', async () => {
		kizen.switches.searchLagMs = 3_600_000;
		const rows = ['Zed', 'ZED', 'zed '].map((name, n) => ({
			name,
			fields: { website: `https://${n}.example` },
		}));
		const result = await upsert('leave', rows);
		expect(actions(result)).toEqual(['created', 'unchanged', 'unchanged']);
		expect(valuesOf(COMPANY, 'Zed').website).toBe('https://0.example');
	});

	it('leaves an archived record to the choice for archived records', async () => {
		kizen.add(COMPANY, { name: 'Gone Ltd' }, { archived: true });
		const conflict = await upsert('leave', [{ name: 'gone ltd' }]);
		expect(actions(conflict)).toEqual(['conflict']);
		const back = await upsert('leave', [{ name: 'gone ltd' }], { oncreateUnarchive: 'unarchive' });
		expect(actions(back)).toEqual(['unarchived']);
	});

	it('names the records where several have the name', async () => {
		kizen.switches.activeDuplicates = 'allowed';
		for (const name of ['Twin', 'TWIN']) kizen.add(COMPANY, { name });
		const { json } = await upsert('leave', [{ name: 'twin' }]);
		expect(json[0].error).toMatch(/^"Companies" has 2 records called "twin": Twin .*, TWIN /);
		expect(writes()).toEqual([]);
	});

	it('does not move a record that exists to the stage under Options', async () => {
		const result = await upsert('leave', [{ object: 'deals', name: 'Fleet Leasing' }], {
			options: { stage: { __rl: true, mode: 'name', value: 'Proposal' } },
		});
		expect(actions(result)).toEqual(['unchanged']);
		expect(writes()).toEqual([]);
	});
});

describe('Fill Empty Fields Only', () => {
	const HELD = {
		name: 'Audit',
		region: 'North',
		fee: 10,
		is_billable: false,
		keywords: ['Urgent'],
	};
	const GIVEN = {
		region: 'South',
		fee: 99,
		is_billable: true,
		keywords: 'Recurring',
		hours: 1.5,
		priority: 'High',
		notes: 'new',
		company: 'Cascade Optics',
	};

	it('writes what is empty and keeps what is there, false and lists included', async () => {
		const object = 'engagement';
		kizen.add(object, { ...HELD, reference_number: 'R' });
		const before = valuesOf(object, 'Audit');
		const result = await upsert('fill', [{ object, name: 'audit', fields: GIVEN }]);
		expect(result.json[0].error).toBeUndefined();
		expect(result.json[0]).toMatchObject({ action: 'updated', hours: 1.5, notes: 'new' });
		const after = valuesOf(object, 'Audit');
		for (const name of ['region', 'fee', 'is_billable', 'keywords']) {
			expect(after[name]).toEqual(before[name]);
		}
		expect(after).toMatchObject({ hours: 1.5, notes: 'new' });
		expect(writes()).toHaveLength(1);
		expect((writes()[0].body as { fields: unknown[] }).fields).toHaveLength(4);
	});

	it('is unchanged where no field of the row is empty, and clears nothing', async () => {
		kizen.add(COMPANY, { name: 'Full', website: 'https://old.example' });
		const result = await upsert(
			'fill',
			[{ name: 'full', fields: { website: 'https://new.example', 'Main Phone': '' } }],
			{ options: { emptyValues: 'clear' } },
		);
		expect(actions(result)).toEqual(['unchanged']);
		expect(writes()).toEqual([]);
	});

	it('fails a row whose value does not fit, or names no field', async () => {
		kizen.add('engagement', { name: 'Audit', reference_number: 'R' });
		const { json } = await upsert('fill', [
			{ object: 'engagement', name: 'Audit', fields: { region: 'Nrth' } },
			{ object: 'engagement', name: 'Audit', fields: { regoin: 'North' } },
		]);
		expect(json.map(({ error }) => error)).toEqual([
			expect.stringMatching(/^"Region" has no option "Nrth"/),
			expect.stringMatching(/no field "regoin"/),
		]);
	});

	it('keeps the order of rows about one record', async () => {
		kizen.faults.latencyMs = { min: 0, max: 20 };
		const rows = Array.from({ length: 12 }, (_, n) => ({
			name: n % 2 ? 'Order' : 'ORDER',
			fields: n % 3 ? { website: `https://${n}.example` } : { employees: n },
		}));
		const result = await upsert('fill', rows);
		expect(actions(result).slice(0, 3)).toEqual(['created', 'updated', 'unchanged']);
		expect(new Set(actions(result).slice(2))).toEqual(new Set(['unchanged']));
		expect(valuesOf(COMPANY, 'ORDER')).toMatchObject({
			employees: 0,
			website: 'https://1.example',
		});
	});
});
