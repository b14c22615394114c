import {
	convertRow,
	readSchema,
	type Change,
	type ConvertContext,
	type ConvertedRow,
	type GivenField,
	type ObjectSchema,
	type Reference,
	type Resolution,
} from '../../nodes/Kizen/fields';

/** A UUID that ends in `number`. */
export function uuid(number: number): string {
	return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

let count = 0;

/** One field as `GET /api/custom-objects/{id}/fields` gives it. */
export function field(
	name: string,
	display_name: string,
	field_type: string,
	more: Record<string, unknown> = {},
): Record<string, unknown> & { id: string } {
	count++;
	return {
		id: uuid(count),
		name,
		display_name,
		field_type,
		category: 'details',
		is_default: false,
		is_required: false,
		is_read_only: false,
		is_hidden: false,
		is_suppressed: false,
		allows_nulls: true,
		allows_empty: false,
		order: count,
		properties: { allow_multiple: false },
		options: [],
		relation: null,
		rating: null,
		money_options: null,
		decimal_options: null,
		deleted: false,
		access: { view: true, edit: true },
		...more,
	};
}

let optionCount = 9_000;

export function options(...labels: Array<string | [label: string, code: string]>) {
	return labels.map((option) => {
		const [name, code] = typeof option === 'string' ? [option, ''] : option;
		optionCount++;
		return { id: uuid(optionCount), code, name, order: optionCount, meta: {} };
	});
}

export function relation(cardinality: string, more: Record<string, unknown> = {}) {
	return {
		related_object: uuid(7_000),
		related_object_name: 'Companies',
		related_object_object_name: 'companies_company',
		related_entity_name: 'Company',
		relation_type: 'primary',
		cardinality,
		fetch_url: 'standard',
		...more,
	};
}

/** An object with a field of each of the 24 types, and several that nobody may write. */
export const DEALS_FIELDS = [
	field('name', 'Deal Name', 'text', { is_default: true, is_required: true, allows_empty: true }),
	field('owner', 'Owner', 'team_selector', { is_default: true, is_required: true }),
	field('created', 'Date Created', 'datetime', { is_default: true }),
	field('stage', 'Stage', 'dropdown', { is_default: true, options: options('New', 'Won') }),
	field('won_by_robot', 'Won by Robot', 'checkbox', { is_read_only: true }),
	field('note', 'Note', 'text'),
	field('story', 'Story', 'longtext', { meta: { is_markdown: true } }),
	field('page', 'Page', 'wysiwyg'),
	field('email', 'Billing Email', 'email'),
	field('phone', 'Phone', 'phonenumber'),
	field('seats', 'Seats', 'integer'),
	field('weight', 'Weight', 'decimal'),
	field('amount', 'Amount', 'money', { money_options: { currency: 'USD' } }),
	field('score', 'Score', 'rating', {
		options: options(['1 - Low', '1'], ['2', '2'], ['3', '3'], ['4', '4'], ['5 - High', '5']),
	}),
	field('due', 'Due', 'date'),
	field('call', 'Call', 'datetime'),
	field('active', 'Active', 'checkbox'),
	field('likes', 'Likes', 'yesnomaybe', {
		options: options(['Yes', 'yes'], ['No', 'no'], ['Maybe', 'maybe']),
	}),
	field('region', 'Region', 'dropdown', { options: options('North', 'South', 'East', 'West') }),
	field('size', 'Size', 'radio', { options: options(['Small', 'Small'], ['Large', 'Large']) }),
	field('state', 'State', 'status', { options: options(['Open', 'open'], ['Won', 'won']) }),
	field('choice', 'Choice', 'choices', { options: options('Red', 'Green') }),
	field('pick', 'Pick', 'selector', { options: options('First', 'Second') }),
	field('interests', 'Interests', 'checkboxes', {
		options: options('Ships', 'Trains', 'Bread, Butter', 'Cars'),
	}),
	field('tags', 'Tags', 'dynamictags'),
	field('company', 'Company', 'relationship', { relation: relation('many_to_one') }),
	field('partners', 'Partners', 'relationship', { relation: relation('many_to_many') }),
	field('helper', 'Helper', 'team_selector'),
	field('zone', 'Time Zone', 'timezone', {
		options: [
			{ id: 'America/Chicago', name: 'America/Chicago', code: 'America/Chicago' },
			{ id: 'America/New_York', name: 'America/New York', code: 'America/New_York' },
		],
	}),
	field('papers', 'Papers', 'files'),
];

export const DEALS: ObjectSchema = readSchema(
	{
		id: uuid(8_000),
		name: 'deals',
		object_name: 'Deals',
		entity_name: 'Deal',
		object_type: 'pipeline',
	},
	DEALS_FIELDS,
	[{ id: 'details', name: 'Details', order: 0 }],
);

/** The id of a field or of one of its options. */
export function idOf(name: string, option?: string): string {
	const found = DEALS.fields.find((one) => one.name === name);
	const id = option === undefined ? found?.id : found?.options.find((o) => o.label === option)?.id;
	if (id === undefined) throw new Error(`No ${name} ${option ?? ''} in the test's schema`);
	return id;
}

export const ACME = uuid(1_001);
export const ACME_INC = uuid(1_002);
export const ADA = uuid(1_003);
export const VIP = uuid(1_004);
export const LATE = uuid(1_005);
export const LATE_BUT_PAID = uuid(1_006);

/** What the tests' Kizen answers when it is asked for names. */
const KNOWN: Record<Reference['kind'], Record<string, Resolution>> = {
	record: {
		Acme: { id: ACME, label: 'Acme' },
		'Acme, Inc.': { id: ACME_INC, label: 'Acme, Inc.' },
		Twin: { candidates: ['Twin (a)', 'Twin (b)'] },
		Acne: { none: true, nearest: 'Acme' },
	},
	member: {
		'ada@example.com': { id: ADA, label: 'Ada Lovelace' },
		'Ada Lovelace': { id: ADA, label: 'Ada Lovelace' },
	},
	tag: {
		VIP: { id: VIP, label: 'VIP' },
		Late: { id: LATE, label: 'Late' },
		'Late, but Paid': { id: LATE_BUT_PAID, label: 'Late, but Paid' },
	},
};

export function answer({ kind, text }: Reference): Resolution {
	return KNOWN[kind][text] ?? { none: true };
}

export const CONTEXT: ConvertContext = {
	timezone: 'America/Chicago',
	emptyValues: 'leave',
	unknownFields: 'stop',
	form: 'clear',
	multipleValues: 'replace',
	resolve: answer,
	formatOf: (kind) => (kind === 'member' ? 'bare' : 'object'),
};

export function given(key: string, value: unknown, change: Change = 'value'): GivenField {
	return { key, value, change };
}

/** Converts a row that is written as an object. */
export function convert(
	row: Record<string, unknown>,
	context: Partial<ConvertContext> = {},
	schema: ObjectSchema = DEALS,
): ConvertedRow {
	const fields = Object.entries(row).map(([key, value]) => given(key, value));
	return convertRow(schema, fields, { ...CONTEXT, ...context });
}

/** What is sent for one field; undefined if nothing is, a list of messages if it is refused. */
export function sent(
	key: string,
	value: unknown,
	context: Partial<ConvertContext> = {},
	schema: ObjectSchema = DEALS,
): unknown {
	const row = convert({ [key]: value }, context, schema);
	if (row.status === 'missing') return row.references;
	return row.status === 'ready' ? row.fields[0]?.value : undefined;
}

/** Why a value is refused, remedies included; undefined if it is not. */
export function whyNot(
	key: string,
	value: unknown,
	context: Partial<ConvertContext> = {},
	schema: ObjectSchema = DEALS,
): string | undefined {
	const row = convert({ [key]: value }, context, schema);
	if (row.status !== 'invalid') return undefined;
	return row.problems
		.map(({ message, remedy }) => (remedy === undefined ? message : `${message} ${remedy}`))
		.join(' ');
}
