import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { runInEngine, type Result } from './engine';

/** Get and Look Up: one record, and what comes out of it. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const COMPANIES = byName('companies_company');
const CONTACTS = byName('client_client');

const run = async (
	parameters: INodeParameters,
	rows: IDataObject[] = [{}],
	onError?: INode['onError'],
): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		parameters: { record: '={{ $json.id }}', lookupValue: '={{ $json.name }}', ...parameters },
		rows,
		node: { onError },
	});

function idOf(object: string, name: string): string {
	const found = kizen.find(object, { name });
	if (!found) throw new Error(`no ${name}`);
	return found.id;
}

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

describe('Get', () => {
	const GET = { operation: 'get', object: COMPANIES };

	it('reads the record with all its fields as plain values', async () => {
		const id = idOf('companies_company', 'Contoso');
		const { json, hints } = await run(GET, [{ id }]);
		expect(json).toEqual([
			expect.objectContaining({
				action: 'found',
				id,
				object: 'companies_company',
				name: 'Contoso',
				industry: 'Finance',
				annual_revenue: 625001.5,
				annual_revenue_currency: 'USD',
				owner: { id: expect.any(String), name: expect.any(String) },
				created: expect.stringMatching(/^2026-/),
			}),
		]);
		expect(Object.keys(json[0]).slice(0, 4)).toEqual(['action', 'id', 'object', 'name']);
		expect(hints[0].message).toBe('1 found.');
	});

	it('shows the stage of a deal, and the full name of a contact', async () => {
		const deal = await run({ ...GET, object: byName('deals') }, [
			{ id: idOf('deals', 'Fleet Leasing') },
		]);
		expect(deal.json[0]).toMatchObject({ stage: 'Proposal' });
		const contact = await run({ ...GET, object: CONTACTS }, [
			{ id: idOf('client_client', 'Ada Lovelace') },
		]);
		expect(contact.json[0]).toMatchObject({
			name: 'Ada Lovelace',
			email: 'ada.lovelace@example.com',
		});
	});

	it('Raw is the answer as it came, with what happened', async () => {
		const id = idOf('companies_company', 'Lumen Studio');
		const { json } = await run({ ...GET, output: 'raw' }, [{ id }]);
		const website = kizen.object('companies_company').field('website').id;
		expect(json[0]).toMatchObject({
			id,
			object_type: 'standard',
			fields: { [website]: { name: 'website', value: 'https://lumen-studio.example' } },
			action: 'found',
		});
	});

	it.each([[['website', 'Annual Revenue', 'segments']], ['Website, annual_revenue,Segments']])(
		'Selected Fields are the ID and what was chosen, by label or API name: %j',
		async (chosen) => {
			const id = idOf('companies_company', 'Lumen Studio');
			const { json } = await run(
				{ ...GET, output: 'selected', selectedFields: '={{ $json.chosen }}' },
				[{ id, chosen }],
			);
			expect(json).toEqual([
				{
					action: 'found',
					id,
					website: 'https://lumen-studio.example',
					annual_revenue: expect.any(Number),
					segments: null,
				},
			]);
			expect(kizen.log.at(-1)?.query).toEqual({ field_names: 'website,annual_revenue,segments' });
		},
	);

	it.each([
		['websit', '"Companies" has no field "websit" [item 0]', /Did you mean "Website"\?/],
		[' , ', "'Field Names or IDs' is empty [item 0]", /Choose fields/],
	])('says which chosen field is none: %j', async (selectedFields, message, remedy) => {
		const { error } = await run(
			{ ...GET, output: 'selected', selectedFields: `={{ '${selectedFields}' }}` },
			[{ id: UNKNOWN }],
		);
		expect(error).toMatchObject({ message, description: expect.stringMatching(remedy) });
	});

	it.each(['Twin', 'twin_a'])('says which fields the chosen one may be: %s', async (chosen) => {
		const fields = ['twin_a', 'twin_b'].map((name) => ({
			name,
			display_name: 'Twin',
			field_type: 'text' as const,
		}));
		kizen.addObject({ name: 'twins', object_name: 'Twins', entity_name: 'Twin', fields });
		const { error, json } = await run(
			{ ...GET, object: byName('twins'), output: 'selected', selectedFields: `={{ '${chosen}' }}` },
			[{ id: kizen.add('twins', { name: 'A', twin_a: 'a' }).id }],
		);
		if (chosen === 'twin_a') expect(json).toMatchObject([{ twin_a: 'a' }]);
		else {
			expect(error).toMatchObject({
				message: '"Twins" has 2 fields that "Twin" may mean [item 0]',
				description: expect.stringMatching(/API name of one under .*: twin_a, twin_b\./),
			});
		}
	});

	it.each([{}, [], { id: '' }, { id: 7 }, { results: [] }])(
		'fails where Kizen answers with no record: %j',
		async (body) => {
			kizen.faults.queue.push({
				match: { path: '/records/' },
				fault: { kind: 'status', status: 200, body },
			});
			const { error } = await run(GET, [{ id: UNKNOWN }]);
			expect(error?.message).toBe("Kizen's response names no record [item 0]");
		},
	);

	it('of what Kizen does not show says so', async () => {
		const rows = [
			{ id: idOf('companies_company', 'Lumen Studio') },
			{ id: idOf('companies_company', 'Oldtown Press') },
			{ id: idOf('deals', 'Fleet Leasing') },
		];
		const { json } = await run(GET, rows, 'continueRegularOutput');
		const said = (n: number) => `Kizen shows no record ${rows[n].id} in "Companies" [item ${n}]`;
		expect(json.slice(1)).toMatchObject([
			{ ...rows[1], error: said(1), details: { action: 'failed', httpCode: 404 } },
			{ ...rows[2], error: said(2) },
		]);
		expect((json[1].details as IDataObject).description).toMatch(
			/may be archived.*another object.*never existed/,
		);
	});

	it('costs one request a record beside the object, and keeps the order of the input', async () => {
		kizen.faults.latencyMs = { min: 0, max: 30 };
		const rows = kizen
			.all('client_client')
			.filter(({ archived }) => !archived)
			.map(({ id }) => ({ id }));
		const { json } = await run({ ...GET, object: CONTACTS }, rows);
		expect(json.map(({ id }) => ({ id }))).toEqual(rows);
		expect(kizen.log).toHaveLength(rows.length + 3);
	});

	it('is asked again after a fault that passes', async () => {
		kizen.faults.queue.push({ match: { path: '/records/' }, fault: { kind: 'drop' } });
		const { json } = await run(GET, [{ id: idOf('companies_company', 'Lumen Studio') }]);
		expect(json[0]).toMatchObject({ name: 'Lumen Studio' });
	});

	it.each([{ valueShape: 'raw' }, { valueShape: 'nested' }, { valueShape: 'array' }] as Array<
		Partial<Switches>
	>)('understands Kizen in every form: %j', async (switches) => {
		Object.assign(kizen.switches, switches);
		const { json } = await run(GET, [{ id: idOf('companies_company', 'Lumen Studio') }]);
		expect(json[0]).toMatchObject({
			name: 'Lumen Studio',
			website: 'https://lumen-studio.example',
		});
	});
});

describe('Look Up', () => {
	const LOOK_UP = { operation: 'lookUp', object: COMPANIES };

	it.each(['record', 'results'] as const)(
		'reads the record with exactly this name, answered as %s',
		async (lookupShape) => {
			kizen.switches.lookupShape = lookupShape;
			const { json } = await run(LOOK_UP, [{ name: 'Lumen Studio' }]);
			expect(json).toEqual([
				expect.objectContaining({
					action: 'found',
					id: idOf('companies_company', 'Lumen Studio'),
					name: 'Lumen Studio',
					object: 'companies_company',
					website: 'https://lumen-studio.example',
				}),
			]);
		},
	);

	it('finds contacts by email', async () => {
		const { json } = await run({ ...LOOK_UP, object: CONTACTS }, [
			{ name: 'ada.lovelace@example.com' },
		]);
		expect(json[0]).toMatchObject({ action: 'found', name: 'Ada Lovelace' });
	});

	it('asks for the exact name first, then searches whatever the case', async () => {
		const { json } = await run(LOOK_UP, [{ name: 'lumen studio' }]);
		expect(json[0]).toMatchObject({ action: 'found', name: 'Lumen Studio' });
		const asked = kizen.log.slice(-3).map(({ path }) => path.split('/').at(-1));
		expect(asked).toEqual(['lookup', 'search', json[0].id]);
	});

	it('names all records that have the name in another case', async () => {
		kizen.switches.activeDuplicates = 'allowed';
		for (const name of ['TWIN', 'Twin']) kizen.add('companies_company', { name });
		const { error } = await run(LOOK_UP, [{ name: 'twin' }]);
		expect(error?.message).toMatch(/^"Companies" has 2 records called "twin": TWIN \(created/);
	});

	const ROWS = [{ name: 'Lumen Studio' }, { name: 'Nobody Ltd' }];

	it.each(['record', 'results'] as const)(
		'gives what is chosen where none is found, answered as %s',
		async (lookupShape) => {
			kizen.switches.lookupShape = lookupShape;
			const nothing = await run({ ...LOOK_UP, ifNotFound: 'nothing' }, ROWS);
			expect(nothing.json.map(({ name }) => name)).toEqual(['Lumen Studio']);
			const notFound = await run({ ...LOOK_UP, ifNotFound: 'notFound' }, ROWS);
			expect(notFound.json[1]).toEqual({
				action: 'notFound',
				object: 'companies_company',
				name: 'Nobody Ltd',
			});
			expect(notFound.lookedBack[0]).toEqual(ROWS);
			expect(notFound.hints[0].message).toBe('1 found, 1 not found.');
		},
	);

	it('fails where no record has the name', async () => {
		const { error } = await run(LOOK_UP, ROWS);
		expect(error?.message).toBe('"Companies" has no record with the name "Nobody Ltd" [item 1]');
	});

	it('does not take a fault for absence', async () => {
		kizen.faults.queue.push({
			match: { path: '/lookup' },
			fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
		});
		const { error } = await run({ ...LOOK_UP, ifNotFound: 'notFound' }, [{ name: 'Lumen Studio' }]);
		expect(error?.message).toMatch(/^The API key has no permission for this in "Companies"/);
		kizen.faults.queue.push({ match: { path: '/lookup' }, fault: { kind: 'html' } });
		const page = await run({ ...LOOK_UP, ifNotFound: 'notFound' }, [{ name: 'Lumen Studio' }]);
		expect(page.error?.message).toMatch(/^Kizen answered with a web page/);
	});

	it('says what lookup value is missing', async () => {
		const { error } = await run(LOOK_UP, [{ name: ' ' }]);
		expect(error?.message).toBe("'Lookup Value' is empty [item 0]");
		const choice = await run({ ...LOOK_UP, ifNotFound: "={{ 'maybe' }}" }, [{ name: 'X' }]);
		expect(choice.error?.message).toBe("'If No Record Is Found' can't be \"maybe\" [item 0]");
	});
});
