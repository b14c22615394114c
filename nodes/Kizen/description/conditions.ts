import { fold, type Field, type FieldType } from '../fields';

/** How many values a condition takes. */
type Takes = 'nothing' | 'one' | 'two' | 'several' | 'month';

/** One way to compare a field, as people choose it and as Kizen knows it. */
export interface Condition {
	/** What the node stores. Not Kizen's own word: n8n takes `=` for an expression. */
	value: string;
	/** As people read it. */
	name: string;
	/** Kizen's own word. */
	kizenWord: string;
	takes: Takes;
}

const STORED_WORDS: Record<string, string> = {
	'=': 'is',
	'!=': 'is_not',
	'>': 'greater_than',
	'>=': 'at_least',
	'<': 'less_than',
	'<=': 'at_most',
};

/** What the node stores unless said otherwise. */
function usualWord(kizenWord: string): string {
	return STORED_WORDS[kizenWord] ?? kizenWord.replace('!', 'not_');
}

function condition(kizenWord: string, name: string, takes: Takes): Condition {
	return { value: usualWord(kizenWord), name, kizenWord, takes };
}

/** `value` is its own where the panel shows another sample for the value than it usually does. */
const one = (word: string, name: string, value = usualWord(word)): Condition => ({
	...condition(word, name, 'one'),
	value,
});
const several = (word: string, name: string) => condition(word, name, 'several');

/** Kizen has one word for both, and tells them apart by its value. */
const IS_EMPTY = condition('is_blank', 'Is Empty', 'nothing');
export const IS_NOT_EMPTY: Condition = { ...IS_EMPTY, value: 'is_not_blank', name: 'Is Not Empty' };

const EITHER = [IS_EMPTY, IS_NOT_EMPTY];
const SAME = [one('=', 'Is'), one('!=', 'Is Not')];
const ANY_OR_NONE_OF = [several('is_any_of', 'Is Any Of'), several('is_none_of', 'Is None Of')];
const EQUAL = [one('=', 'Is', 'equals'), one('!=', 'Is Not', 'not_equals')];
export const AT_LEAST = one('>=', 'Is at Least');
const SIZES = [
	one('>', 'Is Greater Than'),
	AT_LEAST,
	one('<', 'Is Less Than'),
	one('<=', 'Is at Most'),
];
const TIMES: Condition[] = [
	one('=', 'Is On', 'on'),
	one('<', 'Is Before', 'before'),
	one('<=', 'Is On or Before', 'on_or_before'),
	one('>', 'Is After', 'after'),
	one('>=', 'Is On or After', 'on_or_after'),
	{ ...condition('between', 'Is Between', 'two'), value: 'between_dates' },
	condition('month_equals', 'Is in the Month', 'month'),
];

/** What families of fields can be compared by, the likeliest first. */
const FAMILIES = {
	text: [
		...SAME,
		one('contains', 'Contains'),
		one('!contains', 'Does Not Contain'),
		one('starts_with', 'Starts With'),
		one('!starts_with', 'Does Not Start With'),
		one('ends_with', 'Ends With'),
		one('!ends_with', 'Does Not End With'),
		...EITHER,
	],
	longText: EITHER,
	phone: [one('=', 'Is'), one('contains', 'Contains'), ...EITHER],
	number: [...EQUAL, ...SIZES, condition('between', 'Is Between', 'two'), ...EITHER],
	rating: [...EQUAL, ...SIZES, ...EITHER],
	date: [...TIMES, ...EITHER],
	switch: [one('=', 'Is', 'checked')],
	option: [...SAME, ...ANY_OR_NONE_OF, ...EITHER],
	timezone: [...SAME, ...EITHER],
	options: [
		several('has', 'Has'),
		several('!has', 'Does Not Have'),
		several('has_any', 'Has One Of'),
		several('!has_any', 'Has None Of'),
		...EITHER,
	],
	records: [
		several('contains', 'Has'),
		several('!contains', 'Does Not Have'),
		...ANY_OR_NONE_OF,
		...EITHER,
	],
	files: [
		one('>', 'Has More Than'),
		one('>=', 'Has at Least'),
		one('<', 'Has Fewer Than'),
		...EITHER,
	],
} satisfies Record<string, Condition[]>;

/**
 * Which conditions the types take: those of Kizen's own screens (kizen/builder-cli filtering.py,
 * captured from them). `other` is a type that may come.
 */
const FAMILY_OF: Record<FieldType, keyof typeof FAMILIES> = {
	checkbox: 'switch',
	checkboxes: 'options',
	choices: 'option',
	date: 'date',
	datetime: 'date',
	decimal: 'number',
	dropdown: 'option',
	dynamictags: 'options',
	email: 'text',
	files: 'files',
	integer: 'number',
	longtext: 'longText',
	money: 'number',
	other: 'longText',
	phonenumber: 'phone',
	radio: 'option',
	rating: 'rating',
	relationship: 'records',
	selector: 'option',
	status: 'option',
	team_selector: 'option',
	text: 'text',
	timezone: 'timezone',
	wysiwyg: 'longText',
	yesnomaybe: 'option',
};

/** Default fields that always have a value, or for which Kizen has no such condition. */
const NEVER_EMPTY = new Set(['created', 'updated', 'owner', 'email_status', 'stage']);

/** The conditions that fit a field. */
export function conditionsOf({ type, name, isDefault }: Field): Condition[] {
	const conditions: Condition[] = FAMILIES[FAMILY_OF[type]];
	return isDefault && NEVER_EMPTY.has(name)
		? conditions.filter(({ takes }) => takes !== 'nothing')
		: conditions;
}

/** The conditions of a family that take so many values, as the node stores them. */
export function storedWords(family: keyof typeof FAMILIES, ...takes: Takes[]): string[] {
	const conditions: Condition[] = FAMILIES[family];
	return conditions.filter((one) => takes.includes(one.takes)).map(({ value }) => value);
}

/** The condition that `text` names: as it is stored, in its usual word, as Kizen does or as people read it. */
export function conditionNamed(field: Field, text: string): Condition | undefined {
	const conditions = conditionsOf(field);
	return (
		conditions.find(({ value }) => value === text.trim()) ??
		conditions.find(
			({ kizenWord }) => kizenWord === text.trim() || usualWord(kizenWord) === text.trim(),
		) ??
		conditions.find(({ name }) => fold(name) === fold(text))
	);
}
