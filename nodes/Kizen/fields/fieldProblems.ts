import { listed, quoted } from './format';
import { isStage, type Field, type ObjectSchema } from './schema';
import type { GivenField, Misfit } from './types';

/** What is wrong with one of a row's fields. */
export interface FieldProblem extends Misfit {
	label: string;
	/** API name, where the field is known. */
	name?: string;
	given: unknown;
}

export function problemWith(field: Field, given: GivenField, misfit: Misfit): FieldProblem {
	return { label: field.label, name: field.name, given: given.value, ...misfit };
}

export function ambiguous({ key, value }: GivenField, fields: Field[]): FieldProblem {
	return {
		label: key,
		given: value,
		message: `Kizen has ${fields.length} fields that ${quoted(key)} may mean.`,
		remedy: `Use the API name of one: ${listed(fields.map(({ name }) => name))}.`,
	};
}

export function twice(field: Field, first: string, second: string): Misfit {
	return {
		message: `"${field.label}" is given twice, as ${quoted(first)} and as ${quoted(second)}.`,
		remedy: 'Keep one of them.',
	};
}

export function holdsOne(field: Field, change: 'add_values' | 'remove_values'): Misfit {
	const what = change === 'add_values' ? 'added to it' : 'removed from it';
	return {
		message: `"${field.label}" takes one value; nothing can be ${what}.`,
		remedy: 'Give the value itself.',
	};
}

export function notWritable(field: Field, schema: ObjectSchema): Misfit {
	if (isStage(schema, field)) {
		return {
			message: `"${field.label}" cannot be written: it changes when the record is moved.`,
			remedy: "Leave it out and use the operation 'Move to Stage'.",
		};
	}
	return {
		message: `"${field.label}" cannot be written: Kizen fills it in itself, or this API key may not write it.`,
		remedy: 'Leave it out of the fields.',
	};
}

/** @param nearest the field that was probably meant */
export function unknownField(
	{ key, value, byMapper, knownAs }: GivenField,
	nearest: Field | undefined,
	schema: ObjectSchema,
): FieldProblem {
	if (knownAs !== undefined) {
		return {
			label: knownAs,
			given: value,
			message: `Kizen no longer has the field ${quoted(knownAs)}, which was there when the workflow was built.`,
			remedy: `It was renamed or deleted in Kizen, or it belongs to another object than ${quoted(schema.label)}. Open the node: remove it from 'Values to Write', or map another field instead.`,
		};
	}
	const meant = nearest && `Did you mean ${quoted(nearest.label)}?`;
	const otherwise = byMapper
		? "To leave out all columns that Kizen does not have, set 'Unknown Columns' under Options to Ignore."
		: !meant &&
			`It may have been renamed or deleted in Kizen since; see the fields of ${quoted(schema.label)}.`;
	return {
		label: key,
		given: value,
		message: `Kizen has no field ${quoted(key)}.`,
		remedy: [meant, otherwise].filter(Boolean).join(' '),
	};
}
