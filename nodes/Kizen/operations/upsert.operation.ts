import { refuse } from '../outcome/problem';
import { ARCHIVED_CHOICES, archivedChoice } from './archived';
import { objectChoice, oneOf, quote } from './choices';
import type { Item, Operation } from './operation';
import { givenFields, write } from './write';

const ON_CREATE = 'If an Archived Record Matches on Create';
const ON_UPDATE = 'If an Archived Record Holds the Name on Update';

/** Kizen's own word for it, and so the name in the list as well. */
const UPSERT = 'upsert';

/** `POST /api/records/{object}/upsert` (developer.kizen.com, Create or Update Records API). */
export const upsert: Operation = {
	name: 'Upsert',
	value: UPSERT,
	description: 'Update the record with this name (for contacts: email), or create it',
	action: 'Upsert record',
	outputs: ['created', 'updated', 'unarchived', 'conflict'],
	parameters: [
		{
			displayName: 'Lookup Value',
			name: 'lookupValue',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. nathan@example.com',
			description:
				"The record's name, or for contacts the email. Kizen finds the record by it, in upper or lower case, and creates one if there is none.",
		},
		{
			displayName: ON_CREATE,
			name: 'oncreateUnarchive',
			type: 'options',
			options: ARCHIVED_CHOICES,
			default: 'prompt',
			description:
				'What to do when no active record has the lookup value, but an archived one does',
		},
		{
			displayName: ON_UPDATE,
			name: 'onupdateArchivedConflict',
			type: 'options',
			options: [
				{
					name: 'Report a Conflict',
					value: 'prompt',
					description: 'Nothing is written, and the item says so',
				},
				{
					name: 'Overwrite It',
					value: 'overwrite',
					description: 'The archived record gives up the name, and the update goes through',
				},
			],
			default: 'prompt',
			description:
				'What to do when the update would give the record a name that an archived record holds',
		},
		{
			displayName: 'Return All Fields',
			name: 'returnAllFields',
			type: 'boolean',
			default: false,
			description: 'Whether all fields of the record come out, instead of those that were written',
		},
	],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const lookupValue = readLookupValue(item, schema.isContacts);
		const given = givenFields(item);
		const onCreate = archivedChoice(item, 'oncreateUnarchive', ON_CREATE);
		const onUpdate = oneOf(
			item,
			'onupdateArchivedConflict',
			ON_UPDATE,
			{ prompt: 'Report a Conflict', overwrite: 'Overwrite It' },
			'prompt',
		);
		const all = item.parameter('returnAllFields', false);
		return {
			// Kizen compares without case (kizen/app-engine docs 05), so the order does, too.
			key: `${schema.id} ${lookupValue.toLowerCase()}`,
			send: async () =>
				await write({
					item,
					session,
					schema,
					given,
					identifier: lookupValue,
					archiveParameters: [
						...(onCreate === 'prompt' ? [ON_CREATE] : []),
						...(onUpdate === 'prompt' ? [ON_UPDATE] : []),
					],
					request: (fields) => ({
						kind: UPSERT,
						method: 'POST',
						path: ['records', schema.id, 'upsert'],
						...((all === true || all === 'true') && { query: { return_all_fields: true } }),
						body: {
							lookup_value: lookupValue,
							fields,
							oncreate_unarchive: onCreate,
							...(onUpdate === 'overwrite' && { onupdate_archived_conflict: onUpdate }),
						},
					}),
					// The Upsert page requires `action`, so its absence leaves the more careful of the two.
					actionWithout: () => 'updated',
				}),
		};
	},
};

/** Sent as it stands: Kizen's comparison is its own, and a trimmed name is another name. */
function readLookupValue(item: Item, isContacts: boolean): string {
	const value = item.parameter('lookupValue', '');
	const text = typeof value === 'number' ? String(value) : value;
	if (typeof text === 'string' && text.trim() !== '') return text;
	const what = isContacts ? "the contact's email" : "the record's name";
	if (text === '' || text === undefined || text === null || typeof text === 'string') {
		throw refuse(
			"'Lookup Value' is empty",
			`Give ${what} for every item; if it is an expression, see what it gives for this one.`,
		);
	}
	throw refuse(`'Lookup Value' can't be ${quote(value)}`, `Give ${what} as text.`);
}
