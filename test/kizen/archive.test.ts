import { at, client, type Received, type Send } from '../../sandbox/kizen/client';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen/index';

let kizen: EmbeddedKizen;
let send: Send;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => kizen.reset());
afterAll(() => kizen.stop());

const fields = (name: string) => [
	{ name: 'next_step', value: 'Call' },
	{ name: 'name', value: name },
];
const add = (unarchive: unknown, name = 'Y2K Review') =>
	send('POST /api/records/deals/add', { fields: fields(name), unarchive });
const upsert = (oncreate_unarchive: unknown, lookup_value = 'Y2K Review') =>
	send('POST /api/records/deals/upsert', {
		lookup_value,
		oncreate_unarchive,
		fields: [{ name: 'next_step', value: 'Call' }],
	});
const archived = () => {
	const found = kizen.find('deals', { name: 'Y2K Review' });
	if (found === undefined) throw new Error('The archived deal is gone.');
	return found;
};
const outcome = ({ status, body }: Received) => [status, at(body, 'action'), at(body, 'id')];

describe('Add, when an archived record has the name', () => {
	it.each(['prompt', null, undefined])(
		'reports a conflict under %s and writes nothing',
		async (mode) => {
			const before = kizen.all('deals');
			expect(await add(mode)).toMatchObject({
				status: 400,
				body: { fields: [{}, { value: ['An archived record with this name exists.'] }] },
			});
			expect(kizen.all('deals')).toEqual(before);
		},
	);

	it('brings it back with the same id under unarchive: old values stay, new ones go on top', async () => {
		const { id, values } = archived();
		expect(outcome(await add('unarchive'))).toEqual([200, 'unarchived', id]);
		expect(archived()).toMatchObject({
			archived: false,
			values: { ...values, next_step: 'Call' },
		});
	});

	it('creates another one under overwrite, and the archived one loses its name', async () => {
		const { id } = archived();
		const [status, action, created] = outcome(await add('overwrite'));
		expect([status, action]).toEqual([200, 'created']);
		expect(created).not.toBe(id);
		expect(archived().id).toBe(created);
		const old = kizen.find('deals', { id });
		expect(old?.archived).toBe(true);
		expect(old?.identity).not.toBe('Y2K Review');
	});

	it('refuses a mode that does not exist', async () => {
		expect(await add('ask')).toMatchObject({
			status: 400,
			body: { unarchive: ['"ask" is not a valid choice.'] },
		});
	});

	it('matches regardless of case, as upsert does', async () => {
		const { id } = archived();
		expect(outcome(await add('unarchive', 'y2k review'))).toEqual([200, 'unarchived', id]);
	});

	it('matches contacts by email', async () => {
		const { id, field } = kizen.object('client_client');
		const body = { fields: [{ id: field('email').id, value: 'charles.babbage@example.com' }] };
		expect(await send(`POST /api/records/${id}/add`, body)).toMatchObject({
			status: 400,
			body: { fields: [{ value: ['An archived record with this email exists.'] }] },
		});
		const over = await send(`POST /api/records/${id}/add`, { ...body, unarchive: 'overwrite' });
		expect(at(over.body, 'action')).toBe('created');
		expect(kizen.all('client_client').map(({ identity }) => identity)).toEqual(
			expect.arrayContaining([
				expect.stringMatching(/^charles\.babbage\+archived-.*@example.com$/),
			]),
		);
	});
});

describe('Upsert, when only an archived record matches', () => {
	it('reports a conflict under prompt', async () => {
		expect((await upsert('prompt')).status).toBe(400);
		expect((await upsert(undefined)).status).toBe(400);
		expect(archived().archived).toBe(true);
	});

	it('brings it back under unarchive, with 201', async () => {
		const { id } = archived();
		expect(outcome(await upsert('unarchive', 'Y2k REVIEW'))).toEqual([201, 'unarchived', id]);
	});

	it('creates another one under overwrite', async () => {
		const { id } = archived();
		const [status, action, created] = outcome(await upsert('overwrite'));
		expect([status, action]).toEqual([201, 'created']);
		expect(created).not.toBe(id);
	});

	it('takes the active record before the archived one', async () => {
		kizen.add('deals', { name: 'Warehouse Audit' }, { archived: true });
		expect(outcome(await upsert('prompt', 'Warehouse Audit')).slice(0, 2)).toEqual([
			200,
			'updated',
		]);
	});
});

describe('An update that takes an archived record’s name', () => {
	const rename = (how: object) => {
		const id = kizen.find('deals', { name: 'Office Move' })?.id;
		return send(`PATCH /api/records/deals/${id}`, { fields: fields('Y2K Review'), ...how });
	};

	it('is a conflict', async () => {
		expect(await rename({})).toMatchObject({
			status: 400,
			body: { fields: [{}, { value: [expect.any(String)] }] },
		});
		expect(kizen.find('deals', { name: 'Office Move' })).toBeDefined();
	});

	it('goes through with archived_conflict: overwrite, and the archived one loses it', async () => {
		const { id } = archived();
		expect((await rename({ archived_conflict: 'overwrite' })).status).toBe(200);
		expect(archived()).toMatchObject({ archived: false });
		expect(kizen.find('deals', { id })?.archived).toBe(true);
	});

	it('goes through upsert with onupdate_archived_conflict alike', async () => {
		const body = { lookup_value: 'Office Move', fields: fields('Y2K Review') };
		const path = 'POST /api/records/deals/upsert';
		expect((await send(path, body)).status).toBe(400);
		const over = { ...body, onupdate_archived_conflict: 'overwrite' };
		expect(outcome(await send(path, over)).slice(0, 2)).toEqual([200, 'updated']);
	});
});

it('A name can be archived and used again, over and over', async () => {
	const ids = new Set<unknown>();
	for (let n = 0; n < 3; n += 1) {
		const created = await add('overwrite', 'Recycled');
		ids.add(at(created.body, 'id'));
		await send(`DELETE /api/records/deals/${String(at(created.body, 'id'))}`);
	}
	expect(ids.size).toBe(3);
	const last = [...ids].at(-1);
	expect(outcome(await add('unarchive', 'Recycled'))).toEqual([200, 'unarchived', last]);
});

it('An archived record does not come back while an active one has its name', async () => {
	const { id } = archived();
	await add('overwrite');
	kizen.add('deals', { name: 'Busy' });
	const other = kizen.add('deals', { name: 'Busy' }, { archived: true });
	expect((await send(`PATCH /api/records/deals/${other.id}/unarchive`)).status).toBe(400);
	expect((await send(`PATCH /api/records/deals/${id}/unarchive`)).status).toBe(200);
});
