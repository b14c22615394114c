import type {
	ILoadOptionsFunctions,
	INodePropertyOptions,
	NodeApiError,
	NodeOperationError,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import type { Kizen } from '../kizen/client';
import { isObject } from '../kizen/response';
import { readObject } from '../kizen/objects';
import { fullName, searchTeam } from '../kizen/people';
import { columnLabel, editorType, writableFields, type Field } from '../fields';
import { escapeHtml } from '../outcome/nodeError';
import { chosenObject } from './chosenObject';
import { editorKizen } from './editorKizen';

const NOTHING_CHOSEN =
	"Choose an object under 'Object' to see its fields. If it is an expression, choose Map Automatically, or set 'Specify Fields' to JSON.";
const NOTHING_TO_WRITE =
	"Kizen shows no field of this object that may be written with the credential's API key.";

/** The columns of Fields: what the chosen object lets be written, identifier first. */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const identifier = chosenObject(this);
	if (identifier === undefined) return { fields: [], emptyFieldsNotice: NOTHING_CHOSEN };
	const columns = editorKizen(this, async (kizen) => {
		const schema = await readObject(kizen, { identifier }, { categories: true });
		const writable = writableFields(schema);
		const owners = writable.some(isOneMember) ? await teamOptions(kizen) : [];
		const fields = writable.map((field) => ({
			...columnOf(field),
			removed: !(field.required || field.id === schema.identifier?.id),
			...(isOneMember(field) && owners.length > 0 && { type: 'options' as const, options: owners }),
		}));
		return fields.length > 0 ? { fields } : { fields, emptyFieldsNotice: NOTHING_TO_WRITE };
	});
	// n8n's mapper does not show why a list could not be read, but it shows a notice. It would take a
	// notice for an empty list, though, and so drop fields that were mapped before.
	return await columns.catch((refused: NodeApiError | NodeOperationError) => {
		if (hasMappedFields(this)) throw refused;
		const { message, description } = refused;
		return { fields: [], emptyFieldsNotice: `${escapeHtml(message)}. ${description ?? ''}` };
	});
}

function hasMappedFields(context: ILoadOptionsFunctions): boolean {
	const mapper = context.getCurrentNodeParameter('fields');
	return (
		isObject(mapper) &&
		'schema' in mapper &&
		Array.isArray(mapper.schema) &&
		mapper.schema.length > 0
	);
}

function columnOf(field: Field): ResourceMapperField {
	const { type, options } = editorType(field);
	return {
		id: field.name,
		displayName: columnLabel(field),
		type,
		...(options && { options }),
		// n8n would not let an Upsert run without a required field, though an update needs none.
		required: false,
		defaultMatch: false,
		display: true,
		// Nothing is written that the user did not say; n8n would fill switches in with false.
		defaultValue: null,
	};
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
