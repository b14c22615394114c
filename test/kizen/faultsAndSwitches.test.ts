import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { at, client, valuesOf, type Received, type Send } from '../../sandbox/kizen/client';
import {
	startKizen,
	switchTable,
	type EmbeddedKizen,
	type FaultRule,
	type SwitchName,
} from '../../sandbox/kizen/index';
import type { Shape } from '../../sandbox/kizen/references';
import { setSwitches } from '../../sandbox/kizen/switches';
import { Workers } from '../../sandbox/kizen/workers';
import { until } from '../until';

let kizen: EmbeddedKizen;
let send: Send;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => kizen.reset());
afterAll(() => kizen.stop());

describe('Faults', () => {
	const fail = (...faults: FaultRule[]) => kizen.faults.queue.push(...faults);
	const team = () => send('GET /api/team');
	const add = (name: string) =>
		send('POST /api/records/deals/add', { fields: [{ name: 'name', value: name }] });
	const statuses = async (times: number, request: () => ReturnType<Send> = team) => {
		const all: number[] = [];
		for (let n = 0; n < times; n += 1) all.push((await request()).status);
		return all;
	};

	describe('A fault in the queue', () => {
		it('meets one request and is gone', async () => {
			fail({ fault: { kind: 'status', status: 503, retryAfter: 7 } });
			const first = await team();
			expect([first.status, first.headers.get('retry-after')]).toEqual([503, '7']);
			expect(kizen.log.at(-1)).toMatchObject({ status: 503, outcome: 'answered' });
			expect(await statuses(2)).toEqual([200, 200]);
			expect(kizen.faults.queue).toEqual([]);
		});

		it('meets as many as it says, after those that it lets pass', async () => {
			fail({ fault: { kind: 'status', status: 500 }, times: 2, skip: 1 });
			expect(await statuses(5)).toEqual([200, 500, 500, 200, 200]);
		});

		it('meets only requests that fit', async () => {
			const fault = { kind: 'status', status: 409 } as const;
			fail({ fault, match: { method: 'POST', path: /records\/deals/, contains: '"Second"' } });
			expect(await statuses(1)).toEqual([200]);
			expect((await add('First')).status).toBe(200);
			expect(await add('Second')).toMatchObject({ status: 409, body: { code: 'conflict' } });
			expect(kizen.find('deals', { name: 'Second' })).toBeUndefined();
		});

		it('meets by chance, the same requests for the same seed', async () => {
			const chance = async (seed: number) => {
				kizen.reset();
				kizen.faults.seed = seed;
				fail({ fault: { kind: 'status', status: 502 }, probability: 0.5 });
				return await statuses(20);
			};
			const [one, again, other] = [await chance(7), await chance(7), await chance(8)];
			expect(one).toEqual(again);
			expect(one).not.toEqual(other);
			expect(new Set(one)).toEqual(new Set([200, 502]));
		});

		it('carries a body of its own, or the usual one', async () => {
			fail({ fault: { kind: 'status', status: 408, body: { detail: 'mine' } } });
			fail({ fault: { kind: 'status', status: 502 } });
			expect((await team()).body).toEqual({ detail: 'mine' });
			expect((await team()).body).toMatch('<html>');
		});
	});

	describe('Rubbish', () => {
		it('can be a web page with status 200', async () => {
			fail({ fault: { kind: 'html' } });
			const { status, headers, body } = await team();
			expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
			expect(body).toMatch('<!doctype html>');
		});

		it('can be nothing at all, or half an answer; what was sent is written', async () => {
			fail({ fault: { kind: 'empty' } }, { fault: { kind: 'truncated' } });
			expect(await add('Empty')).toMatchObject({ status: 200, body: '' });
			const half = await add('Half');
			expect(half).toMatchObject({ status: 200, body: expect.stringMatching(/^\{"id".*[^}]$/) });
			expect(kizen.find('deals', { name: 'Empty' })).toBeDefined();
			expect(kizen.find('deals', { name: 'Half' })).toBeDefined();
		});

		it('can be a redirect to another host', async () => {
			fail({ fault: { kind: 'redirect', to: 'http://elsewhere.invalid/api/team' } });
			const { status, headers } = await team();
			expect([status, headers.get('location')]).toEqual([302, 'http://elsewhere.invalid/api/team']);
		});
	});

	describe('A lost connection', () => {
		it('before the work leaves nothing behind', async () => {
			fail({ fault: { kind: 'drop' } });
			await expect(add('Before')).rejects.toThrow();
			expect(kizen.find('deals', { name: 'Before' })).toBeUndefined();
			expect(kizen.log.at(-1)).toMatchObject({ status: null, outcome: 'dropped-before' });
		});

		it('after the work leaves a record that the client does not know of', async () => {
			fail({ fault: { kind: 'drop' }, when: 'after' });
			await expect(add('After')).rejects.toThrow();
			expect(kizen.find('deals', { name: 'After' })).toBeDefined();
			expect(kizen.log.at(-1)).toMatchObject({ status: null, outcome: 'dropped-after' });
			expect((await add('Next')).status).toBe(200);
		});

		it('can hang until the client gives up', async () => {
			fail({ fault: { kind: 'hang' } });
			const { apiKey, businessId, userId } = kizen.credential;
			const patience = new AbortController();
			const hanging = fetch(`${kizen.url}/api/team`, {
				headers: { 'x-api-key': apiKey, 'x-business-id': businessId, 'x-user-id': userId },
				signal: patience.signal,
			});
			await until(() => kizen.log.length === 1);
			patience.abort(new Error('had enough'));
			await expect(hanging).rejects.toThrow('had enough');
			await until(() => kizen.inFlight.now === 0);
			expect(kizen.log.at(-1)).toMatchObject({ status: null, outcome: 'dropped-before' });
		});
	});

	describe('Time', () => {
		it('can be slow, the same for every answer or drawn', async () => {
			const took = async () => {
				const start = performance.now();
				await team();
				return performance.now() - start;
			};
			kizen.faults.latencyMs = 60;
			// A timer may be a millisecond early, and late by as much as the machine is busy.
			expect(await took()).toBeGreaterThan(58);
			kizen.faults.latencyMs = { min: 40, max: 80 };
			expect(await took()).toBeGreaterThan(38);
		});

		it('grows with each other request in flight', async () => {
			kizen.faults.latencyPerRequestMs = 40;
			kizen.faults.together = { path: '/team$', count: 3 };
			const start = performance.now();
			await Promise.all(Array.from({ length: 3 }, team));
			expect(performance.now() - start).toBeGreaterThan(78);
		});

		it('is that of the workers, who do one request after another', async () => {
			kizen.faults.capacity = { workers: 1, serviceMs: 30 };
			const start = performance.now();
			await Promise.all(Array.from({ length: 3 }, team));
			expect(performance.now() - start).toBeGreaterThan(87);
		});

		it('is shared by the workers first come, first served, whose number may change', async () => {
			let count = 1;
			const workers = new Workers(() => count);
			const done: number[] = [];
			let end = () => {};
			const first = workers.serve(
				async () => await new Promise<void>((resolve) => (end = resolve)),
			);
			const waiting = [1, 2].map(
				async (order) => await workers.serve(async () => await Promise.resolve(done.push(order))),
			);
			await Promise.resolve();
			expect(done).toEqual([]);
			count = 2;
			waiting.push(workers.serve(async () => await Promise.resolve(done.push(3))));
			await Promise.all(waiting);
			expect(done).toEqual([1, 2, 3]);
			end();
			await first;
		});

		it('counts the most requests that were in flight at once', async () => {
			kizen.faults.together = { path: '/team$', count: 6 };
			await Promise.all(Array.from({ length: 6 }, team));
			await until(() => kizen.inFlight.now === 0);
			expect(kizen.inFlight.most).toBe(6);
			kizen.reset();
			expect(kizen.inFlight).toEqual({ now: 0, most: 0 });
		});

		it('limits the rate, and says how long to wait in each known way', async () => {
			const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-05-01T10:00:00.400Z'));
			kizen.faults.rateLimit = { perSecond: 3, retryAfter: 2 };
			expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
			const limited = await team();
			expect(limited.headers.get('retry-after')).toBe('2');
			expect(limited.body).toMatchObject({ code: 'throttled' });
			kizen.faults.rateLimit.retryAfter = 'date';
			expect((await team()).headers.get('retry-after')).toBe('Fri, 01 May 2026 10:00:02 GMT');
			kizen.faults.rateLimit.retryAfter = null;
			expect((await team()).headers.get('retry-after')).toBeNull();
			clock.mockReturnValue(Date.parse('2026-05-01T10:00:01.400Z'));
			expect(await statuses(4)).toEqual([200, 200, 200, 429]);
			clock.mockRestore();
		});

		it('refuses to write a record that is being written', async () => {
			kizen.faults.together = { path: '/upsert$', count: 3 };
			const upsert = (lookup_value: string) =>
				send('POST /api/records/deals/upsert', { lookup_value });
			const both = await Promise.all([upsert('Twice'), upsert('TWICE'), upsert('Other')]);
			expect(both.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
			expect((await upsert('Twice')).status).toBe(200);
		});
	});

	it('The log holds what was sent, undecoded and whole', async () => {
		await send('GET /api/records/deals/lookup?identifier=a%2Fb%20c&x=1');
		await add('Logged');
		expect(kizen.log).toMatchObject([
			{
				method: 'GET',
				url: '/api/records/deals/lookup?identifier=a%2Fb%20c&x=1',
				path: '/api/records/deals/lookup',
				query: { identifier: 'a/b c', x: '1' },
				status: 404,
			},
			{
				method: 'POST',
				headers: { 'x-api-key': kizen.credential.apiKey },
				body: { fields: [{ name: 'name', value: 'Logged' }] },
				status: 200,
				outcome: 'answered',
			},
		]);
		expect(kizen.log[1].at).toBeGreaterThanOrEqual(kizen.log[0].at);
	});

	it('Stopping does not wait for requests that hang', async () => {
		const other = await startKizen({
			faults: { queue: [{ fault: { kind: 'hang' } }], latencyMs: 5 },
		});
		const hanging = client(other)('GET /api/team').catch(() => 'no answer');
		await until(() => other.log.length === 1);
		other.faults.latencyMs = 60_000;
		const slow = client(other)('GET /api/team').catch(() => 'no answer');
		await until(() => other.log.length === 2);
		await other.stop();
		expect(await hanging).toBe('no answer');
		expect(await slow).toBe('no answer');
	});

	describe('From another process', () => {
		it('everything is at hand under /_sandbox, without credentials and without a trace', async () => {
			const control = (request: string, body?: unknown) => send(request, body, {});
			const about = await control('GET /_sandbox');
			expect(about.body).toMatchObject({ url: kizen.url, credential: kizen.credential });

			await control('POST /_sandbox/switches', { addStatus: 201, optionShapes: ['id'] });
			expect(kizen.switches).toMatchObject({ addStatus: 201, optionShapes: ['id'] });
			expect((await control('GET /_sandbox/switches')).body).toEqual(kizen.switches);
			for (const wrong of [{ nonsense: 1 }, { addStatus: 500 }, { optionShapes: ['code'] }]) {
				expect((await control('POST /_sandbox/switches', wrong)).status).toBe(400);
			}

			const queue = [{ fault: { kind: 'status', status: 504 }, match: { path: '/team$' } }];
			await control('POST /_sandbox/faults', { queue });
			expect((await control('GET /_sandbox/faults')).body).toMatchObject({ queue });
			expect((await team()).status).toBe(504);

			expect((await add('Seen')).status).toBe(201);
			const records = await control('GET /_sandbox/records/deals');
			expect(JSON.stringify(records.body)).toContain('"Seen"');
			await control('POST /_sandbox/records/deals', { values: { name: 'Old' }, archived: true });
			expect(kizen.find('deals', { name: 'Old' })?.archived).toBe(true);
			expect((await control('GET /_sandbox/records/nothing')).status).toBe(400);

			const log = await control('GET /_sandbox/log');
			expect([at(log.body, '0.path'), at(log.body, 'length')]).toEqual(['/api/team', 2]);
			expect((await control('DELETE /_sandbox/log')).status).toBe(204);
			expect(kizen.log).toEqual([]);

			await control('POST /_sandbox/reset');
			expect(kizen.find('deals', { name: 'Seen' })).toBeUndefined();
			expect(kizen.switches.addStatus).toBe(200);
		});
	});
});

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

describe('The program', () => {
	it('The sandbox says what to type into n8n, answers under it, and stops when told', async () => {
		const main = join(__dirname, '../../sandbox/kizen/main.ts');
		const options = ['--port', '0', '--latency', '1', '--rate', '0', '--switch', 'addStatus=201'];
		options.push('--workers', '3', '--service', '5');
		const sandbox = spawn(process.execPath, ['--import', 'tsx', main, ...options]);
		const ended = once(sandbox, 'exit');
		let printed = '';
		for await (const chunk of sandbox.stdout) {
			printed += String(chunk);
			if (printed.includes('Ctrl+C')) break;
		}

		const said = (label: string) => new RegExp(`${label} +(\\S+)`).exec(printed)?.[1] ?? '';
		expect(printed).toMatch(/for tests and trying out only/);
		expect(printed).toMatch(/Environment +Custom URL/);
		const sandboxes = (what: string, body?: object) =>
			fetch(
				`${said('Base URL')}/_sandbox/${what}`,
				body && { method: 'POST', body: JSON.stringify(body) },
			);
		expect(await (await sandboxes('switches')).json()).toMatchObject({ addStatus: 201 });
		const request = () =>
			fetch(`${said('Base URL')}/api/custom-objects?page_size=1`, {
				headers: {
					'x-api-key': said('API Key'),
					'x-business-id': said('Business ID'),
					'x-user-id': said('User ID'),
				},
			});
		expect(await (await sandboxes('faults')).json()).toMatchObject({
			capacity: { workers: 3, serviceMs: 5 },
		});
		expect((await request()).status).toBe(429);
		await sandboxes('faults', { rateLimit: null });
		expect((await request()).status).toBe(200);

		sandbox.kill('SIGINT');
		expect(await ended).toEqual([0, null]);
	});
});
