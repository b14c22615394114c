import { FIELD_TYPES, readSchema, simplifyFields } from '../../nodes/Kizen/fields';
import { ACME, ADA, DEALS, LATE, VIP, convert, field, idOf, sent, uuid } from './everyField';

/** As Kizen sends one field of a record (kizen/builder-cli fixtures). */
function read(name: string, value: unknown) {
	const found = DEALS.fields.find((one) => one.name === name);
	return {
		[idOf(name)]: {
			id: idOf(name),
			name,
			field_type: found?.type,
			display_name: found?.label,
			value,
		},
	};
}

const optionOf = (name: string, label: string) => ({
	id: idOf(name, label),
	code: '',
	name: label,
});

/** For a field of each type: what Kizen sends, the plain value, and what writing that sends again. */
const EACH_TYPE: Record<
	string,
	[name: string, fromKizen: unknown, plain: unknown, again: unknown]
> = {
	text: ['note', 'as typed ', 'as typed ', 'as typed '],
	longtext: ['story', '# Title', '# Title', '# Title'],
	wysiwyg: ['page', '<b>x</b>', '<b>x</b>', '<b>x</b>'],
	email: ['email', 'ada@example.com', 'ada@example.com', 'ada@example.com'],
	phonenumber: ['phone', '+13125550100x12', '+13125550100x12', '+13125550100x12'],
	integer: ['seats', 5, 5, 5],
	decimal: ['weight', '5.50', 5.5, 5.5],
	money: ['amount', { currency: 'USD', symbol: '$', amount: 320.81 }, 320.81, 320.81],
	rating: ['score', { id: 'x', code: '4', name: '4' }, 4, 4],
	date: ['due', '2026-03-31', '2026-03-31', '2026-03-31'],
	datetime: [
		'call',
		'2026-03-31T12:27:20.152070-05:00',
		'2026-03-31T12:27:20.152070-05:00',
		'2026-03-31T12:27:20.152070-05:00',
	],
	checkbox: ['active', false, false, false],
	yesnomaybe: [
		'likes',
		{ id: idOf('likes', 'No'), code: 'no', name: 'No' },
		'No',
		{ id: idOf('likes', 'No') },
	],
	dropdown: ['region', optionOf('region', 'West'), 'West', { id: idOf('region', 'West') }],
	radio: ['size', optionOf('size', 'Large'), 'Large', { id: idOf('size', 'Large') }],
	status: ['state', optionOf('state', 'Won'), 'Won', { id: idOf('state', 'Won') }],
	choices: ['choice', optionOf('choice', 'Red'), 'Red', { id: idOf('choice', 'Red') }],
	selector: ['pick', optionOf('pick', 'First'), 'First', { id: idOf('pick', 'First') }],
	checkboxes: [
		'interests',
		[optionOf('interests', 'Bread, Butter'), optionOf('interests', 'Cars')],
		['Bread, Butter', 'Cars'],
		[{ id: idOf('interests', 'Bread, Butter') }, { id: idOf('interests', 'Cars') }],
	],
	dynamictags: [
		'tags',
		[
			{ id: VIP, name: 'VIP' },
			{ id: LATE, name: 'Late' },
		],
		['VIP', 'Late'],
		[{ id: VIP }, { id: LATE }],
	],
	relationship: [
		'company',
		{ id: ACME, name: 'Acme', display_name: 'Acme' },
		{ id: ACME, name: 'Acme' },
		{ id: ACME },
	],
	team_selector: [
		'helper',
		{ id: ADA, deleted: false, first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.com' },
		{ id: ADA, name: 'Ada Lovelace' },
		ADA,
	],
	timezone: [
		'zone',
		{ id: 'America/New_York', name: 'America/New York' },
		'America/New_York',
		'America/New_York',
	],
	files: [
		'papers',
		[{ id: uuid(6), name: 'a.pdf', url: 'https://x/a', thumbnail_url: null, is_public: false }],
		[{ id: uuid(6), name: 'a.pdf', url: 'https://x/a' }],
		[{ id: uuid(6) }],
	],
};

it('speaks of each of the 24 types', () => {
	expect(Object.keys(EACH_TYPE).sort()).toEqual(
		FIELD_TYPES.filter((type) => type !== 'other').sort(),
	);
});

describe.each(Object.entries(EACH_TYPE))('a %s field', (_, [name, fromKizen, plain, again]) => {
	it('is read as a plain value', () => {
		expect(simplifyFields(read(name, fromKizen), DEALS)[name]).toEqual(plain);
		expect(simplifyFields(read(name, fromKizen))[name]).toEqual(plain);
	});

	it('means the same when what was read is written', () => {
		const row = convert(simplifyFields(read(name, fromKizen), DEALS));
		expect(row).toMatchObject({ status: 'ready', ignored: [], sent: [{ name }] });
		expect(row).toMatchObject({ fields: [{ id: idOf(name), value: again }] });
	});

	it('survives as JSON text between nodes', () => {
		const plainAgain: unknown = JSON.parse(JSON.stringify(plain));
		expect(sent(name, plainAgain)).toEqual(again);
	});

	it('may be null', () => {
		expect(simplifyFields(read(name, null), DEALS)[name]).toBeNull();
	});
});

it('a team member who has left is read as deleted', () => {
	const left = { id: ADA, deleted: true, first_name: 'Ada', last_name: 'Lovelace' };
	const { helper } = simplifyFields(read('helper', left), DEALS);
	expect(helper).toEqual({ id: ADA, name: 'Ada Lovelace', deleted: true });
});

describe("a record's fields", () => {
	it('have the currency beside the amount', () => {
		expect(simplifyFields(read('amount', { currency: 'USD', amount: '1.50' }))).toEqual({
			amount: 1.5,
			amount_currency: 'USD',
		});
		expect(simplifyFields(read('amount', { currency: 'USD', amount: null }))).toEqual({
			amount: null,
			amount_currency: 'USD',
		});
		const taken = {
			...read('amount', { currency: 'USD', amount: 1 }),
			own: { name: 'amount_currency', field_type: 'text', value: 'mine' },
		};
		expect(simplifyFields(taken)).toEqual({ amount: 1, amount_currency: 'mine' });
		const both = { ...read('amount', { currency: 'USD', amount: 1 }), ...read('note', 'x') };
		expect(Object.keys(simplifyFields(both))).toEqual(['amount', 'amount_currency', 'note']);
	});

	it('keep decimals as text where a number would lose digits', () => {
		expect(simplifyFields(read('weight', '0.12345678901234567890'))).toEqual({
			weight: '0.12345678901234567890',
		});
	});

	it('name contacts by their full name, or else by email', () => {
		const contact = { id: ADA, first_name: 'Ada', last_name: null, email: 'ada@example.com' };
		expect(simplifyFields(read('company', contact))).toEqual({ company: { id: ADA, name: 'Ada' } });
		expect(simplifyFields(read('company', { ...contact, first_name: '' }))).toEqual({
			company: { id: ADA, name: 'ada@example.com' },
		});
	});

	it('say when Kizen only counted a relation', () => {
		const counted = { id: idOf('partners'), name: 'partners', value_summary: { count: 140 } };
		const expected = { partners: { summarized: true, count: 140 } };
		expect(simplifyFields({ [idOf('partners')]: counted }, DEALS)).toEqual(expected);
		expect(simplifyFields([{ ...counted, value: null }], DEALS)).toEqual(expected);
		expect(
			simplifyFields({ [idOf('partners')]: { value: { value_summary: { count: 140 } } } }, DEALS),
		).toEqual(expected);
	});

	it('are read in each shape that Kizen may use', () => {
		const id = idOf('region');
		const option = optionOf('region', 'West');
		const shapes = [
			read('region', option),
			read('region', { value: option }),
			read('region', { value: { value: option } }),
			{ [id]: option },
			{ [id]: { value: option } },
			{ [id]: option.id },
			[{ id, name: 'region', field_type: 'dropdown', value: option }],
			[{ id, value: { value: option } }],
		];
		for (const shape of shapes) expect(simplifyFields(shape, DEALS)).toEqual({ region: 'West' });
	});

	it('stay as they came where nobody knows their shape', () => {
		expect(
			simplifyFields({
				[uuid(1)]: { name: 'a', field_type: 'hologram', value: { deep: [1] } },
				b: { what: 'ever' },
				c: [1, 'x'],
				[uuid(2)]: { name: 'd', field_type: 'dropdown', value: 7 },
				e: { name: 'blank', field_type: 'text' },
			}),
		).toEqual({ a: { deep: [1] }, b: { what: 'ever' }, c: [1, 'x'], d: 7 });
	});

	it.each([null, undefined, 5, 'x', [], [null, 5, 'x', {}], {}])('are none in %j', (rubbish) => {
		expect(simplifyFields(rubbish, DEALS)).toEqual({});
	});

	it('may be called as JavaScript calls its own', () => {
		const fields = JSON.parse('{"__proto__": {"name": "__proto__", "value": {"polluted": true}}}');
		const simple = simplifyFields(fields);
		expect(Object.hasOwn(simple, '__proto__')).toBe(true);
		expect(Object.getPrototypeOf(simple)).toBe(Object.prototype);
		expect(simplifyFields({ a: { name: 'constructor', value: 1 } })).toEqual({ constructor: 1 });
	});

	it('hold a list even where Kizen sends one value of several', () => {
		const schema = readSchema({}, [field('boxes', 'Boxes', 'checkboxes')]);
		const { id } = schema.fields[0];
		expect(simplifyFields({ [id]: { value: { id: 'x', name: 'One' } } }, schema)).toEqual({
			boxes: ['One'],
		});
	});
});
