import { convertRow, readSchema, type GivenField } from '../../nodes/Kizen/fields';
import {
	ACME,
	CONTEXT,
	DEALS,
	LATE,
	VIP,
	convert,
	field,
	given,
	idOf,
	sent,
	uuid,
	whyNot,
} from './everyField';

const clear = { emptyValues: 'clear' as const };

function convertAll(fields: GivenField[], context = {}) {
	return convertRow(DEALS, fields, { ...CONTEXT, ...context });
}

describe('a row', () => {
	it('goes out by field ids, in the order given, with the fields beside it', () => {
		const row = convert({ Amount: '$5', 'deal name': 'Big', region: 'north' });
		expect(row).toEqual({
			status: 'ready',
			fields: [
				{ id: idOf('amount'), value: 5 },
				{ id: idOf('name'), value: 'Big' },
				{ id: idOf('region'), value: { id: idOf('region', 'North') } },
			],
			sent: ['amount', 'name', 'region'].map((name) =>
				DEALS.fields.find((one) => one.name === name),
			),
			ignored: [],
			kinds: new Set(['option']),
		});
	});

	it('is refused with everything that is wrong with it, in the order given', () => {
		const row = convert({ Region: 'Nrth', comapny: 'Acme', Seats: 'many', Note: 'fine' });
		expect(row).toEqual({
			status: 'invalid',
			problems: [
				{
					label: 'Region',
					name: 'region',
					given: 'Nrth',
					message: '"Region" has no option "Nrth".',
					remedy: 'Choose one of North, South, East, West.',
				},
				{
					label: 'comapny',
					given: 'Acme',
					message: 'Kizen has no field "comapny".',
					remedy: 'Did you mean "Company"?',
				},
				expect.objectContaining({
					label: 'Seats',
					message: '"Seats" takes a number; "many" is not one.',
				}),
			],
		});
	});

	it('names everything that must be looked up before anything is refused', () => {
		const row = convert(
			{ Company: 'Acme', Helper: 'ada@example.com', Tags: ['VIP', 'Late'], Region: 'Nrth' },
			{ resolve: () => undefined },
		);
		expect(row).toMatchObject({
			status: 'missing',
			references: [
				{ kind: 'record', objectId: uuid(7_000), text: 'Acme', field: { name: 'company' } },
				{ kind: 'member', text: 'ada@example.com' },
				{ kind: 'tag', text: 'VIP' },
				{ kind: 'tag', text: 'Late' },
			],
		});
	});

	it('never looks an id up', () => {
		const row = convert(
			{ Company: ACME, Helper: { id: ACME }, Tags: `${VIP}, ${LATE}`, Owner: ACME },
			{ resolve: () => undefined },
		);
		expect(row.status).toBe('ready');
	});

	it('looks a list up as one name first, then piece by piece', () => {
		const rounds: string[][] = [];
		const resolve = ({ text }: { text: string }) => {
			if (!rounds.flat().includes(text)) return undefined;
			return text === 'Acme, Globex' ? { none: true as const } : { id: ACME, label: text };
		};
		const round = () => convert({ Partners: 'Acme, Globex' }, { resolve });
		for (let row = round(); row.status === 'missing'; row = round()) {
			rounds.push(row.references.map(({ text }) => text));
		}
		expect(rounds).toEqual([['Acme, Globex'], ['Acme', 'Globex']]);
	});

	it('asks only once for emails in a list', () => {
		const row = convert({ Partners: 'a@x.com, b@x.com' }, { resolve: () => undefined });
		expect(row).toMatchObject({ references: [{ text: 'a@x.com' }, { text: 'b@x.com' }] });
	});
});

describe('an empty value', () => {
	const EMPTY = [null, '', '  ', '\u00a0\u200b\r\n\ufeff', [], ['', ' ']];

	it.each(EMPTY)('%j leaves the field alone', (empty) => {
		expect(convert({ Seats: empty, Active: empty, Region: empty, Due: empty })).toMatchObject({
			status: 'ready',
			fields: [],
		});
	});

	it.each(EMPTY)('%j clears the field if Empty Values says so', (empty) => {
		for (const key of ['Seats', 'Active', 'Region', 'Due', 'Company', 'Phone', 'Likes']) {
			expect(convert({ [key]: empty }, clear)).toMatchObject({ fields: [{ value: null }] });
		}
		expect(sent('Interests', empty, clear)).toEqual([]);
		expect(sent('Tags', empty, clear)).toEqual([]);
	});

	it('is left alone where it is undefined, whatever Empty Values says', () => {
		expect(convert({ Seats: undefined, nonsense: undefined }, clear)).toMatchObject({ fields: [] });
	});

	it('clears a list by an empty list', () => {
		expect(sent('Interests', [], clear)).toEqual([]);
		expect(convert({ Interests: [] })).toMatchObject({ fields: [] });
		expect(convert({ Interests: ['', null] })).toMatchObject({ fields: [] });
	});

	it('is no value of the name, of required fields, or where Kizen takes none', () => {
		expect(whyNot('Deal Name', '', clear)).toMatch(/"Deal Name" must have a value/);
		expect(whyNot('Deal Name', '   ', clear)).toMatch(/must have a value/);
		expect(whyNot('Owner', null, clear)).toMatch(/"Owner" must have a value/);
		const contacts = readSchema({ name: 'client_client' }, [field('email', 'Email', 'email')]);
		expect(whyNot('Email', '', clear, contacts)).toMatch(/"Email" must have a value/);
		const schema = readSchema({ name: 'x' }, [
			field('never', 'Never', 'text', { allows_nulls: false }),
			field('blank', 'Blank', 'text', { allows_nulls: false, allows_empty: true }),
		]);
		expect(whyNot('Never', '', clear, schema)).toMatch(/does not let "Never" be cleared/);
		expect(sent('Blank', null, clear, schema)).toBe('');
	});

	it.each(EMPTY)('%j is no text either', (empty) => {
		expect(convert({ Note: empty, Story: empty, Page: empty })).toMatchObject({ fields: [] });
		for (const key of ['Note', 'Story', 'Page']) {
			expect(convert({ [key]: empty }, clear)).toMatchObject({ fields: [{ value: null }] });
		}
	});
});

describe('a field that holds several values', () => {
	it('gets values added or removed where the options say so', () => {
		const row = (multipleValues: 'add' | 'remove') =>
			convert({ Interests: 'Ships', Region: 'North' }, { multipleValues });
		expect(row('add')).toMatchObject({
			fields: [
				{ id: idOf('interests'), add_values: [{ id: idOf('interests', 'Ships') }] },
				{ id: idOf('region'), value: { id: idOf('region', 'North') } },
			],
		});
		expect(row('remove')).toMatchObject({ fields: [{ remove_values: [{}] }, {}] });
	});

	it('adds nothing when there is nothing to add', () => {
		const options = { ...clear, multipleValues: 'add' as const };
		expect(convert({ Interests: '' }, options)).toMatchObject({ fields: [] });
	});

	it('can be added to and removed from in one row', () => {
		const row = convertAll([
			given('tags', ['VIP'], 'add_values'),
			given('Tags', 'Late', 'remove_values'),
		]);
		expect(row).toMatchObject({
			status: 'ready',
			fields: [{ id: idOf('tags'), add_values: [{ id: VIP }], remove_values: [{ id: LATE }] }],
			sent: [{ name: 'tags' }],
		});
	});

	it('can be cleared by saying so', () => {
		const row = convertAll([given('tags', null, 'clear'), given('note', null, 'clear')]);
		expect(row).toMatchObject({ fields: [{ value: [] }, { value: null }] });
	});

	it('is no single field', () => {
		const row = convertAll([given('Region', ['North'], 'add_values')]);
		expect(row).toMatchObject({
			problems: [{ message: '"Region" takes one value; nothing can be added to it.' }],
		});
	});
});

describe('the same field twice', () => {
	it('is refused, by whichever names', () => {
		expect(convertAll([given('Note', 'a'), given('note', 'b')])).toMatchObject({
			status: 'invalid',
			problems: [{ label: 'Note', message: '"Note" is given twice, as "Note" and as "note".' }],
		});
		const addAndSet = [given('tags', 'VIP', 'add_values'), given('Tags', 'Late')];
		expect(convertAll(addAndSet).status).toBe('invalid');
		expect(convertAll([...addAndSet].reverse()).status).toBe('invalid');
	});

	it('is fine where one of them says nothing', () => {
		expect(convertAll([given('Note', 'a'), given('note', null)]).status).toBe('ready');
	});
});

it('says that an option may have been renamed where none is near', () => {
	expect(whyNot('Region', 'Centre')).toBe(
		'"Region" has no option "Centre". It may have been renamed or removed in Kizen; choose one of North, South, East, West.',
	);
});

describe('a field that cannot be written', () => {
	it.each(['Date Created', 'Won by Robot', 'Stage'])('%s is refused', (key) => {
		expect(whyNot(key, 'Won')).toMatch(new RegExp(`^"${key}" cannot be written`));
	});

	it('sends people who change the stage to the operation that moves', () => {
		expect(whyNot('Stage', 'Won')).toMatch(/'Move to Stage'/);
	});

	it('is only reported where the input happened to hold it', () => {
		const row = convertAll([
			{ ...given('created', '2026-01-01'), byMapper: true },
			given('Note', 'a'),
		]);
		expect(row).toMatchObject({ status: 'ready', ignored: ['created'], sent: [{ name: 'note' }] });
	});
});

it('a mapped relation that was read as a count only is left out, as nobody chose it', () => {
	const counted = { ...given('partners', { summarized: true, count: 140 }), byMapper: true };
	const row = convertAll([counted, given('note', 'a')]);
	expect(row).toMatchObject({ status: 'ready', sent: [{ name: 'note' }] });
});

describe('a field that Kizen does not have', () => {
	it.each([
		['Ntoe', 'Note'],
		['Rigeon', 'Region'],
		['Intxrxsts', 'Interests'],
		['Ntxe', undefined],
		['Nite Nite', undefined],
	])('%s may be %s: one slip in three letters, or two neighbours swapped', (key, name) => {
		const [, suggested] = /Did you mean "(.*)"/.exec(whyNot(key, 'a') ?? '') ?? [];
		expect(suggested).toBe(name);
	});

	it('is refused, with the nearest name', () => {
		expect(whyNot('Intrests', 'a')).toBe(
			'Kizen has no field "Intrests". Did you mean "Interests"?',
		);
		expect(whyNot('Shoe size', 4)).toMatch(
			/renamed or deleted in Kizen since; see the fields of "Deals"/,
		);
		expect(whyNot('', 4)).toMatch(/Kizen has no field ""/);
	});

	it('is left out and listed if the options say so', () => {
		const row = convert({ Shoe: 4, Note: 'a' }, { unknownFields: 'ignore' });
		expect(row).toMatchObject({ status: 'ready', ignored: ['Shoe'], sent: [{ name: 'note' }] });
	});

	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('may be called %s', (key) => {
		expect(convertAll([given(key, 'x')])).toMatchObject({ status: 'invalid' });
		expect(whyNot('Region', key)).toMatch(/has no option/);
	});
});

describe('a column that is mapped automatically', () => {
	const SHEET = readSchema({ name: 'x', object_name: 'Sheets' }, [
		field('name', 'Name', 'text'),
		field('email', 'Email', 'email'),
		field('first_name', 'First Name', 'text'),
		field('visit', 'Visit Name', 'text'),
		field('twin_a', 'Twin-Field', 'text'),
		field('twin_b', 'Twin/Field', 'text'),
		field('discount', 'Discount', 'decimal'),
		field('made', 'Made On', 'datetime', { is_read_only: true }),
		field('constructor', 'Builder', 'text'),
		field('__proto__', 'Prototype', 'text'),
	]);
	const map = (row: Record<string, unknown>, context = {}) =>
		convertRow(
			SHEET,
			Object.entries(row).map(([key, value]) => ({ ...given(key, value), byMapper: true })),
			{ ...CONTEXT, ...context },
		);
	const written = (row: Record<string, unknown>, context = {}) => {
		const converted = map(row, context);
		if (converted.status !== 'ready') return converted;
		return converted.sent.map(({ name }, at) => [name, converted.fields[at].value]);
	};
	const problem = (row: Record<string, unknown>, context = {}) => {
		const converted = map(row, context);
		if (converted.status !== 'invalid') return undefined;
		return converted.problems.map(({ message, remedy }) => `${message} ${remedy}`).join(' ');
	};

	it.each([
		['E-Mail', 'email'],
		['e_mail', 'email'],
		['"EMAIL":', 'email'],
		['first-name', 'first_name'],
		['First Name*', 'first_name'],
		['First.Name ', 'first_name'],
		['VISIT_NAME', 'visit'],
		['Visit\u00a0Name?', 'visit'],
		['Constructor', 'constructor'],
		['__proto__', '__proto__'],
		['PROTOTYPE!', '__proto__'],
	])('called %s is the field %s', (header, name) => {
		const row = map(Object.fromEntries([[header, 'a@b.co']]));
		expect(row).toMatchObject({ status: 'ready', sent: [{ name }], fields: [{ value: 'a@b.co' }] });
	});

	it.each([
		['Email consent', ''],
		['Mail', 'Did you mean "Email"?'],
		['Discount %', 'Did you mean "Discount"?'],
		['First', ''],
		['constructors', 'Did you mean "Builder"?'],
		['toString', ''],
		['*', ''],
		['#', ''],
	])('called %s is none', (header, suggestion) => {
		const remedy =
			"To leave out all columns that Kizen does not have, set 'Unknown Columns' under Options to Ignore.";
		const said = [`Kizen has no field "${header}".`, suggestion, remedy].filter(Boolean).join(' ');
		expect(problem({ [header]: 'x' })).toBe(said);
		expect(map({ [header]: 'x' }, { unknownFields: 'ignore' })).toMatchObject({
			fields: [],
			ignored: [header],
		});
	});

	it('that Kizen does not have is left out, unless it looks like a misspelled field', () => {
		const automatic = { unknownFields: 'automatic' } as const;
		expect(map({ 'Email consent': 'x', Name: 'a' }, automatic)).toMatchObject({
			ignored: ['Email consent'],
			status: 'ready',
		});
		expect(map({ Mail: 'x' }, automatic)).toMatchObject({ status: 'invalid' });
		expect(convert({ 'Email consent': 'x' }, automatic)).toMatchObject({ status: 'invalid' });
	});

	it('that Kizen does not have fails nothing as long as it is empty', () => {
		for (const empty of [null, '', ' \u200b', []]) {
			expect(written({ Shoe: empty, Twin_Field: empty, Name: 'a' }, clear)).toEqual([
				['name', 'a'],
			]);
			expect(map({ Shoe: empty })).toMatchObject({ status: 'ready', ignored: [] });
		}
	});

	it('that resembles two fields is not guessed', () => {
		expect(problem({ twin_field: 'x' })).toMatch(
			/^Kizen has 2 fields that "twin_field" may mean\. Use the API name of one: twin_a, twin_b\./,
		);
		expect(written({ 'twin-field': 'x', TWIN_B: 'y' })).toEqual([
			['twin_a', 'x'],
			['twin_b', 'y'],
		]);
	});

	it('that only resembles a field gives way to the one that is called as the field', () => {
		const both = { 'E-Mail': 'loose@example.com', EMAIL: 'exact@example.com' };
		expect(problem(both)).toMatch(/^"Email" is given twice, as "EMAIL" and as "E-Mail"\./);
		expect(map(both, { unknownFields: 'ignore' })).toMatchObject({
			fields: [{ value: 'exact@example.com' }],
			ignored: ['E-Mail'],
		});
		expect(written({ ...both, EMAIL: ' ' })).toEqual([['email', 'loose@example.com']]);
		expect(written({ ...both, 'E-Mail': ' ' })).toEqual([['email', 'exact@example.com']]);
		expect(problem({ 'E-Mail': 'a@b.co', e_mail: 'b@b.co' })).toMatch(/"Email" is given twice/);
	});

	it('that cannot be written is left out under any name', () => {
		expect(map({ 'made-on': '2026-01-01', Name: 'a' })).toMatchObject({
			status: 'ready',
			ignored: ['made-on'],
		});
	});

	it('is found loosely by nobody who chooses the field', () => {
		expect(convert({ 'E-Mail': 'a@b.co' }, {}, SHEET)).toMatchObject({
			status: 'invalid',
			problems: [{ message: 'Kizen has no field "E-Mail".', remedy: 'Did you mean "Email"?' }],
		});
	});
});

it('does not miss a field that was mapped, but to nothing', () => {
	const gone = { ...given('gone', null), knownAs: 'Gone' };
	expect(convertAll([gone, given('note', 'a')])).toMatchObject({ status: 'ready', ignored: [] });
	expect(convertAll([gone], clear)).toMatchObject({ status: 'invalid' });
	expect(convertAll([{ ...gone, value: 'x' }])).toMatchObject({ status: 'invalid' });
});

describe('a currency beside an amount', () => {
	it('is taken as said already, if it is the same', () => {
		expect(convert({ amount: 5, amount_currency: 'USD' })).toMatchObject({
			status: 'ready',
			fields: [{ value: 5 }],
			ignored: [],
		});
		expect(convert({ amount_currency: '' })).toMatchObject({ status: 'ready', fields: [] });
	});

	it('is refused if it is another', () => {
		expect(whyNot('amount_currency', 'EUR')).toMatch(/"Amount" is kept in USD, not in "EUR"/);
	});
});

it('lists at most ten options, the nearest first', () => {
	const many = Array.from({ length: 30 }, (_, n) => ({
		id: uuid(n),
		name: `Option ${n}`,
		code: '',
	}));
	const schema = readSchema({ name: 'x' }, [field('many', 'Many', 'dropdown', { options: many })]);
	expect(whyNot('Many', 'Optoin 25', {}, schema)).toBe(
		'"Many" has no option "Optoin 25". Choose one of Option 25, Option 0, Option 1, Option 2, Option 3, Option 4, Option 5, Option 6, Option 7, Option 8 and 20 more.',
	);
});

it('says so when two options have one label', () => {
	const twins = [
		{ id: uuid(1), name: 'Twin', code: 'a' },
		{ id: uuid(2), name: 'Twin', code: 'b' },
		{ id: uuid(3), name: 'TWIN', code: 'c' },
	];
	const schema = readSchema({ name: 'x' }, [field('pair', 'Pair', 'dropdown', { options: twins })]);
	expect(whyNot('Pair', 'Twin', {}, schema)).toMatch(/has 2 options that "Twin" may mean/);
	expect(sent('Pair', 'TWIN', {}, schema)).toEqual({ id: uuid(3) });
	expect(sent('Pair', 'b', {}, schema)).toEqual({ id: uuid(2) });
	expect(sent('Pair', uuid(1), {}, schema)).toEqual({ id: uuid(1) });
});

it('lets a type that Kizen adds later through as it is', () => {
	const schema = readSchema({ name: 'x' }, [field('holo', 'Holo', 'hologram')]);
	for (const value of [{ deep: [1] }, [1], ' x', 0, false]) {
		expect(sent('Holo', value, {}, schema)).toEqual(value);
	}
	expect(whyNot('Holo', 5n, {}, schema)).toMatch(/cannot be sent as JSON/);
});
