import type { IDataObject } from 'n8n-workflow';

import { KizenApi } from '../../credentials/KizenApi.credentials';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { runInEngine, type Result, type Scenario } from './engine';

/**
 * A credential whose fields are expressions: each row goes into the business that its own item says,
 * or fails alone.
 */

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
			object: { __rl: true, mode: 'name', value: 'companies_company' },
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
				object: { __rl: true, mode: 'name', value: 'companies_company' },
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
				object: { __rl: true, mode: 'name', value: 'deals' },
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
