import { quote, type Condition } from '../../description';
import {
	convertValue,
	cutAtSeparators,
	isEmpty,
	trimInvisible,
	type Field,
	type FieldType,
	type ObjectSchema,
	type ValueContext,
} from '../../fields';
import { ProblemError } from '../../outcome';
import { invalidValues } from '../input';
import type { Session } from '../session';

/**
 * Values of conditions: given as people give them for writing, sent in the form that Kizen's filters
 * take (kizen/builder-cli filtering.py): bare IDs, ratings as text, times in UTC to the millisecond.
 */

/** Which type's words are taken for a value, where it is not the field's own type. */
const TAKEN_AS: Partial<Record<FieldType, FieldType>> = {
	// A part of an email or of a phone number is none itself.
	email: 'text',
	phonenumber: 'text',
	// Files are counted.
	files: 'integer',
};

/** How a field of an object is to be compared. */
export interface Comparison {
	session: Session;
	schema: ObjectSchema;
	field: Field;
	condition: Condition;
	/** Display name of the parameter that gives the values. */
	parameter: string;
}

/**
 * Reads one value, or several for a condition that takes a list.
 *
 * @throws ProblemError
 */
export async function valuesFor(comparison: Comparison, given: unknown): Promise<unknown[]> {
	const { field, condition, parameter } = comparison;
	const multiple = condition.takes === 'several';
	const { me, others } =
		field.type === 'team_selector' ? withoutMe(given) : { me: [], others: given };
	if (me.length > 0 && isEmpty(others)) return me;
	if (me.length > 0 && !multiple) {
		throw new ProblemError(
			`The condition "${field.label}: ${condition.name}" takes one value, not ${quote(given)}`,
			`Give one value under '${parameter}', or choose a condition that takes several.`,
		);
	}
	const found = await compared({ ...comparison, field: { ...field, multiple } }, others);
	if (found === undefined || (Array.isArray(found) && found.length === 0)) {
		throw new ProblemError(
			`The condition "${field.label}: ${condition.name}" has no value`,
			`Give a value under '${parameter}', or choose the condition Is Empty if the field has it. If the value is an expression, check its result for this item.`,
		);
	}
	const list = multiple && Array.isArray(found) ? found : [found];
	return [...me, ...list.map((value) => filterForm(value, field))];
}

/** Kizen's word for the user of the API key. */
const ME = 'is_me';

function withoutMe(given: unknown): { me: string[]; others: unknown } {
	const parts = typeof given === 'string' ? cutAtSeparators(given) : [given].flat();
	const isMe = (part: unknown) =>
		typeof part === 'string' && /^(is_)?me$/i.test(trimInvisible(part));
	const others = parts.filter((part) => !isMe(part));
	return others.length === parts.length ? { me: [], others: given } : { me: [ME], others };
}

/** As for writing, but with nothing that only writing asks for; undefined where nothing was given. */
async function compared(
	{ session, schema, field, parameter }: Comparison,
	given: unknown,
): Promise<unknown> {
	if (isEmpty(given)) return undefined;
	const target = {
		field: { ...field, type: TAKEN_AS[field.type] ?? field.type },
		isIdentifier: isTrimmed(schema, field),
	};
	const context: ValueContext = {
		timezone: session.timezone,
		form: 'clear',
		resolve: (reference) => session.references.known(schema, reference),
		formatOf: () => 'bare',
	};
	let converted = convertValue(given, target, context);
	while ('missing' in converted) {
		await session.references.lookUp(schema, converted.missing);
		converted = convertValue(given, target, context);
	}
	if ('value' in converted) return converted.value;
	const misfits = converted.misfits.map((misfit) => ({ ...misfit, label: field.label }));
	throw invalidValues(misfits, `Change the value under '${parameter}'.`);
}

/** Names, emails and phone numbers are written without white space at their ends. */
function isTrimmed({ identifier }: ObjectSchema, { id, type }: Field): boolean {
	return id === identifier?.id || type === 'email' || type === 'phonenumber';
}

function filterForm(value: unknown, field: Field): unknown {
	if (field.type === 'datetime') return new Date(String(value)).toISOString();
	if (field.type === 'rating') return String(value);
	if (field.isDefault && field.name === 'email_status') {
		// Contacts' own status goes by code, as in `opted_in`.
		const option = field.options.find(({ id }) => id === value);
		return option ? option.code || option.label.toLowerCase().replaceAll(' ', '_') : value;
	}
	return value;
}

/** A day as text, or as a spreadsheet's number of it. */
const DAY_ALONE = /^(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d+)$/;

/**
 * The last moment of a day that was given for a time; undefined for everything else.
 *
 * @throws ProblemError
 */
export async function endOfDay(
	comparison: Comparison,
	given: unknown,
): Promise<string | undefined> {
	const field = { ...comparison.field, multiple: false };
	const one: unknown = Array.isArray(given) && given.length === 1 ? given[0] : given;
	if (field.type !== 'datetime' || !DAY_ALONE.test(trimInvisible(String(one)))) return undefined;
	const day = await compared({ ...comparison, field: { ...field, type: 'date' } }, given);
	const next = new Date(Date.parse(`${String(day)}T00:00:00Z`) + 86_400_000).toISOString();
	const start = await compared({ ...comparison, field }, next.slice(0, 10));
	return new Date(Date.parse(String(start)) - 1).toISOString();
}

/** From 1 to 12; given so or by its English name. Throws ProblemError. */
export function monthOf(given: unknown, field: Field): number {
	const text = trimInvisible(String(given ?? '')).toLowerCase();
	const names = Array.from({ length: 12 }, (_, month) =>
		new Date(2000, month).toLocaleString('en', { month: 'long' }).toLowerCase(),
	);
	const named = text.length >= 3 ? names.findIndex((name) => name.startsWith(text)) + 1 : 0;
	const month = named || Number(text);
	if (Number.isInteger(month) && month >= 1 && month <= 12) return month;
	throw new ProblemError(
		`"${field.label}" can't be in the month ${quote(given)}`,
		'Give a number from 1 to 12.',
	);
}
