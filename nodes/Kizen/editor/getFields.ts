import type {
	ILoadOptionsFunctions,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { fields as mapper } from '../description';
import {
	columnLabel,
	editorType,
	fullName,
	isObject,
	labelOfColumn,
	labelWith,
	withDistinctLabels,
	writableFields,
	type EditorType,
	type Field,
	type Note,
	type ObjectSchema,
} from '../fields';
import { readObject, searchTeam, type Kizen } from '../kizen';
import { escapeHtml, problemOf } from '../outcome';
import { columnId } from '../records';
import { chosenObject, editorKizen } from './editorKizen';

const NOTHING_CHOSEN =
	"Choose an object under 'Object' to see its fields. If 'Object' is an expression, choose Map Automatically or set 'Specify Fields' to JSON.";
const NO_CREDENTIAL = "This node has no credential. Choose or create one under 'Credential'.";
/** n8n does not read the fields again when the credential changes. */
const OPEN_AGAIN = 'Then close the node and open it again: it reads the fields when it opens.';
const NO_WRITABLE_FIELD = "This object has no field that the credential's user can write.";

/** The columns of Fields: what the chosen object lets be written, identifier first. */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const identifier = chosenObject(this);
	if (identifier === undefined) return { fields: [], emptyFieldsNotice: NOTHING_CHOSEN };
	const stored = storedColumns(this);
	const columns = editorKizen(this, async (kizen) => {
		const schema = await readObject(kizen, { identifier }, { categories: true });
		const writable = withDistinctLabels(schema, writableFields(schema));
		const owners = writable.some(isOneMember) ? await teamOptions(kizen) : [];
		// Not among the parameters that the list depends on: n8n would drop what is mapped whenever the
		// operation is switched. The labels change when the node is opened again.
		const operation = this.getCurrentNodeParameter('operation');
		const fields = [
			...strangers(stored, schema, writable),
			...writable.map((field) => columnOf(field, schema, { operation, owners })),
		];
		return fields.length > 0 ? { fields } : { fields, emptyFieldsNotice: NO_WRITABLE_FIELD };
	});
	// n8n's mapper does not show why a list could not be read, but it shows a notice. It would take a
	// notice for an empty list, though, and so drop fields that were mapped before.
	return await columns.catch((thrown: unknown) => {
		if (stored.all.length > 0) throw thrown;
		return { fields: [], emptyFieldsNotice: noticeOf(thrown, this) };
	});
}

function noticeOf(thrown: unknown, context: ILoadOptionsFunctions): string {
	if (!context.getNode().credentials) return `${NO_CREDENTIAL} ${OPEN_AGAIN}`;
	const { message, remedy } = problemOf(thrown);
	return `${escapeHtml(message)}. ${remedy} ${OPEN_AGAIN}`;
}

interface StoredColumns {
	all: ResourceMapperField[];
	/** Those that have a value. An expression that cannot be resolved yet is null here. */
	mapped: ResourceMapperField[];
}

function storedColumns(context: ILoadOptionsFunctions): StoredColumns {
	const stored = context.getCurrentNodeParameter(mapper.name);
	if (!isObject(stored) || !('schema' in stored) || !Array.isArray(stored.schema)) {
		return { all: [], mapped: [] };
	}
	const all: ResourceMapperField[] = stored.schema.filter(isColumn);
	const values = isObject(stored.value) ? stored.value : {};
	return { all, mapped: all.filter(({ id }) => Object.hasOwn(values, id)) };
}

function isColumn(column: unknown): column is ResourceMapperField {
	return isObject(column) && typeof column.id === 'string';
}

/**
 * What is mapped and can't be written: fields of the object that was chosen before, deleted ones, and
 * those that were closed since. n8n would drop them and their values without a word.
 */
function strangers(
	{ mapped }: StoredColumns,
	{ fields }: ObjectSchema,
	writable: Field[],
): ResourceMapperField[] {
	const offered = new Set(writable.map(columnId));
	const isKnown = (id: string) => fields.some((field) => columnId(field) === id);
	return mapped
		.filter(({ id }) => !offered.has(id))
		.map((column) => ({
			...column,
			displayName: labelWith(labelOfColumn(String(column.displayName)), [
				isKnown(column.id) ? 'cannot be written' : 'not a field of this object',
			]),
			removed: false,
		}));
}

function columnOf(
	field: Field,
	{ identifier }: ObjectSchema,
	{ operation, owners }: { operation: unknown; owners: INodePropertyOptions[] },
): ResourceMapperField {
	const isIdentifier = field.id === identifier?.id;
	const shown: EditorType =
		isOneMember(field) && owners.length > 0
			? { type: 'options', options: owners }
			: editorType(field);
	// Upsert has it as Lookup Value.
	const isAskedBefore = isIdentifier && operation === 'upsert';
	return {
		id: columnId(field),
		displayName: columnLabel(
			field,
			isAskedBefore ? ['only to change it'] : needOf(field, operation),
			shown,
		),
		...shown,
		// n8n would not let an Upsert run without a required field, though an update needs none.
		required: false,
		defaultMatch: false,
		display: true,
		// An update needs no field: what is shown and left empty would look as if it were to be cleared.
		removed: isAskedBefore || operation === 'update' || !(isIdentifier || isNeeded(field)),
		// Nothing is written that the user did not say.
		defaultValue: null,
	};
}

function needOf(field: Field, operation: unknown): Note[] {
	if (!isNeeded(field) || operation === 'update') return [];
	return [operation === 'add' ? 'required' : 'required for new records'];
}

/** An owner is marked as required, but a record without one gets one (kizen/builder-cli, tested live). */
function isNeeded({ required, name, isDefault }: Field): boolean {
	return required && !(isDefault && name === 'owner');
}

function isOneMember({ type, multiple }: Field): boolean {
	return type === 'team_selector' && !multiple;
}

/** By email, which two people never share. A user who may not see the team gets a text field. */
async function teamOptions(kizen: Kizen): Promise<INodePropertyOptions[]> {
	const options: INodePropertyOptions[] = [];
	try {
		for await (const page of searchTeam(kizen, '')) {
			for (const person of page) {
				if (typeof person.email !== 'string') continue;
				const name = fullName(person) || String(person.display_name ?? '');
				options.push({ name: `${name} (${person.email})`, value: person.email });
			}
			if (options.length >= MAX_TEAM_OPTIONS) break;
		}
	} catch {
		return [];
	}
	return options.slice(0, MAX_TEAM_OPTIONS);
}

/** As many as a drop-down shows usefully. */
const MAX_TEAM_OPTIONS = 200;
