import {
	columnLabel,
	editorType,
	findField,
	labelOfColumn,
	labelWith,
	readSchema,
	writableFields,
	type Note,
} from '../../nodes/Kizen/fields';
import { DEALS, field, idOf, options, relation } from './everyField';

const names = (fields: Array<{ name: string }>) => fields.map(({ name }) => name);

describe("an object's fields", () => {
	it('stand in the order of Kizen, the identifier first', () => {
		const schema = readSchema(
			{ name: 'client_client', object_name: 'Contacts', entity_name: 'Contact' },
			[
				field('later', 'Later', 'text', { category: 'b', order: 0 }),
				field('second', 'Second', 'text', { category: 'a', order: 2 }),
				field('first', 'First', 'text', { category: 'a', order: 1 }),
				field('email', 'Email', 'email', { category: 'b', order: 9 }),
				field('stray', 'Stray', 'text', { category: 'gone', order: 0 }),
			],
			{
				results: [
					{ id: 'b', name: 'Same name', order: 2 },
					{ id: 'a', name: 'Same name', order: 1 },
				],
			},
		);
		expect(names(schema.fields)).toEqual(['email', 'first', 'second', 'later', 'stray']);
		expect(schema).toMatchObject({
			isContacts: true,
			isPipeline: false,
			label: 'Contacts',
			identifier: { name: 'email' },
		});
		expect(schema.fields[1].category).toBe('Same name');
	});

	it('leave out what is deleted, and offer only what may be written', () => {
		const schema = readSchema({ name: 'companies_company' }, [
			field('name', 'Name', 'text', { is_default: true, is_required: true }),
			field('gone', 'Gone', 'text', { deleted: true }),
			field('fixed', 'Fixed', 'text', { is_read_only: true }),
			field('closed', 'Closed', 'text', { access: { view: true, edit: false } }),
			field('shy', 'Shy', 'text', { is_hidden: true }),
			field('shy_but_due', 'Shy but due', 'text', { is_hidden: true, is_required: true }),
			field('updated', 'Last Modified', 'datetime', { is_default: true }),
			field('full_name', 'My own full name', 'text', { is_default: false }),
			field('stage', 'Stage', 'dropdown'),
		]);
		expect(schema.fields.some(({ name }) => name === 'gone')).toBe(false);
		expect(names(writableFields(schema))).toEqual(['name', 'shy_but_due', 'full_name', 'stage']);
		expect(names(writableFields(DEALS))).not.toContain('stage');
	});

	it('know whether they hold several values', () => {
		const several = (type: string, more = {}) =>
			readSchema({}, [field('x', 'X', type, more)]).fields[0].multiple;
		expect(['checkboxes', 'dynamictags', 'files'].map((type) => several(type))).toEqual([
			true,
			true,
			true,
		]);
		expect(['dropdown', 'radio', 'text', 'team_selector'].map((type) => several(type))).toEqual([
			false,
			false,
			false,
			false,
		]);
		expect(several('team_selector', { properties: { allow_multiple: true } })).toBe(true);
		for (const [cardinality, expected] of [
			['one_to_one', false],
			['many_to_one', false],
			['one_to_many', true],
			['many_to_many', true],
		] as const) {
			expect(several('relationship', { relation: relation(cardinality) })).toBe(expected);
		}
		expect(several('relationship', { relation: { relation_type: 'additional' } })).toBe(true);
	});

	it('carry what their type needs', () => {
		const { fields } = readSchema({}, [
			field('money', 'Money', 'money', { money_options: { currency: { code: 'EUR' } } }),
			field('rating', 'Rating', 'rating', { rating: { min_value: 1, max_value: 10 } }),
			field('company', 'Company', 'relationship', { relation: relation('many_to_one') }),
			field('pick', 'Pick', 'dropdown', { options: [{ id: 1, name: 'One', code: null }, 'x', {}] }),
		]);
		expect(fields).toMatchObject([
			{ currency: 'EUR' },
			{ minimum: 1, maximum: 10 },
			{ relatedEntityLabel: 'Company' },
			{ options: [{ id: '1', label: 'One', code: '' }] },
		]);
	});

	it.each([null, undefined, 'x', 5, [], [null, 1, {}], { results: 'x' }])(
		'are none in %j',
		(rubbish) => {
			expect(readSchema(rubbish, rubbish, rubbish)).toMatchObject({
				fields: [],
				identifier: undefined,
			});
		},
	);
});

describe('a field is found', () => {
	const schema = readSchema({ name: 'x' }, [
		field('Mixed_Case', 'First', 'text'),
		field('mixed_case', 'Second', 'text'),
		field('twin_a', 'Twin', 'text'),
		field('twin_b', 'Twin', 'text'),
		field('quote', 'The "best" 👍 one', 'text'),
		field('rtl', 'שם מלא', 'text'),
		field('strasse', 'Straße', 'text'),
		field('total', 'Sum', 'text'),
		field('other', 'Total', 'text'),
		field('one_case', 'Net Price', 'text'),
		field('other_case', 'NET PRICE', 'text'),
	]);
	const found = (key: string) => {
		const answer = findField(schema, key);
		if ('field' in answer) return answer.field.name;
		return 'ambiguous' in answer ? names(answer.ambiguous) : answer.nearest?.name;
	};

	it('by id, by API name, by label in whatever case and spacing', () => {
		expect(findField(DEALS, idOf('region'))).toMatchObject({ field: { name: 'region' } });
		for (const key of ['won_by_robot', 'Won by Robot', ' WON  BY\u00a0robot ', 'wonbyrobot']) {
			expect(findField(DEALS, key)).toMatchObject({ field: { name: 'won_by_robot' } });
		}
		expect(found('the "BEST" 👍 one')).toBe('quote');
		expect(found('\u200fשם  מלא')).toBe('rtl');
		expect(found('STRASSE')).toBe('strasse');
	});

	it('by its API name exactly, before anything else', () => {
		expect(found('Mixed_Case')).toBe('Mixed_Case');
		expect(found('mixed_case')).toBe('mixed_case');
		expect(found('total')).toBe('total');
	});

	it('by its label exactly, where another label differs only in case', () => {
		expect(found('Net Price')).toBe('one_case');
		expect(found(' NET PRICE')).toBe('other_case');
	});

	it('by nothing that fits more than one', () => {
		expect(found('net price')).toEqual(['one_case', 'other_case']);
		expect(found('MIXED_CASE')).toEqual(['Mixed_Case', 'mixed_case']);
		expect(found('Twin')).toEqual(['twin_a', 'twin_b']);
		expect(found('Total')).toEqual(['total', 'other']);
		expect(found('twin_b')).toBe('twin_b');
	});

	it('or the nearest is named', () => {
		expect(found('Frist')).toBe('Mixed_Case');
		expect(found('something else')).toBeUndefined();
		expect(found('')).toBeUndefined();
	});
});

describe('in the editor', () => {
	const shown = (name: string) => {
		const one = DEALS.fields.find((candidate) => candidate.name === name);
		return one && editorType(one);
	};

	it('fields get inputs of their kind, and nothing is filled in', () => {
		expect(shown('note')).toEqual({ type: 'string' });
		// n8n's box for numbers drops or changes what people write, such as $1,250.50.
		expect(shown('seats')).toEqual({ type: 'string' });
		expect(shown('amount')).toEqual({ type: 'string' });
		expect(shown('due')).toEqual({ type: 'dateTime' });
		expect(shown('call')).toEqual({ type: 'dateTime' });
		// n8n's switch shows "on" for what nobody has set.
		expect(shown('active')).toEqual({
			type: 'options',
			options: [
				{ name: 'Yes', value: 'yes' },
				{ name: 'No', value: 'no' },
			],
		});
	});

	it('options are chosen by label', () => {
		expect(shown('size')).toEqual({
			type: 'options',
			options: [
				{ name: 'Small', value: 'Small' },
				{ name: 'Large', value: 'Large' },
			],
		});
		expect(shown('score')?.options?.[4]).toEqual({ name: '5 - High', value: '5' });
		expect(shown('zone')?.options?.[1]).toEqual({
			name: 'America/New York',
			value: 'America/New_York',
		});
	});

	it('two options of one label are told apart by id', () => {
		const twins = options('Twin', 'Twin', 'Other');
		const { fields } = readSchema({}, [field('pair', 'Pair', 'dropdown', { options: twins })]);
		expect(editorType(fields[0]).options?.map(({ value }) => value)).toEqual([
			twins[0].id,
			twins[1].id,
			'Other',
		]);
	});

	it('several values are written as one text', () => {
		expect(shown('interests')).toEqual({ type: 'string' });
	});

	const labelled = (label: string, type: string, more: Record<string, unknown> = {}) =>
		readSchema({}, [field('one', label, type, more)]).fields[0];
	const several = { properties: { allow_multiple: true } };

	it.each([
		['Fee (USD)', labelled('Fee', 'money', { money_options: { currency: 'USD' } })],
		['Fee USD', labelled('Fee USD', 'money', { money_options: { currency: 'USD' } })],
		['Fee', labelled('Fee', 'money')],
		['Company (name or ID)', labelled('Company', 'relationship')],
		['Companies (names or IDs, comma-separated)', labelled('Companies', 'relationship', several)],
		['Lead (name or email)', labelled('Lead', 'team_selector')],
		['Team (names or emails, comma-separated)', labelled('Team', 'team_selector', several)],
		['Tags (comma-separated)', labelled('Tags', 'dynamictags')],
		['Services (comma-separated)', labelled('Services', 'checkboxes')],
		['Contracts (IDs, comma-separated)', labelled('Contracts', 'files')],
		['Birthday (date only)', labelled('Birthday', 'date')],
		['Kickoff', labelled('Kickoff', 'datetime')],
		['Notes', labelled('Notes', 'longtext')],
	])('the label says what to enter: %s', (column, one) => {
		expect(columnLabel(one)).toBe(column);
	});

	it('a drop-down of people does not ask for a name', () => {
		const shownAs = { type: 'options' as const, options: [] };
		expect(columnLabel(labelled('Owner', 'team_selector'), ['required'], shownAs)).toBe(
			'Owner (required)',
		);
	});

	it("the field's own label is found in it again", () => {
		for (const one of DEALS.fields) {
			for (const more of [[], ['required'], ['required for new records']] satisfies Note[][]) {
				expect(labelOfColumn(columnLabel(one, more))).toBe(one.label);
			}
		}
		const labels = ['Fee (net)', 'Fee (net, per month)', 'ID (old)', 'Fee (USD per month)', '(x)'];
		for (const label of labels) {
			expect(labelOfColumn(label)).toBe(label);
			expect(labelOfColumn(labelWith(label, ['required']))).toBe(label);
		}
	});

	it('every field has an input', () => {
		for (const one of DEALS.fields) expect(editorType(one).type).toBeTruthy();
	});
});
