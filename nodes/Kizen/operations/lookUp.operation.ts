import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../kizen/response';
import { rowsOf } from '../kizen/objects';
import type { Outcome } from '../outcome/outcome';
import { refuse, Refused } from '../outcome/problem';
import { explain } from '../kizen/errors';
import { RUN_OPTIONS } from '../description/parameters';
import { objectChoice, oneOf, quote } from '../description/read';
import { givenLookupValue, lookupValueParameter } from '../records/lookupValue';
import type { Operation, Session } from './operation';
import { fieldsQuery, readingOf, type Reading } from '../records/reading';
import type { ObjectSchema } from '../fields';

const IF_NONE = 'If None Is Found';
const IF_NONE_TITLES = {
	fail: 'Fail the Item',
	nothing: 'Return Nothing',
	notFound: 'Report Not Found',
};

/**
 * `GET /api/records/{object}/lookup` (kizen/app-engine docs 05). What comes out has `found: true`, so
 * that one condition serves whatever is chosen for records that are not there.
 */
export const lookUp: Operation = {
	name: 'Look Up',
	value: 'lookUp',
	description: 'Read the record with exactly this name (for contacts: email)',
	action: 'Look up record',
	outputs: ['found', 'notFound', 'failed'],
	shares: ['readOutput'],
	options: RUN_OPTIONS,
	parameters: [
		lookupValueParameter(
			"The record's name, or for contacts the email, to the letter: Look Up tells upper from lower case, while Upsert does not. To find records by a part of the name, use Search.",
		),
		{
			displayName: IF_NONE,
			name: 'ifNotFound',
			type: 'options',
			options: [
				{
					name: IF_NONE_TITLES.fail,
					value: 'fail',
					description: 'The item fails, and On Error decides whether the workflow stops',
				},
				{
					name: IF_NONE_TITLES.nothing,
					value: 'nothing',
					description: 'No item comes out for this one',
				},
				{
					name: IF_NONE_TITLES.notFound,
					value: 'notFound',
					description: 'An item with found: false and the lookup value comes out',
				},
			],
			default: 'fail',
			description: 'What to do when no active record has the lookup value',
		},
	],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const lookupValue = givenLookupValue(item, schema);
		const ifNone = oneOf(item, 'ifNotFound', IF_NONE, IF_NONE_TITLES, 'fail');
		const reading = readingOf(item, schema);
		return {
			key: undefined,
			send: async () => {
				const answer = await find(session, schema, lookupValue, reading);
				if (answer) return { action: 'found', items: [{ found: true, ...reading.json(answer) }] };
				return none(schema, lookupValue, ifNone);
			},
		};
	},
};

/** Kizen answers with the record or with a page that holds it; sources show neither for certain. */
async function find(
	session: Session,
	schema: ObjectSchema,
	lookupValue: string,
	reading: Reading,
): Promise<IDataObject | undefined> {
	const { answer, gaveUpAfterMs } = await session.kizen.send({
		kind: 'read',
		method: 'GET',
		path: ['records', schema.id, 'lookup'],
		query: { identifier: lookupValue, ...fieldsQuery(reading) },
	});
	if (answer.accepted) {
		const isPage = Array.isArray(answer.body) || Array.isArray(answer.body.results);
		return isPage ? rowsOf(answer.body).find(isObject) : asObject(answer.body);
	}
	if (answer.kind === 'refused' && answer.status === 404) return undefined;
	throw new Refused(
		explain(answer, {
			base: session.kizen.base,
			object: schema.label,
			sent: [],
			reading: 'record',
			gaveUpAfterMs,
		}),
	);
}

function asObject(body: unknown): IDataObject | undefined {
	return isObject(body) ? body : undefined;
}

function none(schema: ObjectSchema, lookupValue: string, ifNone: string): Outcome {
	if (ifNone === 'nothing') return { action: 'notFound', items: [] };
	if (ifNone === 'notFound') return { action: 'notFound', items: [{ found: false, lookupValue }] };
	const what = schema.isContacts ? 'email' : 'name';
	throw refuse(
		`"${schema.label}" has no record with the ${what} ${quote(lookupValue)}`,
		`Look Up compares to the letter, upper and lower case included, and finds neither archived records nor those the API key may not see. Choose under '${IF_NONE}' what happens then.`,
	);
}
