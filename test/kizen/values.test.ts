import { at, client, valuesOf, type Send } from '../../sandbox/kizen/client';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen/index';
import type { FieldTypeName } from '../../sandbox/kizen/model';

let kizen: EmbeddedKizen;
let send: Send;
let id: string;

beforeAll(async () => {
	kizen = await startKizen();
	send = client(kizen);
});
beforeEach(() => {
	kizen.reset();
	id = kizen.add('engagement', { name: 'Values', reference_number: 'V-1' }).id;
});
afterAll(() => kizen.stop());

const write = (name: string, value: unknown) =>
	send(`PATCH /api/records/engagement/${id}`, { fields: [{ name, value }] });
const read = async () => valuesOf((await send(`GET /api/records/engagement/${id}`)).body);
const stored = () => kizen.find('engagement', { id })?.values ?? {};
const option = (field: string, label: string) => {
	const found = kizen.object('engagement').field(field);
	const each = found.options.find(({ name }) => name === label);
	return { id: each?.id, code: each?.code, name: label };
};
const record = (object: string, name: string) => kizen.find(object, { name })?.id;

interface Example {
	field: string;
	/** What is written, and what is read back when that differs. */
	write: () => unknown;
	read?: () => unknown;
	refused: unknown[];
}

const labels = (field: string, ...names: string[]) => names.map((name) => option(field, name));

function choice(field: string, label: string): Example {
	return {
		field,
		write: () => ({ id: option(field, label).id }),
		read: () => option(field, label),
		refused: [{ id: 'nothing' }, { name: 'Nothing' }, label, 3, [{ name: label }]],
	};
}

const examples: Record<FieldTypeName, Example> = {
	checkbox: { field: 'is_billable', write: () => false, refused: ['true', 1, [true]] },
	checkboxes: {
		field: 'services',
		write: () => [{ name: 'Tax' }, { id: option('services', 'Audit').id }],
		read: () => labels('services', 'Tax', 'Audit'),
		refused: [{ name: 'Tax' }, 'Tax', [{ name: 'Law' }]],
	},
	choices: choice('approach', 'Remote'),
	date: {
		field: 'start_date',
		write: () => '2024-02-29',
		refused: ['2025-02-29', '29.02.2024', '2024-02-29T00:00:00Z', 20240229],
	},
	datetime: {
		field: 'kickoff_at',
		write: () => '2026-07-01T12:00:00.5+02:00',
		read: () => '2026-07-01T05:00:00.500000-05:00',
		refused: ['2026-07-01', '2026-07-01T25:00:00Z', 'tomorrow', 5],
	},
	decimal: { field: 'hours', write: () => 7.25, refused: ['7.25', true, {}, 1e16] },
	dropdown: choice('region', 'South'),
	dynamictags: {
		field: 'keywords',
		write: () => [{ name: 'Urgent' }],
		read: () => [{ id: kizen.object('engagement').tag('keywords', 'Urgent'), name: 'Urgent' }],
		refused: [[{ name: 'New tag' }], { name: 'Urgent' }],
	},
	email: {
		field: 'billing_email',
		write: () => 'Zoë+1@sub.example.com',
		refused: ['zoe', 'zoe@example', 'a b@example.com', 5],
	},
	files: {
		field: 'attachments',
		write: () => [{ id: kizen.files[0].id }, kizen.files[1].id],
		read: () => [
			expect.objectContaining({ id: kizen.files[0].id, name: 'Engagement Letter.pdf' }),
			expect.objectContaining({ id: kizen.files[1].id }),
		],
		refused: [['nothing'], [{ name: 'Logo.png' }], 'x'],
	},
	integer: {
		field: 'headcount',
		write: () => -2_147_483_648,
		refused: [2_147_483_648, 1.5, '3', true],
	},
	longtext: { field: 'notes', write: () => 'x'.repeat(5000), refused: [5, ['x']] },
	money: {
		field: 'fee',
		write: () => 320.81,
		read: () => ({ currency: 'USD', symbol: '$', amount: 320.81 }),
		refused: ['320.81', { amount: 320.81 }, '$5'],
	},
	phonenumber: {
		field: 'hotline',
		write: () => '(312) 555-0100x123',
		read: () => '+13125550100x123',
		refused: ['+1312555', 'call me', '123', 3125550100],
	},
	radio: choice('priority', 'High'),
	rating: { field: 'satisfaction', write: () => 5, refused: [0, 6, '4', 2.5] },
	relationship: {
		field: 'company',
		write: () => ({ id: record('companies_company', 'Lumen Studio') }),
		read: () => ({
			id: record('companies_company', 'Lumen Studio'),
			name: 'Lumen Studio',
			display_name: 'Lumen Studio',
		}),
		refused: ['nothing', { name: 'Lumen Studio' }, 5],
	},
	selector: choice('tier', 'Gold'),
	status: choice('health', 'At Risk'),
	team_selector: {
		field: 'lead',
		write: () => kizen.team[1].id,
		read: () => ({
			id: kizen.team[1].id,
			deleted: false,
			first_name: 'Maya',
			last_name: 'Lindqvist',
			email: 'maya.lindqvist@northwind.example',
		}),
		refused: ['nobody', { name: 'Maya Lindqvist' }, 'maya.lindqvist@northwind.example'],
	},
	text: { field: 'subtitle', write: () => '😀'.repeat(255), refused: ['x'.repeat(256), 5] },
	timezone: {
		field: 'local_time_zone',
		write: () => 'America/New_York',
		refused: ['America/New York', 'EST', 5],
	},
	wysiwyg: { field: 'summary', write: () => '<p>Hi</p>', refused: [5] },
	yesnomaybe: choice('renews', 'Maybe'),
};

describe.each(Object.entries(examples))('A %s field', (type, example) => {
	it('takes a value of its kind and reads it back', async () => {
		expect(kizen.object('engagement').field(example.field).field_type).toBe(type);
		const value = example.write();
		expect(await write(example.field, value)).toMatchObject({ status: 200 });
		const expected = example.read ? example.read() : value;
		expect((await read())[example.field]).toEqual(expected);
	});

	it('refuses every other value, and keeps what it had', async () => {
		await write(example.field, example.write());
		const before = stored();
		for (const value of example.refused) {
			const { status, body } = await write(example.field, value);
			expect([value, status]).toEqual([value, 400]);
			expect(body).toEqual({
				non_field_errors: [],
				fields: [{ value: [expect.any(String)] }],
			});
		}
		expect(stored()).toEqual(before);
	});

	it('is cleared by null, and then not answered at all', async () => {
		await write(example.field, example.write());
		expect((await write(example.field, null)).status).toBe(200);
		expect(await read()).not.toHaveProperty(example.field);
	});
});

describe('References', () => {
	it('to archived records and to people who left are refused', async () => {
		const archived = record('companies_company', 'Oldtown Press');
		expect((await write('company', { id: archived })).status).toBe(400);
		const left = kizen.team.find(({ deleted }) => deleted)?.id;
		expect((await write('lead', left)).status).toBe(400);
	});

	it('to records of another object are refused', async () => {
		const deal = record('deals', 'Warehouse Audit');
		expect((await write('company', { id: deal })).status).toBe(400);
	});

	it('to contacts read as people', async () => {
		const { id: contact } =
			kizen.find('client_client', { email: 'ada.lovelace@example.com' }) ?? {};
		await write('attendees', [{ id: contact }]);
		expect((await read()).attendees).toEqual([
			{
				id: contact,
				first_name: 'Ada',
				last_name: 'Lovelace',
				full_name: 'Ada Lovelace',
				email: 'ada.lovelace@example.com',
				display_name: 'Ada Lovelace',
			},
		]);
	});
});

describe('Search by value', () => {
	const count = async (field: string, condition: string, value: unknown) => {
		const reference = `"custom"::${kizen.object('engagement').field(field).id}`;
		const filters = [{ type: 'fields_v2', subtype: 'custom', field: reference, condition, value }];
		const { status, body } = await send('POST /api/records/engagement/search', {
			query: [{ and: true, filters }],
		});
		if (status !== 200) throw new Error(JSON.stringify(body));
		return at(body, 'count');
	};

	// Four engagements hold values; the fifth, added by the test, holds none of these.
	const cases: Array<[field: string, condition: string, value: () => unknown, count: number]> = [
		['subtitle', '=', () => 'phase 1', 1],
		['subtitle', '!=', () => 'Phase 1', 4],
		['subtitle', 'contains', () => 'PHASE', 4],
		['subtitle', '!contains', () => 'phase', 1],
		['subtitle', 'starts_with', () => 'ph', 4],
		['subtitle', '!starts_with', () => 'ph', 1],
		['subtitle', 'ends_with', () => '2', 1],
		['subtitle', '!ends_with', () => '2', 4],
		['subtitle', 'is_blank', () => true, 1],
		['subtitle', 'is_blank', () => false, 4],
		['notes', 'is_blank', () => false, 4],
		['hotline', 'contains', () => '5550100', 4],
		['hotline', '=', () => '+13125550100x12', 4],
		['headcount', '=', () => 4, 1],
		['headcount', '<', () => 5, 2],
		['headcount', '>=', () => 5, 2],
		['headcount', 'between', () => [4, 5], 2],
		['fee', '>', () => 12_001, 3],
		['satisfaction', '=', () => '2', 1],
		['start_date', '<=', () => '2026-03-02', 2],
		['start_date', 'month_equals', () => 3, 4],
		['kickoff_at', '>', () => '2026-03-03T00:00:00.000Z', 2],
		['is_billable', '=', () => true, 2],
		['is_billable', '=', () => false, 3],
		['region', '=', () => option('region', 'North').id, 1],
		['region', '!=', () => option('region', 'North').id, 4],
		['region', 'is_any_of', () => labels('region', 'North', 'East').map((each) => each.id), 2],
		['region', 'is_none_of', () => [option('region', 'North').id], 4],
		['services', 'has', () => [option('services', 'Training').id], 4],
		['services', '!has', () => [option('services', 'Tax').id], 4],
		['services', 'has_any', () => labels('services', 'Tax', 'Audit').map((each) => each.id), 3],
		['services', '!has_any', () => labels('services', 'Tax', 'Audit').map((each) => each.id), 2],
		['keywords', 'has', () => [kizen.object('engagement').tag('keywords', 'Urgent')], 4],
		['company', 'contains', () => record('companies_company', 'Cascade Optics'), 1],
		['company', '!contains', () => record('companies_company', 'Cascade Optics'), 4],
		['company', 'is_any_of', () => [record('companies_company', 'Cascade Optics')], 1],
		['lead', '=', () => kizen.team[1].id, 1],
		['lead', 'is_any_of', () => [kizen.team[1].id, kizen.team[2].id], 2],
		['owner', '=', () => 'is_me', 5],
		['attachments', '>', () => 0, 4],
		['attachments', 'is_blank', () => true, 1],
		['renews', '=', () => 'yes', 2],
	];

	it.each(cases)('%s %s (%#)', async (field, condition, value, expected) => {
		expect(await count(field, condition, value())).toBe(expected);
	});

	it('knows the codes of a contact’s email status', async () => {
		const filter = { field: 'email_status', condition: '=', value: 'opted_in' };
		const { body } = await send('POST /api/records/client_client/search', {
			query: [{ filters: [{ type: 'fields', subtype: 'non_custom', ...filter }] }],
		});
		expect(at(body, 'count')).toBe(10);
	});
});
