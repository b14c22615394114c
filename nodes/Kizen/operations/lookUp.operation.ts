import { choice, choiceOf, lookupValue, quote, READ_OUTPUT, RUN_OPTIONS } from '../description';
import type { ObjectSchema } from '../fields';
import { ProblemError, type Outcome } from '../outcome';
import { chosenRecords, lookUpRecord, outputFormOf, readLookupValue } from '../records';
import type { Operation } from './operation';

const ifNotFound = choice({
	displayName: 'If No Record Is Found',
	name: 'ifNotFound',
	type: 'options',
	options: [
		{
			name: 'Fail the Item',
			value: 'fail',
			description: 'The item fails. On Error in the settings says what happens then.',
		},
		{
			name: 'Return Nothing',
			value: 'nothing',
			description: 'Output no item',
		},
		{
			name: 'Report Not Found',
			value: 'notFound',
			description: 'Output one item with the action notFound and the lookup value',
		},
	],
	default: 'fail',
	description: 'What to do when no active record has the lookup value',
});

export const lookUp: Operation = {
	name: 'Look Up',
	value: 'lookUp',
	description: 'Find one record by its name (contacts: email)',
	action: 'Look up record',
	outputs: ['found', 'notFound', 'failed'],
	options: RUN_OPTIONS,
	parameters: [
		lookupValue(
			"The record's name, or for contacts the email, in upper or lower case. To find records by a part of the name, use Search.",
		),
		ifNotFound,
		...READ_OUTPUT,
	],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const identifier = readLookupValue(item, records.schema);
		const ifNone = choiceOf(item, ifNotFound);
		const form = outputFormOf(item, records.schema);
		return {
			label: identifier,
			send: async () => {
				const found = await lookUpRecord(records, identifier, form.selection);
				if (found) return { action: 'found', items: [form.item(found, 'found')] };
				if (ifNone === 'fail') throw notFound(records.schema, identifier);
				const { name: object, identifierName } = records.schema;
				// What it was looked up by is returned as such, so that Add takes the item as it is.
				const notFoundItem = { action: 'notFound', object, [identifierName]: identifier };
				const items = ifNone === 'nothing' ? [] : [notFoundItem];
				return { action: 'notFound', items } satisfies Outcome;
			},
		};
	},
};

function notFound({ label, identifierName }: ObjectSchema, identifier: string) {
	return new ProblemError(
		`"${label}" has no record with the ${identifierName} ${quote(identifier)}`,
		`Look Up finds neither archived records nor those that the credential's user may not see. Choose under '${ifNotFound.displayName}' what happens then.`,
	);
}
