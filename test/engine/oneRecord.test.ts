import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { RESPONSE_LOST } from '../../nodes/Kizen/outcome/outcome';
import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { byName, runInEngine, type Result } from './engine';

/** The operations for one record that there is. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

/** Get and Look Up: one record, and what comes out of it. */
describe('Reading', () => {
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
				{
					...GET,
					object: byName('twins'),
					output: 'selected',
					selectedFields: `={{ '${chosen}' }}`,
				},
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
			const { error } = await run({ ...LOOK_UP, ifNotFound: 'notFound' }, [
				{ name: 'Lumen Studio' },
			]);
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
});

/** Update, Archive, Unarchive and Move to Stage; and Stage in Add and Upsert. */
describe('Changing', () => {
	const COMPANIES = byName('companies_company');
	const DEALS = byName('deals');

	const run = async (
		parameters: INodeParameters,
		rows: IDataObject[] = [{}],
		node: Partial<INode> = {},
	): Promise<Result> =>
		await runInEngine({
			credential: kizen.credential,
			parameters: {
				record: '={{ $json.id }}',
				specifyFields: 'json',
				jsonFields: '={{ $json.fields ?? {} }}',
				...parameters,
			},
			rows,
			node,
		});

	const CONTINUE = { onError: 'continueRegularOutput' } as const;
	const ERROR_OUTPUT = { onError: 'continueErrorOutput' } as const;

	function idOf(object: string, name: string): string {
		const found = kizen.find(object, { name });
		if (!found) throw new Error(`no ${name}`);
		return found.id;
	}

	const requests = (method: string) =>
		kizen.log.filter((one) => one.method === method && one.path.startsWith('/api/records/'));

	const UNKNOWN = '00000000-0000-4000-8000-000000000000';

	describe('Update', () => {
		const UPDATE = { operation: 'update', object: COMPANIES };

		it('changes the given fields of the record and leaves the others', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			const before = kizen.find('companies_company', { id })?.values;
			const { json } = await run(UPDATE, [{ id, fields: { Employees: 99, Industry: 'retail' } }]);
			expect(json).toEqual([
				{
					action: 'updated',
					id,
					name: 'Cascade Optics',
					object: 'companies_company',
					employees: 99,
					industry: 'Retail',
					updated: expect.any(String),
				},
			]);
			expect(kizen.find('companies_company', { id })?.values).toEqual({
				...before,
				employees: 99,
				industry: 'Retail',
			});
		});

		it('sends a PATCH with the fields by ID and nothing that was not asked for', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			const object = kizen.object('companies_company');
			await run(UPDATE, [{ id, fields: { Employees: 99 } }]);
			expect(requests('PATCH')).toMatchObject([
				{
					path: `/api/records/${object.id}/${id}`,
					query: {},
					body: { fields: [{ id: object.field('employees').id, value: 99 }] },
				},
			]);
			expect(requests('PATCH')[0].body).not.toHaveProperty('archived_conflict');
			await run({ ...UPDATE, archivedConflict: 'overwrite', returnAllFields: true }, [
				{ id, fields: { Employees: 98 } },
			]);
			expect(requests('PATCH')[1]).toMatchObject({
				query: { return_all_fields: 'true' },
				body: { archived_conflict: 'overwrite' },
			});
		});

		it('adds to and removes from fields with several values', async () => {
			const { id } = kizen.add('client_client', {
				email: 't@example.com',
				tags: ['VIP', 'Partner'],
			});
			await run({ operation: 'update', object: byName('client_client') }, [
				{ id, fields: { Tags: { add: ['Referral'], remove: ['Partner'] } } },
			]);
			expect(kizen.find('client_client', { id })?.values.tags).toEqual(['VIP', 'Referral']);
		});

		it('without a field to write sends nothing and says unchanged', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			const { json, hints } = await run(UPDATE, [{ id }, { id, fields: { Website: '' } }]);
			expect(json).toEqual([
				{ action: 'unchanged', id, object: 'companies_company' },
				{ action: 'unchanged', id, object: 'companies_company' },
			]);
			expect(requests('PATCH')).toEqual([]);
			expect(hints[0].message).toBe('2 unchanged.');
		});

		it('to the name of an archived record is a conflict, or takes the name over', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			const rows = [{ id, fields: { name: 'Oldtown Press' } }];
			const conflict = await run(UPDATE, rows);
			expect(conflict.error?.message).toMatch(
				/^An archived record of "Companies" has the name "Oldtown Press"/,
			);
			expect(conflict.error?.description).toMatch(
				/'If the New Name Belongs to an Archived Record'/,
			);
			const split = await run({ ...UPDATE, splitByAction: true }, rows);
			expect(split.outputs.map((items) => items.length)).toEqual([0, 0, 1, 0]);
			expect(split.outputs[2][0].json).toMatchObject({ ...rows[0], action: 'conflict' });
			const { json } = await run({ ...UPDATE, archivedConflict: 'overwrite' }, rows);
			expect(json[0]).toMatchObject({ action: 'updated', name: 'Oldtown Press' });
		});

		it('without a new name meets no archived record, whatever Kizen rejects it with', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			kizen.faults.queue.push({
				match: { method: 'PATCH' },
				fault: { kind: 'status', status: 409, body: { detail: 'Conflict.', code: 'conflict' } },
				times: 9,
			});
			const { json } = await run(
				{ ...UPDATE, options: { giveUpAfter: 1 } },
				[{ id, fields: { Employees: 99 } }],
				CONTINUE,
			);
			expect(json[0]).toMatchObject({
				action: 'failed',
				error: expect.stringMatching(/busy writing this record for someone else/),
			});
		});

		it.each(['plain', 'coded'] as const)(
			'to the name of an active record says which name, and how to go on: %s',
			async (errors) => {
				const id = idOf('companies_company', 'Cascade Optics');
				kizen.switches.errors = errors;
				const { json } = await run(UPDATE, [{ id, fields: { name: 'Lumen Studio' } }], CONTINUE);
				expect(json[0]).toMatchObject({
					action: 'failed',
					error: expect.stringMatching(/^"Companies" already has a record with this name or email/),
					details: { description: expect.stringMatching(/^Give another name or email/) },
				});
			},
		);

		it('of a record that is archived, of another object or nowhere says so, each alone', async () => {
			const rows = [
				{ id: idOf('companies_company', 'Oldtown Press'), fields: { Employees: 1 } },
				{ id: idOf('deals', 'Fleet Leasing'), fields: { Employees: 1 } },
				{ id: UNKNOWN, fields: { Employees: 1 } },
				{ id: idOf('companies_company', 'Cascade Optics'), fields: { Employees: 1 } },
			];
			const { json } = await run(UPDATE, rows, CONTINUE);
			expect(json.map(({ action }) => action)).toEqual(['failed', 'failed', 'failed', 'updated']);
			expect(json[0].error).toBe(`Kizen shows no record ${rows[0].id} in "Companies" [item 0]`);
			expect(json[0].details).toMatchObject({ description: expect.stringMatching(/'Unarchive'/) });
		});

		it('writes rows about the same record in the order of the input', async () => {
			kizen.faults.latencyMs = { min: 0, max: 40 };
			const id = idOf('companies_company', 'Cascade Optics');
			const rows = Array.from({ length: 20 }, (_, n) => ({
				id: n % 2 ? id : id.toUpperCase(),
				fields: { Employees: n },
			}));
			await run(UPDATE, rows);
			expect(kizen.find('companies_company', { id })?.values.employees).toBe(19);
			expect(requests('PATCH')).toHaveLength(20);
		});

		it('is sent again when a connection is lost, and once more by no retry of n8n', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			kizen.faults.queue.push({ match: { method: 'PATCH' }, fault: { kind: 'drop' } });
			const { json } = await run(UPDATE, [{ id, fields: { Employees: 5 } }], { retryOnFail: true });
			expect(json[0]).toMatchObject({ action: 'updated' });
			expect(kizen.find('companies_company', { id })?.values.employees).toBe(5);
		});
	});

	describe('Archive', () => {
		const ARCHIVE = { operation: 'archive', object: COMPANIES };

		it('archives the record and says so', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			const { json, hints } = await run(ARCHIVE, [{ id }]);
			expect(json).toEqual([{ action: 'archived', id, object: 'companies_company' }]);
			expect(kizen.find('companies_company', { id })?.archived).toBe(true);
			expect(requests('GET')).toEqual([]);
			expect(hints[0].message).toBe('1 archived.');
		});

		it('of what is archived already is no failure, and leaves by an output of its own', async () => {
			const rows = ['Cascade Optics', 'Oldtown Press'].map((name) => ({
				id: idOf('companies_company', name),
			}));
			const { outputs, hints, lookedBack } = await run({ ...ARCHIVE, splitByAction: true }, rows);
			expect(outputs.map((items) => items.map(({ json }) => json.action))).toEqual([
				['archived'],
				['unchanged'],
				[],
			]);
			expect(outputs[1][0].json.note).toMatch(/archived already, or it belongs to another object/);
			expect(lookedBack.slice(0, 2)).toEqual([[rows[0]], [rows[1]]]);
			expect(hints.map(({ message }) => message)).toEqual([
				'1 archived, 1 unchanged.',
				`${String(outputs[1][0].json.note)}.`,
			]);
		});

		it('leaves a record of another object alone', async () => {
			const id = idOf('deals', 'Fleet Leasing');
			const { json } = await run(ARCHIVE, [{ id }]);
			expect(json[0]).toMatchObject({ action: 'unchanged', note: expect.any(String) });
			expect(kizen.find('deals', { id })?.archived).toBe(false);
		});

		it("fails where a web page answers 404 in Kizen's place, which says nothing about the record", async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			kizen.faults.queue.push({
				match: { method: 'DELETE' },
				fault: { kind: 'status', status: 404, body: '<html><h1>Not Found</h1></html>' },
			});
			const { json } = await run(ARCHIVE, [{ id }], CONTINUE);
			expect(json[0]).toMatchObject({
				action: 'failed',
				error: expect.stringMatching(/^Kizen answered with a web page/),
			});
		});

		it('fails for a record that is not there to be archived, if that is wanted', async () => {
			const ids = [
				idOf('companies_company', 'Cascade Optics'),
				idOf('companies_company', 'Oldtown Press'),
				idOf('deals', 'Fleet Leasing'),
			];
			const { json } = await run(
				{ ...ARCHIVE, ifNoneActive: 'fail' },
				ids.map((id) => ({ id })),
				CONTINUE,
			);
			expect(json.map(({ action }) => action)).toEqual(['archived', 'failed', 'failed']);
			expect(json[2].error).toBe(`Kizen shows no record ${ids[2]} in "Companies" [item 2]`);
		});

		it('that failed has an output of its own, so that nothing is taken for archived', async () => {
			const ids = [idOf('companies_company', 'Cascade Optics'), 'no ID'];
			const { outputs } = await run(
				{ ...ARCHIVE, splitByAction: true },
				ids.map((id) => ({ id })),
				CONTINUE,
			);
			expect(outputs.map((items) => items.map(({ json }) => json.action))).toEqual([
				['archived'],
				[],
				['failed'],
			]);
		});

		it('is not called unchanged because an answer got lost on its way', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			for (const ifNoneActive of ['unchanged', 'fail']) {
				Object.assign(kizen.find('companies_company', { id }) ?? {}, { archived: false });
				kizen.faults.queue.push({
					match: { method: 'DELETE' },
					fault: { kind: 'drop' },
					when: 'after',
				});
				const { json, hints } = await run({ ...ARCHIVE, ifNoneActive }, [{ id }]);
				expect(json).toEqual([
					{ action: 'archived', id, object: 'companies_company', note: RESPONSE_LOST },
				]);
				expect(hints.at(-1)?.message).toBe(`${RESPONSE_LOST}.`);
			}
			expect(requests('DELETE')).toHaveLength(4);
		});

		it('archives a record once that is named twice', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			const { json } = await run(ARCHIVE, [{ id }, { id }]);
			expect(json.map(({ action }) => action)).toEqual(['archived', 'unchanged']);
		});

		it('is not repeated by Retry On Fail for rows that are done', async () => {
			const rows = ['Cascade Optics', 'Lumen Studio'].map((name) => ({
				id: idOf('companies_company', name),
			}));
			kizen.faults.queue.push({
				match: { method: 'DELETE', path: rows[1].id },
				fault: { kind: 'status', status: 500 },
			});
			const { json } = await run(ARCHIVE, rows, {
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			});
			expect(json.map(({ action }) => action)).toEqual(['archived', 'archived']);
			expect(requests('DELETE')).toHaveLength(3);
		});
	});

	describe('Unarchive', () => {
		const UNARCHIVE = { operation: 'unarchive', object: COMPANIES };

		it('brings the record back with its ID', async () => {
			const id = idOf('companies_company', 'Oldtown Press');
			const { json } = await run(UNARCHIVE, [{ id }]);
			expect(json[0]).toMatchObject({
				action: 'unarchived',
				id,
				name: 'Oldtown Press',
				object: 'companies_company',
				created: expect.any(String),
			});
			expect(kizen.find('companies_company', { id })?.archived).toBe(false);
			expect(requests('GET')).toEqual([]);
		});

		it('is not called unchanged because an answer got lost on its way', async () => {
			const id = idOf('companies_company', 'Oldtown Press');
			kizen.faults.queue.push({
				match: { method: 'PATCH' },
				fault: { kind: 'drop' },
				when: 'after',
			});
			const { json } = await run(UNARCHIVE, [{ id }]);
			expect(json).toMatchObject([
				{ action: 'unarchived', id, name: 'Oldtown Press', note: RESPONSE_LOST },
			]);
			expect(requests('PATCH')).toHaveLength(2);
		});

		it('of an active record is unchanged, and of none there is a failure', async () => {
			const id = idOf('companies_company', 'Cascade Optics');
			const { json } = await run(UNARCHIVE, [{ id }, { id: UNKNOWN }], CONTINUE);
			expect(json[0]).toMatchObject({ action: 'unchanged', id, name: 'Cascade Optics' });
			expect(json[1]).toMatchObject({
				action: 'failed',
				error: expect.stringMatching(/^Kizen shows no record 0{8}.* \[item 1\]$/),
			});
		});

		it.each([
			{},
			{ errors: 'coded' },
			{ duplicateStatus: 409, duplicateCode: 'conflict', errors: 'coded' },
		] as Array<Partial<Switches>>)(
			'is a conflict while an active record holds the name: %j',
			async (switches) => {
				Object.assign(kizen.switches, switches);
				const id = idOf('companies_company', 'Oldtown Press');
				kizen.add('companies_company', { name: 'Oldtown Press' });
				const { outputs } = await run(
					{ ...UNARCHIVE, splitByAction: true, options: { giveUpAfter: 1 } },
					[{ id }],
				);
				expect(outputs.map((items) => items.length)).toEqual([0, 0, 1, 0]);
				expect(outputs[2][0].json).toMatchObject({
					id,
					action: 'conflict',
					error: expect.stringMatching(/^An active record of "Companies" has the name/),
				});
			},
		);
	});

	describe('Move to Stage', () => {
		const MOVE = { operation: 'moveToStage', object: DEALS };
		const to = (value: string, mode = 'name') => ({ stage: { __rl: true, mode, value } });
		const stageOf = (name: string) => kizen.find('deals', { name })?.values.stage;

		it('moves a record to the stage of this name, in whatever case', async () => {
			const id = idOf('deals', 'Tax Review 2026');
			const { json } = await run({ ...MOVE, ...to('closed won') }, [{ id }]);
			expect(json[0]).toMatchObject({
				action: 'moved',
				id,
				name: 'Tax Review 2026',
				object: 'deals',
				stage: 'Closed Won',
				previousStage: 'Proposal',
			});
			expect(stageOf('Tax Review 2026')).toBe('Closed Won');
		});

		it.each(['id', 'list'])('finds the stage by its ID in mode %s', async (mode) => {
			const id = idOf('deals', 'Tax Review 2026');
			const { json } = await run(
				{ ...MOVE, ...to(kizen.object('deals').stage('Negotiation').id, mode) },
				[{ id }],
			);
			expect(json[0]).toMatchObject({ action: 'moved', stage: 'Negotiation' });
		});

		it('tells two stages of one name apart', async () => {
			const { id } = kizen.add('deals', { name: 'Twin Stages', stage: 'Proposal' });
			const { stages } = kizen.object('deals');
			const twin = { ...stages[1], id: UNKNOWN };
			stages.push(twin);
			const { options } = kizen.object('deals').field('stage');
			options.push({ ...options[1], id: twin.id });
			const { json } = await run(
				{
					operation: 'moveToStage',
					object: DEALS,
					stage: { __rl: true, mode: 'id', value: twin.id },
				},
				[{ id }],
			);
			expect(json).toMatchObject([
				{ action: 'moved', stage: 'Proposal', previousStage: 'Proposal' },
			]);
		});

		it('to where the record stands changes nothing, and leaves by an output of its own', async () => {
			const id = idOf('deals', 'Tax Review 2026');
			const { outputs } = await run({ ...MOVE, ...to('Proposal'), splitByAction: true }, [{ id }]);
			expect(outputs.map((items) => items.length)).toEqual([0, 1, 0]);
			expect(outputs[1][0].json).toMatchObject({
				action: 'unchanged',
				name: 'Tax Review 2026',
				stage: 'Proposal',
			});
			expect(requests('PATCH')).toEqual([]);
		});

		it.each([{ listShape: 'paged' }, { valueShape: 'raw' }, { valueShape: 'array' }] as Array<
			Partial<Switches>
		>)('understands Kizen in every form: %j', async (switches) => {
			Object.assign(kizen.switches, switches);
			const rows = ['Tax Review 2026', 'ERP Selection'].map((name) => ({
				id: idOf('deals', name),
			}));
			const { json } = await run({ ...MOVE, ...to('Proposal') }, rows);
			expect(json.map(({ action }) => action)).toEqual(['unchanged', 'moved']);
		});

		it('reads the stages once, however many records there are', async () => {
			const rows = kizen
				.all('deals')
				.filter(({ archived }) => !archived)
				.map(({ id }) => ({ id }));
			await run({ ...MOVE, ...to('Proposal') }, rows);
			expect(kizen.log.filter(({ path }) => path.endsWith('/stages'))).toHaveLength(1);
		});

		it.each([
			[
				'Negotation',
				'"Negotation" is not a stage of "Deals". Did you mean "Negotiation"? [item 0]',
			],
			['Signed', '"Signed" is not a stage of "Deals" [item 0]'],
			[UNKNOWN, `"${UNKNOWN}" is not a stage of "Deals" [item 0]`],
			["={{ '' }}", "'Stage' is empty [item 0]"],
		])('to a stage that is not one of the pipeline says so: %j', async (stage, message) => {
			const { error } = await run({ ...MOVE, ...to(stage) }, [
				{ id: idOf('deals', 'Fleet Leasing') },
			]);
			expect(error?.message).toBe(message);
			expect(requests('PATCH')).toEqual([]);
		});

		it('to one that a long pipeline lacks shows ten stages, and how many more there are', async () => {
			const stages = Array.from({ length: 13 }, (_, index) => ({
				name: `Step ${index + 1}`,
				status: 'open' as const,
			}));
			kizen.addObject({ name: 'visa', object_type: 'pipeline', object_name: 'Visas', stages });
			const { id } = kizen.add('visa', { name: 'A Visa' });
			const { error } = await run({ ...MOVE, object: byName('visa'), ...to('Nowhere') }, [{ id }]);
			expect(error?.description).toMatch(/Step 9, Step 10 and 3 more\./);
		});

		it('in an object without stages says so', async () => {
			const { error } = await run({ ...MOVE, object: COMPANIES, ...to('Proposal') }, [
				{ id: idOf('companies_company', 'Lumen Studio') },
			]);
			expect(error?.message).toBe('"Companies" is not a pipeline and has no stages [item 0]');
		});

		it('of a record that is archived says so', async () => {
			const { error } = await run({ ...MOVE, ...to('Proposal') }, [
				{ id: idOf('deals', 'Y2K Review') },
			]);
			expect(error?.message).toMatch(/^Kizen shows no record .* in "Deals"/);
		});
	});

	describe('Stage in Add and Upsert', () => {
		const stage = (value: string) => ({ options: { stage: byName(value) } });
		const OPERATIONS: Array<[string, INodeParameters]> = [
			['Add', { operation: 'add', object: DEALS }],
			['Upsert', { operation: 'upsert', object: DEALS, lookupValue: '={{ $json.fields.name }}' }],
		];
		const row = { fields: { name: 'New Deal' } };

		it.each(OPERATIONS)('moves the record that was written: %s', async (_name, parameters) => {
			const { json } = await run({ ...parameters, ...stage('negotiation') }, [row]);
			expect(json[0]).toMatchObject({ action: 'created', name: 'New Deal', stage: 'Negotiation' });
			expect(kizen.find('deals', { name: 'New Deal' })?.values.stage).toBe('Negotiation');
		});

		it.each(OPERATIONS)('is checked before anything is written: %s', async (_name, parameters) => {
			const { error } = await run({ ...parameters, ...stage('Nowhere') }, [row]);
			expect(error?.message).toBe('"Nowhere" is not a stage of "Deals" [item 0]');
			expect(kizen.find('deals', { name: 'New Deal' })).toBeUndefined();
			const other = await run({ ...parameters, object: COMPANIES, ...stage('Proposal') }, [row]);
			expect(other.error?.message).toMatch(/^"Companies" is not a pipeline/);
		});

		it.each(OPERATIONS)(
			'that Kizen refuses says that the record is there, and writes it once: %s',
			async (_name, parameters) => {
				kizen.faults.queue.push({
					match: { path: '/move' },
					fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
					times: 99,
				});
				const { json } = await run({ ...parameters, ...stage('Proposal') }, [row], {
					...CONTINUE,
					retryOnFail: true,
					maxTries: 2,
					waitBetweenTries: 1,
				});
				const made = kizen.all('deals').filter(({ identity }) => identity === 'New Deal');
				expect(made).toHaveLength(1);
				expect(json[0]).toMatchObject({
					...row,
					action: 'failed',
					error: expect.stringMatching(
						/^The record was (created|updated), but not moved to "Proposal"\. The API key has no permission/,
					),
					details: { recordId: made[0].id },
				});
				const sent = requests('POST').filter(({ path }) => /(add|upsert)$/.test(path));
				expect(sent).toHaveLength(1);
			},
		);

		it('leaves a record alone that was not written', async () => {
			const { outputs } = await run(
				{ ...OPERATIONS[0][1], ...stage('Proposal'), splitByAction: true },
				[{ fields: { name: 'Y2K Review' } }],
				ERROR_OUTPUT,
			);
			expect(outputs[2][0].json).toMatchObject({ action: 'conflict' });
			expect(requests('PATCH')).toEqual([]);
		});
	});

	describe('Record', () => {
		const ID = '1d3f7886-8542-4e5c-833e-4023e2d3a8e2';
		const archive = async (record: unknown) =>
			await run({ operation: 'archive', object: COMPANIES, record: '={{ $json.id }}' }, [
				{ id: record as string },
			]);

		it.each([
			[ID],
			[` ${ID.toUpperCase()}\n`],
			[`https://go.kizen.com/client/${ID}/details`],
			[`https://go.kizen.com/custom-objects/${UNKNOWN}/records/${ID}?tab=${UNKNOWN}#${UNKNOWN}`],
		])('takes an ID or a link to the record: %j', async (record) => {
			await archive(record);
			expect(requests('DELETE')[0].path).toBe(
				`/api/records/${kizen.object('companies_company').id}/${ID}`,
			);
		});

		it.each([
			['', "'Record' is empty [item 0]"],
			['../../team', '"Companies" has no active record called "../../team" [item 0]'],
			[`${ID}/../x`, `"Companies" has no active record called "${ID}/../x" [item 0]`],
			['https://go.kizen.com/home', /^'Record' can't be "https:\/\/go/],
			[{ id: ID }, /^'Record' can't be "\{/],
			[42, /^"Companies" has no active record called "42"/],
		])('says what is no record: %j', async (record, message) => {
			const { error } = await archive(record);
			if (typeof message === 'string') expect(error?.message).toBe(message);
			else expect(error?.message).toMatch(message);
			expect(requests('DELETE')).toEqual([]);
		});

		it('and its object may be others for every item', async () => {
			const rows = [
				{ object: 'companies_company', id: idOf('companies_company', 'Lumen Studio') },
				{ object: 'deals', id: idOf('deals', 'Fleet Leasing') },
			];
			const { json } = await run(
				{ operation: 'archive', object: byName('={{ $json.object }}') },
				rows,
			);
			expect(json).toEqual(rows.map((each) => ({ action: 'archived', ...each })));
		});

		describe('by its name or email', () => {
			const byText = (mode: string) => ({
				record: { __rl: true, mode, value: '={{ $json.who }}' },
			});
			const ADA = 'ada.lovelace@northwind.example';
			const contact = () => kizen.all('client_client').filter(({ archived }) => !archived)[0];

			it.each([
				['get', {}, 'found'],
				['update', { specifyFields: 'json', jsonFields: '{"name": "Cascade"}' }, 'updated'],
				['archive', {}, 'archived'],
				['unarchive', {}, 'unchanged'],
			])('%s finds it whatever its case', async (operation, more, action) => {
				const id = idOf('companies_company', 'Cascade Optics');
				const parameters = { operation, object: COMPANIES, ...byText('name'), ...more };
				const { json, error } = await run(parameters, [{ who: ' CASCADE optics' }]);
				expect(error).toBeUndefined();
				expect(json[0]).toMatchObject({ action, id });
			});

			it('moves a deal that is called by its name', async () => {
				const { json } = await run(
					{
						operation: 'moveToStage',
						object: byName('deals'),
						...byText('name'),
						stage: 'Negotiation',
					},
					[{ who: 'fleet leasing' }],
				);
				expect(json[0]).toMatchObject({ action: 'moved', id: idOf('deals', 'Fleet Leasing') });
			});

			it('finds a contact by email and by full name', async () => {
				const { id, values } = contact();
				const rows = [
					{ who: String(values.email).toUpperCase() },
					{ who: String(values.first_name) },
				];
				const named = `${String(values.first_name)} ${String(values.last_name)}`;
				const { json } = await run(
					{ operation: 'get', object: byName('client_client'), ...byText('name') },
					[rows[0], { who: named }],
				);
				expect(json.map((one) => one.id)).toEqual([id, id]);
			});

			it('names all who are called so, by what people know of them', async () => {
				kizen.add('companies_company', { name: 'Twin', owner: 'Maya Lindqvist' });
				kizen.add('companies_company', { name: 'twin' });
				const { error } = await run(
					{ operation: 'archive', object: COMPANIES, ...byText('name') },
					[{ who: 'Twin' }],
				);
				expect(error?.message).toMatch(
					/^"Companies" has 2 records called "Twin": Twin \(created \d{4}-\d\d-\d\d \d\d:\d\d, owner Maya Lindqvist\), twin \(created/,
				);
				expect(error?.description).toMatch(/copy its link/);
				expect(requests('DELETE')).toEqual([]);
			});

			it('says that an archived record is not found by name, and what to do', async () => {
				kizen.add('companies_company', { name: 'Gone Ltd' }, { archived: true });
				const { error } = await run(
					{ operation: 'unarchive', object: COMPANIES, ...byText('name') },
					[{ who: 'Gone Ltd' }],
				);
				expect(error?.message).toBe(
					'Kizen does not find the archived record "Gone Ltd" by its name [item 0]',
				);
				expect(error?.description).toMatch(/'Upsert'/);
			});

			it('By ID and By Link take no name', async () => {
				for (const mode of ['id', 'url']) {
					const { error } = await run({ operation: 'get', object: COMPANIES, ...byText(mode) }, [
						{ who: ADA },
					]);
					expect(error?.message).toBe(
						`'Record' can't be "${ADA}", which is not a record's ID or link [item 0]`,
					);
				}
			});
		});
	});
});
