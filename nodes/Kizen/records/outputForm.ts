import type { IDataObject } from 'n8n-workflow';

import { choiceOf, readOutput, selectedFields, type Item } from '../description';
import { findField, isObject, simplifyFields, type Field, type ObjectSchema } from '../fields';
import type { FieldSelection } from '../kizen';
import { ProblemError, type DoneAction } from '../outcome';
import { nameOfField } from './itemKeys';
import { recordItem, withFields } from './output';

/** What a reading operation is to put out for a record. */
export interface OutputForm {
	/** The fields that Kizen is asked for; undefined for all it gives. */
	fields: Field[] | undefined;
	/** The same by API name. */
	selection: FieldSelection;
	/** Returns the item for a record. Throws ProblemError for a response that names no record. */
	item(response: unknown, action: DoneAction): IDataObject;
}

/** Reads Output. Throws ProblemError. */
export function outputFormOf(item: Item, schema: ObjectSchema): OutputForm {
	const output = choiceOf(item, readOutput);
	if (output !== 'selected') {
		const raw = output === 'raw';
		return {
			fields: undefined,
			selection: 'all',
			item: (response, action) => recordItem(schema, recordWithId(response), { action, raw }),
		};
	}
	const fields = chosenFields(schema, item.parameter(selectedFields.name, []));
	return {
		fields,
		selection: fields.map(({ name }) => name),
		item: (response, action) => {
			const record = recordWithId(response);
			return withFields(schema, chosen(record, fields, schema), { action, id: record.id });
		},
	};
}

function recordWithId(response: unknown): IDataObject {
	if (isObject(response) && typeof response.id === 'string' && response.id !== '') return response;
	throw new ProblemError(
		"Kizen's response names no record",
		'Try again. If it happens repeatedly, check the Environment or Base URL of the credential.',
	);
}

/** Chosen fields that Kizen leaves out, because they are empty, are null. */
function chosen(record: IDataObject, fields: Field[], schema: ObjectSchema): IDataObject {
	const held = new Map(Object.entries(simplifyFields(record.fields, schema)));
	return Object.fromEntries(fields.map(({ name }) => [name, held.get(name) ?? null]));
}

/**
 * Fields by API name, label or ID, as a list or separated by commas.
 *
 * @throws ProblemError
 */
function chosenFields(schema: ObjectSchema, given: unknown): Field[] {
	const label = selectedFields.displayName;
	const names = (Array.isArray(given) ? given : String(given ?? '').split(','))
		.map((name) => String(name).trim())
		.filter((name) => name !== '');
	if (names.length === 0) {
		throw new ProblemError(`'${label}' is empty`, "Choose fields, or set 'Output' to Simplified.");
	}
	return names.map((name) => fieldNamed(schema, name, label));
}

/**
 * A field by API name, label or ID.
 *
 * @param label display name of the parameter that names it
 * @throws ProblemError
 */
export function fieldNamed(schema: ObjectSchema, name: string, label: string): Field {
	const found = findField(schema, nameOfField(schema, name));
	if ('field' in found) return found.field;
	if ('ambiguous' in found) {
		throw new ProblemError(
			`"${schema.label}" has ${found.ambiguous.length} fields that "${name}" may mean`,
			`Give the API name of one under '${label}': ${found.ambiguous.map((field) => field.name).join(', ')}.`,
		);
	}
	throw new ProblemError(
		`"${schema.label}" has no field "${name}"`,
		found.nearest
			? `Did you mean "${found.nearest.label}"? Choose it under '${label}'.`
			: `It may have been renamed or deleted in Kizen since; choose another one under '${label}'.`,
	);
}
