import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { silence } from '../until';
import { askNode, askNodeAt, byName, runInEngine, type Result } from './engine';

/** Search: conditions, order, pages, and what the editor offers for them. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

interface Condition extends IDataObject {
	field: string;
	condition: string;
	value?: IDataObject[string];
	valueTo?: IDataObject[string];
}

/** A text that begins with `=` is an expression to n8n. */
const literal = (text: string) => (text.startsWith('=') ? `={{ '${text}' }}` : text);

const where = (...conditions: Condition[]) =>
	({
		conditions: {
			condition: conditions.map((each) => ({ ...each, condition: literal(each.condition) })),
		},
	}) as INodeParameters;

const run = async (
	object: string,
	parameters: INodeParameters = {},
	rows: IDataObject[] = [{}],
	node: Partial<INode> = {},
	timezone?: string,
): Promise<Result> =>
	await runInEngine({
		credential: kizen.credential,
		parameters: { operation: 'search', object: byName(object), ...parameters },
		rows,
		node,
		timezone,
	});

const names = ({ json }: Result) => json.map(({ name }) => name);
const searches = () => kizen.log.filter(({ path }) => path.endsWith('/search'));

describe('What is found', () => {
	it('without conditions are the first 50 records, each an item of its own', async () => {
		for (let n = 0; n < 60; n++) kizen.add('companies_company', { name: `Company ${n}` });
		const { outputs, lookedBack, hints } = await run('companies_company', {}, [{ n: 1 }, { n: 2 }]);
		expect(outputs[0]).toHaveLength(100);
		expect(outputs[0][0].json).toMatchObject({
			id: expect.any(String),
			name: 'Alder & Finch',
			object: 'companies_company',
			industry: 'Manufacturing',
		});
		expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual(
			Array.from({ length: 100 }, (_, n) => ({ item: n < 50 ? 0 : 1 })),
		);
		expect(lookedBack[0].at(-1)).toEqual({ n: 2 });
		expect(hints[0].message).toBe('100 found.');
		expect(searches()).toHaveLength(2);
	});

	it.each([
		['client_client', 'email', ' ada.lovelace@example.com\u00a0', 'Ada Lovelace'],
		['companies_company', 'name', '\ufeffLumen Studio\n', 'Lumen Studio'],
	])(
		'does not depend on what clings to a name or an email: %s',
		async (object, field, value, name) => {
			const { json } = await run(object, where({ field, condition: 'is', value }));
			expect(json.map((item) => item.name)).toEqual([name]);
		},
	);

	it('may be several choices, however they are separated', async () => {
		const several = async (value: string) =>
			names(
				await run('companies_company', where({ field: 'industry', condition: 'is_any_of', value })),
			);
		const wanted = await several('Manufacturing, Retail');
		expect(wanted.length).toBeGreaterThan(1);
		expect(await several('Manufacturing; Retail')).toEqual(wanted);
		expect(await several('Manufacturing\nRetail')).toEqual(wanted);
	});

	it('is as many as Limit says, or all', async () => {
		expect((await run('companies_company', { limit: 3 })).json).toHaveLength(3);
		expect((await run('companies_company', { returnAll: true })).json).toHaveLength(15);
	});

	it('is no item for an input item without any', async () => {
		const parameters = where({ field: 'name', condition: '=', value: '={{ $json.name }}' });
		const result = await run('companies_company', parameters, [
			{ name: 'Nobody' },
			{ name: 'Lumen Studio' },
		]);
		expect(names(result)).toEqual(['Lumen Studio']);
		expect(result.outputs[0][0].pairedItem).toEqual({ item: 1 });
		const none = await run('companies_company', parameters, [{ name: 'Nobody' }]);
		expect(none.json).toEqual([]);
		expect(none.hints[0].message).toBe('0 found.');
	});

	it('must match all conditions, or any', async () => {
		const parameters = where(
			{ field: 'Industry', condition: '=', value: 'Retail' },
			{ field: 'employees', condition: '>', value: '150' },
		);
		const all = await run('companies_company', { ...parameters, combine: 'all' });
		const any = await run('companies_company', { ...parameters, combine: 'any' });
		expect(names(all)).toEqual(['Kestrel Robotics']);
		expect(names(any)).toEqual(
			expect.arrayContaining(['Blue Heron Logistics', 'Kestrel Robotics', 'Nimbus Software']),
		);
	});

	it('holds the text that is looked for', async () => {
		const result = await run('client_client', { searchFor: 'lovelace' });
		expect(names(result)).toEqual(['Ada Lovelace']);
	});

	it.each(['list', 'name', 'id'])('belongs to the segment chosen in mode %s', async (mode) => {
		const group = kizen.object('deals').groups[0];
		const value = mode === 'name' ? 'in qualification' : group.id;
		const result = await run('deals', { options: { segment: { __rl: true, mode, value } } });
		expect(result.json.length).toBeGreaterThan(0);
		for (const { stage } of result.json) expect(stage).toBe('Qualification');
		expect(searches()[0].query).toMatchObject({ group_id: group.id });
	});

	it('was created or updated since', async () => {
		const since = new Date().toISOString();
		kizen.add('companies_company', { name: 'Fresh Ltd' });
		const { json } = await run('companies_company', { limit: 1 });
		await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'update',
				object: byName('companies_company'),
				record: json[0].id as string,
				specifyFields: 'json',
				jsonFields: '{ "Employees": 1 }',
			},
			rows: [{}],
		});
		const updated = await run('companies_company', { options: { updatedSince: since } });
		const created = await run('companies_company', { options: { createdSince: since } });
		expect(names(updated)).toEqual(['Alder & Finch', 'Fresh Ltd']);
		expect(names(created)).toEqual(['Fresh Ltd']);
		expect(searches().at(-1)?.body).toMatchObject({
			and: true,
			query: [
				{
					and: true,
					filters: [
						{
							type: 'fields',
							subtype: 'non_custom',
							field: 'created',
							condition: '>=',
							value: since,
						},
					],
				},
			],
		});
	});

	it('comes in the order that is chosen', async () => {
		const sorted = (sortBy: string, sortDirection: string) =>
			run('companies_company', { limit: 3, options: { sortBy, sortDirection } });
		expect(names(await sorted('Name', 'descending'))).toEqual([
			'Nimbus Software',
			'Meridian Foods',
			'Lumen Studio',
		]);
		expect(names(await sorted('employees', 'ascending'))[0]).toBe('Alder & Finch');
		expect(searches()[0].query).toMatchObject({ ordering: '-name' });
	});

	it('is Raw, or the chosen fields, and shows the stage of deals', async () => {
		const raw = await run('deals', { limit: 1, output: 'raw' });
		const stage = kizen.object('deals').field('stage').id;
		expect(raw.json[0]).toMatchObject({
			action: 'found',
			object_type: 'pipeline',
			fields: { [stage]: {} },
		});
		const selected = await run('deals', {
			limit: 1,
			output: 'selected',
			selectedFields: ['stage', 'next_step'],
		});
		expect(selected.json).toEqual([
			{ action: 'found', id: expect.any(String), stage: 'Qualification', next_step: null },
		]);
	});

	it.each<[string, (key: string) => IDataObject]>([
		['a text', (key) => ({ note: `Called with ${key}.` })],
		['a list', (key) => ({ calls: [{ by: ['me', key] }] })],
		['a name', (key) => ({ keys: { [key]: true } })],
	])('never shows the API key, should Kizen repeat it in %s', async (_what, repeated) => {
		const { apiKey } = kizen.credential;
		const body = { results: [{ id: '1', ...repeated(apiKey) }], next: null };
		kizen.faults.queue.push({
			match: { path: '/search' },
			fault: { kind: 'status', status: 200, body },
		});
		const { json, stored } = await run('companies_company', { output: 'raw' });
		expect(JSON.stringify(json)).toContain('[API key]');
		expect(stored).not.toContain(apiKey);
	});

	it('may be of another object for every item', async () => {
		const result = await runInEngine({
			credential: kizen.credential,
			parameters: { operation: 'search', object: byName('={{ $json.object }}'), limit: 1 },
			rows: [{ object: 'deals' }, { object: 'tax_lot' }],
		});
		expect(result.json.map(({ object }) => object)).toEqual(['deals', 'tax_lot']);
	});
});

describe('A condition', () => {
	const INITIALS: Record<string, string> = {
		'Alder Audit': 'A',
		'Heron Tax': 'H',
		'Cascade Coaching': 'C',
		'Dental Growth': 'D',
	};

	/** Field, condition, value, the engagements that are meant, and the other end of Between. */
	const CASES: Array<[string, string, IDataObject[string], string, string?]> = [
		['Engagement Name', 'Is', 'Heron Tax', 'H'],
		['subtitle', 'Is Not', 'Phase 2', 'ACD'],
		['subtitle', 'Contains', 'hase 2', 'H'],
		['subtitle', '!contains', 'hase 2', 'ACD'],
		['Reference Number', 'starts_with', 'NA-1002', 'H'],
		['Reference Number', '!starts_with', 'NA-1002', 'ACD'],
		['Reference Number', 'Ends With', '002', 'H'],
		['Reference Number', 'Does Not End With', '002', 'ACD'],
		['subtitle', 'Is Empty', '', ''],
		['subtitle', 'Is Not Empty', '', 'AHCD'],
		['Billable', 'Is', 'no', 'HD'],
		['services', 'has', 'tax', 'H'],
		['services', 'has', 'Tax, Training', 'H'],
		['services', '!has', 'Tax', 'ACD'],
		['services', 'has_any', ['Tax', 'Audit'], 'AHD'],
		['services', '!has_any', 'Tax, Audit', 'C'],
		['approach', '=', 'Remote', 'H'],
		['start_date', '=', '2026-03-02', 'H'],
		['start_date', '>', '2026/03/02', 'CD'],
		['start_date', '<=', '2026-03-02', 'AH'],
		['start_date', 'between', '2026-03-02', 'HC', '2026-03-03'],
		['start_date', 'month_equals', 'March', 'AHCD'],
		['start_date', 'Is Not Empty', '', 'AHCD'],
		['kickoff_at', 'Is On', '2026-03-02', 'H'],
		['kickoff_at', '>', '2026-03-02', 'CD'],
		['kickoff_at', '<=', '2026-03-02', 'AH'],
		['kickoff_at', '<', '2026-03-02', 'A'],
		['kickoff_at', '>=', '2026-03-02T09:30', 'HCD'],
		['kickoff_at', '>', '2026-03-02T15:30:00Z', 'CD'],
		['kickoff_at', 'between', '2026-03-02', 'HC', '2026-03-03'],
		['hours', '=', '13.5', 'H'],
		['hours', '!=', 13.5, 'ACD'],
		['hours', 'between', '13', 'HC', '14.5'],
		['region', 'is', 'south', 'H'],
		['region', 'Is Any Of', 'North, South', 'AH'],
		['region', 'is_none_of', ['North', 'South'], 'CD'],
		['keywords', 'has', 'urgent', 'AHCD'],
		['keywords', 'Has None Of', 'Cross-Border', 'AHCD'],
		['billing_email', 'contains', '+1@', 'H'],
		['billing_email', '=', 'billing+1@northwind.example', 'H'],
		['attachments', '>', '0', 'AHCD'],
		['attachments', 'Has Fewer Than', 1, ''],
		['headcount', '>=', '5', 'CD'],
		['headcount', '<', '4', 'A'],
		['notes', 'Is Empty', '', ''],
		['fee', '=', '12,001.50', 'H'],
		['hotline', 'contains', '5550100', 'AHCD'],
		['priority', '!=', 'Medium', 'ACD'],
		['satisfaction', '=', '2', 'H'],
		['satisfaction', 'Is Less Than', '3', 'AH'],
		['company', 'contains', 'Blue Heron Logistics', 'H'],
		['company', 'is_none_of', 'Blue Heron Logistics, Cascade Optics', 'AD'],
		['attendees', 'Has', 'ada.lovelace@example.com', 'A'],
		['tier', '=', 'Silver', 'H'],
		['health', 'is_any_of', 'At Risk', 'H'],
		['lead', '=', 'Jonas Okafor', 'H'],
		['lead', 'is_none_of', 'jonas.okafor@northwind.example', 'ACD'],
		['owner', '=', 'me', 'AHCD'],
		['owner', 'is_any_of', 'me, Jonas Okafor', 'AHCD'],
		['local_time_zone', '=', 'europe/berlin', 'AHCD'],
		['summary', 'Is Not Empty', '', 'AHCD'],
		['renews', '=', 'No', 'H'],
		['score', '>', '40', 'HCD'],
		['created', '>', '2026-01-01', 'AHCD'],
	];

	it.each(CASES)('%s %s %j', async (...row) => {
		const [field, condition, given, expected, valueTo] = row;
		const result = await run(
			'engagement',
			where({ field, condition, value: '={{ $json.given }}', ...(valueTo && { valueTo }) }),
			[{ given }],
			{},
			'America/Chicago',
		);
		expect(result.error).toBeUndefined();
		const initials = names(result).map((name) => INITIALS[String(name)]);
		expect(initials.join('')).toBe(expected);
	});

	it("goes out in the form that Kizen's own screens use", async () => {
		const object = kizen.object('deals');
		const region = object.field('region');
		await run(
			'deals',
			where(
				{ field: 'region', condition: 'is_any_of', value: 'North' },
				{ field: 'stage', condition: '=', value: 'proposal' },
				{ field: 'created', condition: '>', value: '2026-01-01T00:00' },
				{ field: 'company', condition: 'contains', value: 'Lumen Studio' },
			),
			[{}],
			{},
			'UTC',
		);
		expect(searches().at(-1)?.body).toMatchObject({
			and: true,
			query: [
				{
					and: true,
					filters: [
						{
							type: 'fields_v2',
							subtype: 'custom',
							field: `"custom"::${region.id}`,
							condition: 'is_any_of',
							value: [region.options[0].id],
						},
						{
							type: 'fields_v2',
							subtype: 'non_custom',
							field: 'stage',
							overwrite: { type: 'stage' },
							condition: '=',
							value: object.stage('Proposal').id,
						},
						{
							type: 'fields',
							subtype: 'non_custom',
							field: 'created',
							condition: '>',
							value: '2026-01-01T00:00:00.000Z',
						},
						{ value: [kizen.find('companies_company', { name: 'Lumen Studio' })?.id] },
					],
				},
			],
		});
	});

	it("compares contacts' email status by its code, and ratings as text", async () => {
		const result = await run(
			'client_client',
			where({ field: 'email_status', condition: '=', value: 'not opted in' }),
		);
		expect(result.json).toHaveLength(10);
		await run('engagement', where({ field: 'satisfaction', condition: '>', value: '3' }));
		const sent = searches().map(({ body }) => JSON.stringify(body));
		expect(sent[0]).toContain('"value":"not_opted_in"');
		expect(sent[1]).toContain('"value":"3"');
	});

	it('knows the stages of the pipeline', async () => {
		const result = await run(
			'deals',
			where({ field: 'Stage', condition: 'Is Any Of', value: 'Closed Won, closed lost' }),
		);
		const stages = result.json.map(({ stage }) => stage);
		expect([...new Set(stages)].sort()).toEqual(['Closed Lost', 'Closed Won']);
	});

	it.each<[string, Condition, string, RegExp]>([
		[
			'of a field that is gone',
			{ field: 'regoin', condition: '=', value: 'North' },
			'"Deals" has no field "regoin" [item 0]',
			/Did you mean "Region"\?.*'Conditions'/,
		],
		[
			'that does not fit the type',
			{ field: 'region', condition: 'contains', value: 'Nor' },
			'"Region" can\'t be compared by "contains" [item 0]',
			/'Conditions' one of Is, Is Not, Is Any Of, Is None Of, Is Empty, Is Not Empty/,
		],
		[
			'without a field',
			{ field: '', condition: '=', value: 'North' },
			"A condition under 'Conditions' has no field [item 0]",
			/Choose one/,
		],
		[
			'without a value',
			{ field: 'region', condition: '=', value: ' ' },
			'The condition "Region: Is" has no value [item 0]',
			/Is Empty/,
		],
		[
			'with a list in which nothing stands',
			{ field: 'region', condition: 'is_none_of', value: ' , ' },
			'The condition "Region: Is None Of" has no value [item 0]',
			/Is Empty/,
		],
		[
			'with two people where one is compared',
			{ field: 'owner', condition: '=', value: 'me, Maya Lindqvist' },
			'The condition "Owner: Is" takes one value, not "me, Maya Lindqvist" [item 0]',
			/one value/,
		],
		[
			'with an option that is none',
			{ field: 'region', condition: '=', value: 'Nrth' },
			'"Region" has no option "Nrth". Choose one of North, South, East, West. [item 0]',
			/'Conditions'/,
		],
		[
			'with a stage that is none',
			{ field: 'stage', condition: '=', value: 'Signed' },
			'"Stage" has no option "Signed".',
			/'Conditions'/,
		],
		[
			'with a number that is none',
			{ field: 'entity_value', condition: '>', value: 'much' },
			'"Value" takes a number; "much" is not one.',
			/'Conditions'/,
		],
		[
			'with a month that is none',
			{ field: 'estimated_close_date', condition: 'month_equals', value: '13' },
			'"Estimated Close Date" can\'t be in the month "13" [item 0]',
			/1 to 12/,
		],
	])(
		'%s is refused in words, before anything is searched',
		async (_what, condition, message, remedy) => {
			const { error } = await run('deals', where(condition));
			expect(error?.message.startsWith(message)).toBe(true);
			expect(error?.description).toMatch(remedy);
			expect(searches()).toEqual([]);
		},
	);

	it.each(['=', '<=', '>', 'between'])(
		'%s takes a whole day, however the day is written',
		async (condition) => {
			const found = async (day: string | number) =>
				(
					await run(
						'companies_company',
						where({ field: 'created', condition, value: day, valueTo: day }),
					)
				).json.map(({ id }) => id);
			const asText = await found('2026-01-05');
			// As a spreadsheet counts days, and as a list of one.
			expect(await found(46027)).toEqual(asText);
			expect(await found('46027')).toEqual(asText);
			expect(await found("={{ ['2026-01-05'] }}")).toEqual(asText);
			expect(asText.length).toBeGreaterThan(0);
		},
	);

	it('takes a day with its year last, where it can be read in one way only', async () => {
		kizen.add('engagement', { name: 'Late', kickoff_at: '2026-03-31T22:00:00Z' });
		const found = async (value: string) =>
			(await run('engagement', where({ field: 'kickoff_at', condition: 'on', value }))).json;
		expect(await found('31/03/2026')).toMatchObject([{ name: 'Late' }]);
		expect(await found('3/31/2026')).toEqual(await found('2026-03-31'));
	});

	it('that Kizen refuses all the same says so', async () => {
		kizen.faults.queue.push({
			match: { path: '/search' },
			fault: {
				kind: 'status',
				status: 400,
				body: { count: 0, results: [], errors: ['Field "x" does not exist.'] },
			},
		});
		const { json } = await run('deals', {}, [{ n: 1 }, { n: 2 }], {
			onError: 'continueRegularOutput',
		});
		const failed = json.filter(({ action }) => action === 'failed');
		expect(failed).toHaveLength(1);
		expect(failed[0].error).toMatch(
			/^Kizen did not accept the search\. Field "x" does not exist \[item \d\]$/,
		);
		expect(json).toHaveLength(1 + 20);
	});
});

describe('A parameter out of its bounds is named:', () => {
	it.each<[INodeParameters, string]>([
		[{ limit: 0 }, "'Limit' can't be \"0\" [item 0]"],
		[{ limit: 1.5 }, "'Limit' can't be \"1.5\" [item 0]"],
		[{ limit: "={{ 'many' }}" }, "'Limit' can't be \"many\" [item 0]"],
		[{ options: { pageSize: 1001 } }, "'Records per Request' can't be \"1001\" [item 0]"],
		[{ options: { pageSize: 0 } }, "'Records per Request' can't be \"0\" [item 0]"],
		[{ options: { segment: byName('Nobody') } }, '"Nobody" is not a segment of "Deals" [item 0]'],
		[{ options: { sortBy: 'sise' } }, '"Deals" has no field "sise" [item 0]'],
		[{ options: { segment: "={{ ['Open'] }}" } }, '\'Segment\' can\'t be "["Open"]" [item 0]'],
		[{ searchFor: '={{ { a: 1 } }}' }, '\'Search For\' can\'t be "{"a":1}" [item 0]'],
		[
			{ options: { sortDirection: 'downwards' } },
			"'Sort Direction' can't be \"downwards\" [item 0]",
		],
		[{ limit: '={{ true }}' }, "'Limit' can't be \"true\" [item 0]"],
		[{ combine: 'constructor' }, "'Must Match' can't be \"constructor\" [item 0]"],
		[{ combine: 'some' }, "'Must Match' can't be \"some\" [item 0]"],
		[
			{ options: { updatedSince: 'yesterday' } },
			'"Created or Updated Since" takes a date and time; "yesterday" is not one. Write it like 2026-03-04 or 2026-03-04T15:45. [item 0]',
		],
	])('%j', async (parameters, message) => {
		const { error } = await run('deals', parameters);
		expect(error?.message).toBe(message);
		expect(searches()).toEqual([]);
	});
});

describe('Many records', () => {
	function fill(count: number): string[] {
		return Array.from({ length: count }, (_, n) => kizen.add('tax_lot', { name: `Lot ${n}` }).id);
	}

	async function ask(method: 'DELETE' | 'PATCH', id: string, body?: IDataObject): Promise<void> {
		const { apiKey, businessId, userId } = kizen.credential;
		await fetch(`${kizen.url}/api/records/${kizen.object('tax_lot').id}/${id}`, {
			method,
			headers: {
				'content-type': 'application/json',
				'x-api-key': apiKey,
				'x-business-id': businessId,
				'x-user-id': userId,
			},
			...(body && { body: JSON.stringify(body) }),
		});
	}

	const archive = async (id: string) => await ask('DELETE', id);
	const rename = async (id: string) =>
		await ask('PATCH', id, { fields: [{ name: 'name', value: `Lot renamed ${id}` }] });

	const LOTS = where({ field: 'name', condition: 'starts_with', value: 'Lot ' });

	it.each([
		[25, 260],
		[1000, 1100],
	])('come page by page, each once and in order: %i a page', async (pageSize, count) => {
		const ids = fill(count);
		const { json } = await run('tax_lot', { ...LOTS, returnAll: true, options: { pageSize } });
		expect(json.map(({ id }) => id)).toEqual(ids);
		expect(searches()[0].query).toMatchObject({ page_size: String(pageSize) });
	});

	it('come up to a limit that is more than a page', async () => {
		const ids = fill(250);
		const { json } = await run('tax_lot', { ...LOTS, limit: 123, options: { pageSize: 50 } });
		expect(json.map(({ id }) => id)).toEqual(ids.slice(0, 123));
	});

	it.each([
		['created', 'ascending'],
		['created', 'descending'],
		['updated', 'ascending'],
	])(
		'are neither lost nor doubled while others appear, change and are archived: by %s, %s',
		async (sortBy, sortDirection) => {
			const ids = fill(500);
			const staying = ids.filter((_, n) => n % 10 !== 0);
			const going = ids.filter((_, n) => n % 10 === 0);
			const changing = ids.filter((_, n) => n % 10 === 1);
			const changes: Array<Promise<void>> = [];
			const push = jest.spyOn(kizen.log, 'push').mockImplementation((...requests) => {
				for (const request of requests) {
					kizen.log[kizen.log.length] = request;
					if (!request.path.endsWith('/search')) continue;
					for (const id of going.splice(0, 8)) changes.push(archive(id));
					for (const id of changing.splice(0, 4)) changes.push(rename(id));
					for (const id of changing.splice(-4)) changes.push(rename(id));
					kizen.add('tax_lot', { name: 'Lot new' });
				}
				return kizen.log.length;
			});
			const { json } = await run('tax_lot', {
				...LOTS,
				returnAll: true,
				options: { pageSize: 40, sortBy, sortDirection },
			});
			push.mockRestore();
			await Promise.all(changes);
			const found = json.map(({ id }) => String(id));
			expect(new Set(found).size).toBe(found.length);
			const seen = new Set(found);
			expect(staying.filter((id) => !seen.has(id))).toEqual([]);
			expect(changes.length).toBeGreaterThan(60);
			expect(kizen.all('tax_lot').some(({ identity }) => /renamed/.test(identity))).toBe(true);
		},
	);

	it.each<[string, number, Partial<Switches>]>([
		['created', 120, {}],
		['created', 120, { tieOrder: 'changing' }],
		// More than any page holds.
		['created', 1300, { tieOrder: 'changing' }],
		['updated', 120, { tieOrder: 'changing' }],
		['created', 120, { tieOrder: 'changing', filterResolution: 'second' }],
		['created', 120, { tieOrder: 'changing', filterResolution: 'day' }],
		['updated', 120, { orderingByUpdated: 'ignored' }],
	])(
		'of one instant, more than a page, all come once: by %s, %i of them, %j',
		async (sortBy, count, switches) => {
			Object.assign(kizen.switches, switches);
			const before = fill(30);
			const values = Array.from({ length: count }, (_, n) => ({
				values: { name: `Lot tie ${n}` },
			}));
			const same = kizen.bulk('tax_lot', values).map(({ id }) => id);
			const ids = [...before, ...same, ...fill(30)];
			const options = { sortBy, pageSize: 50 };
			const { json } = await run('tax_lot', { ...LOTS, returnAll: true, options });
			expect(json.map(({ id }) => id).sort()).toEqual(ids.sort());
		},
	);

	it('of several items are read side by side, and come in the order of the items', async () => {
		const ids = fill(120);
		kizen.faults.latencyMs = { min: 5, max: 30 };
		kizen.faults.together = { path: '/search', count: 4 };
		const sizes = [90, 20, 120, 15, 60, 30];
		const { json, outputs } = await run(
			'tax_lot',
			{
				...LOTS,
				returnAll: true,
				options: { pageSize: '={{ $json.size }}', maxParallel: 4 },
			},
			sizes.map((size) => ({ size })),
		);
		expect(json.map(({ id }) => id)).toEqual(sizes.flatMap(() => ids));
		expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual(
			sizes.flatMap((_, item) => ids.map(() => ({ item }))),
		);
		expect(kizen.inFlight.most).toBe(4);
	});

	it.each([
		{ next: 'relative' },
		{ next: 'elsewhere' },
		{ valueShape: 'raw' },
		{ valueShape: 'array' },
		{ valueShape: 'nested' },
	] as Array<Partial<Switches>>)('come whatever form Kizen gives: %j', async (switches) => {
		Object.assign(kizen.switches, switches);
		const ids = fill(200);
		const { json } = await run('tax_lot', { ...LOTS, returnAll: true, options: { pageSize: 30 } });
		expect(json.map(({ id }) => id)).toEqual(ids);
	});

	it.each(['ignored', 'refused'] as const)(
		'come in counted pages in another order, an unknown one being %s',
		async (unknownOrdering) => {
			kizen.switches.unknownOrdering = unknownOrdering;
			const ids = fill(200);
			const { json } = await run('tax_lot', {
				...LOTS,
				returnAll: true,
				output: 'selected',
				selectedFields: ['name'],
				options: { sortBy: 'name', sortDirection: 'descending', pageSize: 30 },
			});
			expect(new Set(json.map(({ id }) => id))).toEqual(new Set(ids));
			expect(json).toHaveLength(200);
			expect(json[0]).toMatchObject({ name: 'Lot 99' });
		},
	);

	it('of which the key may not see when they were created are found all the same', async () => {
		const ids = fill(200);
		kizen.changeField('tax_lot', 'created', { access: { view: false } });
		const { json } = await run('tax_lot', { ...LOTS, returnAll: true, options: { pageSize: 30 } });
		expect(new Set(json.map(({ id }) => id))).toEqual(new Set(ids));
		expect(json).toHaveLength(200);
	});

	/** A Kizen that does otherwise than it is asked to: requests are changed on their way. */
	async function misled(
		change: (url: URL, body: IDataObject) => void,
		search: (baseUrl: string) => Promise<void>,
	): Promise<void> {
		const between = createServer((request, response) => {
			void (async () => {
				const url = new URL(request.url ?? '', kizen.url);
				const { method = 'GET' } = request;
				const body = method === 'POST' ? ((await json(request)) as IDataObject) : undefined;
				if (body) change(url, body);
				const { apiKey, businessId, userId } = kizen.credential;
				const answer = await fetch(url, {
					method,
					headers: {
						'content-type': 'application/json',
						'x-api-key': apiKey,
						'x-business-id': businessId,
						'x-user-id': userId,
					},
					...(body && { body: JSON.stringify(body) }),
				});
				response.setHeader('content-type', 'application/json');
				response.end(await answer.text());
			})();
		});
		await new Promise<void>((ready) => between.listen(0, '127.0.0.1', ready));
		try {
			await search(`http://127.0.0.1:${(between.address() as AddressInfo).port}`);
		} finally {
			between.closeAllConnections();
			await new Promise((closed) => between.close(closed));
		}
	}

	it.each<[string, (url: URL, body: IDataObject) => void]>([
		['puts them in another order', (url) => url.searchParams.set('ordering', '-name')],
		[
			'overlooks what page is asked for by time',
			(_url, body) => (body.query = (body.query as IDataObject[]).slice(0, 1)),
		],
		[
			'does both',
			(url, body) => {
				url.searchParams.set('ordering', 'name');
				body.query = (body.query as IDataObject[]).slice(0, 1);
			},
		],
	])('are all found, each once, by a Kizen that %s', async (_what, change) => {
		const ids = fill(200);
		await misled(change, async (baseUrl) => {
			const { json: found, error } = await runInEngine({
				credential: { ...kizen.credential, baseUrl },
				parameters: {
					operation: 'search',
					object: byName('tax_lot'),
					...LOTS,
					returnAll: true,
					options: { pageSize: 24 },
				},
				rows: [{}],
			});
			expect(error).toBeUndefined();
			expect(found).toHaveLength(200);
			expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids));
		});
		expect(searches().length).toBeLessThan(25);
	});

	it('that an answer does not list are no empty list', async () => {
		kizen.faults.queue.push({
			match: { path: '/search' },
			fault: { kind: 'status', status: 200, body: { detail: 'Welcome.' } },
		});
		const { error } = await run('tax_lot');
		expect(error?.message).toBe("Kizen's response to the search lists no results [item 0]");
	});

	it('are not searched any further once the workflow is stopped', async () => {
		fill(300);
		let sentWhenStopped = 0;
		const { status } = await runInEngine({
			credential: kizen.credential,
			parameters: {
				operation: 'search',
				object: byName('tax_lot'),
				returnAll: true,
				options: { pageSize: 10 },
			},
			rows: [{}],
			stopWhen: () => (sentWhenStopped = searches().length) >= 3,
		});
		expect(status).toBe('canceled');
		await silence(kizen);
		expect(searches().length).toBeLessThanOrEqual(sentWhenStopped + 1);
	});
});

describe('The editor', () => {
	const { loadOptions, listSearch } = new KizenRecords().methods;
	it('offers the fields that can be compared, read-only ones included', async () => {
		const fields = await askNode(
			loadOptions.getReadableFields,
			{ object: byName('deals') },
			kizen.credential,
		);
		expect(fields[0]).toEqual({ name: 'Deal Name', value: 'name' });
		expect(fields.map(({ value }) => value)).toEqual(
			expect.arrayContaining(['stage', 'created', 'region']),
		);
	});

	it('offers nothing before an object is chosen, and for an expression', async () => {
		for (const object of [{ __rl: true, mode: 'list', value: '' }, byName('={{ $json.object }}')]) {
			expect(await askNode(loadOptions.getReadableFields, { object }, kizen.credential)).toEqual(
				[],
			);
		}
		expect(kizen.log).toEqual([]);
	});

	it.each([
		['region', ['Is', 'Is Not', 'Is Any Of', 'Is None Of', 'Is Empty', 'Is Not Empty']],
		['stage', ['Is', 'Is Not', 'Is Any Of', 'Is None Of']],
		['next_step', ['Is Empty', 'Is Not Empty']],
		['created', ['Is On', 'Is Before', 'Is On or Before', 'Is After', 'Is On or After']],
		['gone', []],
		['', []],
	])('offers the conditions that fit the field beside them: %s', async (field, expected) => {
		const conditions = await askNodeAt(
			'parameters.conditions.condition[1].condition',
			loadOptions.getConditions,
			{
				object: byName('deals'),
				...where({ field: 'name', condition: 'is' }, { field, condition: '' }),
			},
			kizen.credential,
		);
		const offered = conditions.map(({ name }) => name);
		expect(offered.slice(0, field === 'created' ? 5 : undefined)).toEqual(expected);
		// To n8n a stored value that begins with = is an expression.
		for (const { value } of conditions) expect(value).toMatch(/^[a-z_]+$/);
	});

	it('offers the stages of a pipeline in their order, and the segments, as far as they match', async () => {
		const stages = await askNode(
			listSearch.searchStages,
			{ object: byName('deals') },
			kizen.credential,
			'closed',
		);
		expect(stages.results.map(({ name }) => name)).toEqual(['Closed Won', 'Closed Lost']);
		const none = askNode(listSearch.searchStages, { object: byName('tax_lot') }, kizen.credential);
		await expect(none).rejects.toMatchObject({
			message: '"Tax Lots" is not a pipeline and has no stages',
			description: expect.stringMatching(/^Choose a pipeline under 'Object'/),
		});
		const segments = await askNode(
			listSearch.searchSegments,
			{ object: byName('client_client') },
			kizen.credential,
		);
		expect(segments.results.map(({ name }) => name)).toEqual(['Opted In']);
	});
});
