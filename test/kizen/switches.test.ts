import { at, client, valuesOf, type Received, type Send } from '../../sandbox/kizen/client';
import {
	startKizen,
	switchTable,
	type EmbeddedKizen,
	type SwitchName,
} from '../../sandbox/kizen/index';
import type { Shape } from '../../sandbox/kizen/references';
import { setSwitches } from '../../sandbox/kizen/switches';

let kizen: EmbeddedKizen;
let send: Send;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => kizen.reset());
afterAll(() => kizen.stop());

const deals = '/api/records/deals';
const add = (entry?: object, more?: object) =>
	send(`POST ${deals}/add`, {
		fields: [{ name: 'name', value: 'Probe' }, ...(entry ? [entry] : [])],
		...more,
	});
const archivedAdd = (name = 'Y2K Review', more?: object) =>
	send(`POST ${deals}/add`, { fields: [{ name: 'name', value: name }], ...more });
const engage = async (name: string, value: unknown) => {
	const { id } = kizen.all('engagement')[0];
	return await send(`PATCH /api/records/engagement/${id}`, { fields: [{ name, value }] });
};
/** What is left in a field of an engagement after a write, or why it was rejected. */
const left = async (name: string, value: unknown) => {
	const { id, values } = kizen.all('engagement')[0];
	const { status } = await engage(name, value);
	const now = kizen.find('engagement', { id })?.values[name];
	if (status !== 200) return `refused with ${status}`;
	return now === undefined ? 'blank' : now === values[name] ? 'untouched' : now;
};
const readBack = async (name: string) => {
	const { id } = kizen.all('engagement')[0];
	return valuesOf((await send(`GET /api/records/engagement/${id}`)).body)[name];
};
const attempt = async (header: string, value: string) => {
	const { apiKey, businessId, userId } = kizen.credential;
	const own = { 'x-api-key': apiKey, 'x-business-id': businessId, 'x-user-id': userId };
	return await send('GET /api/team', undefined, { ...own, [header]: value });
};
const contact = (how: 'id' | 'name') => ({
	[how]: how === 'id' ? kizen.object('client_client').field('email').id : 'email',
	value: 'probe@example.com',
});
const statusOf = async (received: Promise<Received>) => (await received).status;
const move = async (id: string) =>
	await send(`PATCH ${deals}/${id}/move`, { stage_id: kizen.object('deals').stages[4].id });
/** How many deals a search finds: by free text, or those created since. */
const countDeals = async ({ search = '', since = '2000-01-01T00:00:00.000Z' }) => {
	const filter = { type: 'fields', subtype: 'non_custom', field: 'created', condition: '>=' };
	const query = [{ and: true, filters: [{ ...filter, value: since }] }];
	const { body } = await send(`POST ${deals}/search?search=${search}`, { and: true, query });
	return at(body, 'count');
};
/** Whether what is done to a record of an object sets its `updated`. */
const updates = async (object: string, act: (id: string) => Promise<unknown>) => {
	const pointedTo = kizen.all('engagement')[0].values.company;
	const { id, updated } = kizen.all(object).find((one) => one.id !== pointedTo) ?? {};
	if (id === undefined) throw new Error('no record');
	await act(id);
	return kizen.find(object, { id })?.updated !== updated;
};
/** Which shapes of a reference a field takes. */
const taken = async (field: string, id: string, name: string, list = false) => {
	const forms: Record<Shape, unknown> = { bare: id, id: { id }, name: { name } };
	const shapes: string[] = [];
	for (const [shape, form] of Object.entries(forms)) {
		const { status } = await engage(field, list ? [form] : form);
		if (status === 200) shapes.push(shape);
	}
	return shapes;
};

/**
 * What shows that a switch does something: an answer that differs for each of its values. For
 * switches of shapes, the shapes that are taken.
 */
const probes: Record<SwitchName, () => Promise<unknown>> = {
	addStatus: () => statusOf(add()),
	addAction: async () => at((await add()).body, 'action'),
	addFields: async () => Object.keys(valuesOf((await add()).body)).length,
	conflictStatus: () => statusOf(archivedAdd()),
	conflictBody: async () => (await archivedAdd()).body,
	conflictCode: async () => {
		kizen.switches.errors = 'coded';
		return (await archivedAdd()).body;
	},
	conflictWording: async () => at((await archivedAdd()).body, 'fields.0.value.0'),
	conflictNamesRecord: async () => Object.keys((await archivedAdd()).body as object),
	overwrite: async () => {
		const { id } = kizen.find('deals', { name: 'Y2K Review' }) ?? {};
		const { body } = await archivedAdd('Y2K Review', { unarchive: 'overwrite' });
		const values = kizen.find('deals', { name: 'Y2K Review' })?.values;
		return [at(body, 'id') === id, at(body, 'action'), Object.keys(values ?? {}).length];
	},
	activeDuplicates: () => statusOf(archivedAdd('Warehouse Audit')),
	duplicateStatus: () => statusOf(archivedAdd('Warehouse Audit')),
	duplicateCode: async () => {
		kizen.switches.errors = 'coded';
		return at((await archivedAdd('Warehouse Audit')).body, 'fields.0.value.0.code');
	},
	unarchiveOmitted: () => statusOf(archivedAdd()),
	archivedMatch: () => statusOf(archivedAdd('y2k review')),
	surroundingSpace: async () => {
		await send(`POST ${deals}/upsert`, { lookup_value: ' Office Move', fields: [] });
		return [
			kizen.all('deals').filter(({ identity }) => identity.trim() === 'Office Move').length,
			await countDeals({ search: 'Office Move ' }),
			await left('subtitle', ' On the road '),
		];
	},
	upsertRename: async () => {
		const name = { name: 'name', value: 'Renamed' };
		await send(`POST ${deals}/upsert`, { lookup_value: 'Office Move', fields: [name] });
		const { body } = await send(`POST ${deals}/upsert`, {
			lookup_value: 'Brand New',
			fields: [{ name: 'name', value: 'Also Renamed' }],
		});
		const names = ['Renamed', 'Office Move', 'Also Renamed', 'Brand New'];
		return [at(body, 'action'), names.filter((each) => kizen.find('deals', { name: each }))];
	},
	errors: async () => at((await add({ name: 'nothing', value: 1 })).body, 'fields.1.name.0'),
	missingRequired: async () =>
		(
			await send('POST /api/records/engagement/add', {
				fields: [{ name: 'name', value: 'Probe' }],
			})
		).body,
	unauthorizedBody: async () => (await attempt('x-api-key', 'wrong')).body,
	wrongBusinessStatus: () => statusOf(attempt('x-business-id', 'wrong')),
	wrongUserStatus: () => statusOf(attempt('x-user-id', 'wrong')),
	userIdIs: async () => [
		await statusOf(attempt('x-user-id', kizen.team[0].user_id)),
		await statusOf(attempt('x-user-id', kizen.team[0].id)),
		await statusOf(send('GET /api/team')),
	],
	hiddenObjectStatus: () => statusOf(send('GET /api/custom-objects/payroll_run')),
	stageInFields: async () => {
		const { status } = await add({ name: 'stage', value: { name: 'Proposal' } });
		return [status, kizen.find('deals', { name: 'Probe' })?.values.stage];
	},
	stageInSearch: async () => {
		const { body } = await send(`POST ${deals}/search`);
		return 'stage' in valuesOf(at(body, 'results.0'));
	},
	optionShapes: async () => {
		const [option] = kizen.object('engagement').field('region').options;
		return await taken('region', option.id, option.name);
	},
	recordShapes: async () => {
		const { id, identity } = kizen.all('companies_company')[0];
		return await taken('company', id, identity);
	},
	memberShapes: () => taken('lead', kizen.team[1].id, 'Maya Lindqvist'),
	fileShapes: () => taken('attachments', kizen.files[0].id, kizen.files[0].name, true),
	optionNames: () => statusOf(engage('region', { name: 'SOUTH' })),
	unknownTags: () => statusOf(engage('keywords', [{ name: 'Brand New' }])),
	nullValue: () => left('subtitle', null),
	emptyText: () => left('subtitle', ''),
	emptyList: () => left('services', []),
	looseScalars: () => left('headcount', '12'),
	moneyObjects: () => left('fee', { amount: 5, currency: 'USD' }),
	naiveDatetimes: () => left('kickoff_at', '2026-07-01T12:00:00'),
	contactsByName: async () => [
		await statusOf(send('POST /api/records/client_client/add', { fields: [contact('name')] })),
		await statusOf(
			send('POST /api/records/client_client/upsert', {
				lookup_value: 'other@example.com',
				fields: [{ name: 'first_name', value: 'O' }],
			}),
		),
	],
	contactsByApiName: () =>
		statusOf(send('POST /api/records/client_client/add', { fields: [contact('id')] })),
	contactWithoutEmail: () => {
		const { id, field } = kizen.object('client_client');
		const fields = [{ id: field('first_name').id, value: 'Nameless' }];
		return statusOf(send(`POST /api/records/${id}/add`, { fields }));
	},
	readOnlyMarks: async () => {
		const { body } = await send(`GET /api/custom-objects/${kizen.object('deals').id}/fields`);
		const fields = body as Array<{ name: string; is_read_only: boolean }>;
		return fields.filter((field) => field.is_read_only).map(({ name }) => name);
	},
	fieldsByApiName: () => statusOf(send('GET /api/custom-objects/deals/fields')),
	valueShape: async () => {
		const { id } = kizen.all('deals')[0];
		return at((await send(`GET ${deals}/${id}?field_names=name`)).body, 'fields');
	},
	decimals: () => readBack('hours'),
	moneyAmount: () => readBack('fee'),
	ratingRead: () => readBack('satisfaction'),
	timezoneRead: () => readBack('local_time_zone'),
	lookupShape: async () =>
		Object.keys((await send(`GET ${deals}/lookup?identifier=Office%20Move`)).body as object),
	listShape: async () => Array.isArray((await send('GET /api/team/typeahead')).body),
	next: async () => at((await send(`POST ${deals}/search?page_size=2`)).body, 'next'),
	unknownOrdering: () => statusOf(send(`POST ${deals}/search?ordering=nonsense`)),
	searchLagMs: async () => {
		const start = Date.now();
		const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
		await add();
		const found: unknown[] = [];
		for (const later of [0, 1500, 9000]) {
			clock.mockReturnValue(start + later);
			found.push(await countDeals({ search: 'Probe' }));
		}
		clock.mockRestore();
		return found;
	},
	filterResolution: async () => {
		// Written on the hour, as all of them: later than that by the smallest of each unit.
		const [day, hour] = kizen.all('deals')[0].created.split('T');
		const clock = `T${hour.slice(0, 5)}`;
		const later = ['00.000001Z', '00.001Z', '01.000Z'].map((end) => `${day}${clock}:${end}`);
		return await Promise.all(later.map((since) => countDeals({ since })));
	},
	orderingByUpdated: async () => {
		await move(kizen.all('deals')[3].id);
		const { body } = await send(`POST ${deals}/search?ordering=-updated`);
		return at(body, 'results.0.id') === kizen.all('deals')[3].id;
	},
	tieOrder: async () => {
		kizen.bulk(
			'deals',
			[1, 2, 3, 4, 5, 6].map((n) => ({ values: { name: `Tie ${n}` } })),
		);
		const order = async () => {
			const { body } = await send(`POST ${deals}/search?search=Tie&ordering=created`);
			return JSON.stringify((at(body, 'results') as object[]).map((row) => at(row, 'id')));
		};
		return (await order()) === (await order());
	},
	updatedByMove: () => updates('deals', move),
	updatedByTags: () =>
		updates('engagement', (id) =>
			send(`PATCH /api/records/engagement/${id}`, {
				fields: [{ name: 'keywords', value: [] }],
			}),
		),
	updatedByRelation: () => updates('companies_company', (id) => engage('company', id)),
	updatedByUnarchive: () =>
		updates('deals', async (id) => {
			await send(`DELETE ${deals}/${id}`);
			await send(`PATCH ${deals}/${id}/unarchive`);
		}),
	updatedByEqualValues: () =>
		updates('deals', (id) => {
			const value = kizen.find('deals', { id })?.identity;
			return send(`PATCH ${deals}/${id}`, { fields: [{ name: 'name', value }] });
		}),
	bulkStamp: async () => {
		const added = kizen.bulk('deals', [{ values: { name: 'One' } }, { values: { name: 'Two' } }]);
		return new Set(added.map(({ updated }) => updated)).size;
	},
	dateHeader: async () => (await send('GET /api/team')).headers.has('date'),
	clockAheadMs: async () => {
		const { body, headers } = await add();
		const shown = [at(body, 'fields'), headers.get('date')].map((one) => {
			const stamp = typeof one === 'string' ? one : valuesOf(body).updated;
			return Math.round((Date.parse(String(stamp)) - Date.now()) / 60_000);
		});
		return shown;
	},
	writeLock: async () => {
		kizen.faults.together = { path: '/upsert$', count: 2 };
		const write = () => statusOf(send(`POST ${deals}/upsert`, { lookup_value: 'Office Move' }));
		return (await Promise.all([write(), write()])).sort();
	},
};

describe.each(Object.entries(switchTable))('The switch %s', (name, row) => {
	const probe = probes[name as SwitchName];
	const probed = async (value: unknown) => {
		kizen.reset();
		setSwitches(kizen.switches, { [name]: value });
		return await probe();
	};

	it('says what is not known, and changes what Kizen does', async () => {
		expect(row.unknown).toMatch(/\w.*\.$/);
		if ('subsetOf' in row) {
			for (const shape of row.subsetOf) expect(await probed([shape])).toEqual([shape]);
			expect(await probed(row.default)).toEqual(row.default);
			return;
		}
		expect(row.allowed).toContain(row.default);
		const seen: string[] = [];
		for (const value of row.allowed) seen.push(JSON.stringify(await probed(value)) ?? 'absent');
		expect(new Set(seen).size).toBe(row.allowed.length);
	});
});

it('Tags of a new name come into being where the switch lets them', async () => {
	kizen.switches.unknownTags = 'created';
	expect(await left('keywords', [{ name: 'Brand New' }])).toEqual(['Brand New']);
	expect(kizen.object('engagement').tag('keywords', 'Brand New')).toEqual(expect.any(String));
});

it('Switches given at the start come back with a reset', async () => {
	const other = await startKizen({ switches: { addStatus: 201 } });
	other.switches.addStatus = 200;
	other.reset();
	expect(other.switches.addStatus).toBe(201);
	await other.stop();
});
