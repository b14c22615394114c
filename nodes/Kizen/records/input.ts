import {
	choiceOf,
	datesAndNumbers,
	emptyValues,
	fields,
	jsonFields,
	multipleValues,
	optionOf,
	specifyFields,
	unknownFields,
	type Item,
} from '../description';
import {
	convertRow,
	foldIdentifier,
	identifierIn,
	isObject,
	parseJsonFields,
	UnreadableFields,
	type ConvertContext,
	type ConvertedRow,
	type GivenField,
	type Misfit,
	type ObjectSchema,
} from '../fields';
import type { Records } from '../kizen';
import { ProblemError } from '../outcome';
import { nameOfField } from './itemKeys';
import { readMappedFields } from './mappedFields';
import type { Formats } from './referenceFormat';
import { fieldsOfItem } from './returnedItem';
import type { Session } from './session';

/** A row that can be sent. */
export type ReadyRow = Extract<ConvertedRow, { status: 'ready' }>;

/**
 * Reads what the item says is to be written, in the user's form, and notes keys that are left out.
 *
 * @throws ProblemError
 */
export function readFields(item: Item, schema: ObjectSchema, session: Session): GivenField[] {
	if (choiceOf(item, specifyFields) === 'json') {
		return readJsonFields(item).map((field) => ({ ...field, key: nameOfField(schema, field.key) }));
	}
	// As a whole: n8n would convert the part `fields.value` by the schema stored in the workflow, an
	// empty number to 0.
	const mapper = item.parameter(fields.name, {});
	if (!isObject(mapper)) return [];
	if (mapper.mappingMode === 'autoMapInputData') {
		return fieldsOfItem(schema, item.json, session);
	}
	return readMappedFields(item, mapper, schema);
}

/**
 * Leaves out a name, for contacts an email, that is the lookup value in another case or with other
 * white space: nobody means to rename a record so. Kizen gives a new record the lookup value instead
 * (kizen/app-engine docs 05).
 */
export function withoutRespelledLookupValue(
	schema: ObjectSchema,
	given: GivenField[],
	lookupValue: string,
): GivenField[] {
	return given.filter((one) => {
		const identifier = identifierIn(schema, [one]);
		return (
			identifier === undefined ||
			identifier === lookupValue ||
			foldIdentifier(identifier) !== foldIdentifier(lookupValue)
		);
	});
}

function readJsonFields(item: Item): GivenField[] {
	try {
		return parseJsonFields(item.parameter(jsonFields.name, '{}'));
	} catch (thrown) {
		throw unreadable(thrown);
	}
}

function unreadable(thrown: unknown): unknown {
	return thrown instanceof UnreadableFields
		? new ProblemError(thrown.message, `'${jsonFields.displayName}': ${thrown.remedy}`)
		: thrown;
}

/** The fields of one item, and where they go. */
export interface RowInput {
	item: Item;
	session: Session;
	records: Records;
	given: GivenField[];
	/** What an empty value does, where the option does not decide it. */
	emptyValues?: ConvertContext['emptyValues'];
}

/**
 * Converts an item's fields to Kizen's form and looks up what they refer to by name.
 *
 * @param formats how references are sent
 * @throws ProblemError
 */
export async function convertInput(
	{ item, session, records, given, emptyValues: forced }: RowInput,
	formats: Formats,
): Promise<ReadyRow> {
	const { schema } = records;
	const context: ConvertContext = {
		timezone: session.timezone,
		emptyValues: forced ?? optionOf(item, emptyValues),
		unknownFields: optionOf(item, unknownFields),
		form: optionOf(item, datesAndNumbers),
		multipleValues: optionOf(item, multipleValues),
		resolve: (reference) => session.references.known(schema, reference),
		formatOf: (kind) => formats[kind],
	};
	let row = convertRow(schema, given, context);
	while (row.status === 'missing') {
		await session.references.lookUp(schema, row.references);
		row = convertRow(schema, given, context);
	}
	if (row.status === 'invalid') {
		throw invalidValues(
			row.problems,
			'Nothing was written for this row. Correct the value and run again.',
		);
	}
	session.ignored(row.ignored);
	return row;
}

/** Says of each value that does not fit what is wrong, and what would be right. */
export function invalidValues(
	misfits: Array<Misfit & { label: string }>,
	remedy: string,
): ProblemError {
	const fields = misfits.map(({ label, message, remedy: instead }) => ({
		field: label,
		message: instead ? `${message} ${instead}` : message,
	}));
	const message = fields.map((field) => field.message).join(' ');
	return new ProblemError(message, remedy, { fields });
}
