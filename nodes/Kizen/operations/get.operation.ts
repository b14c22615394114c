import { ask } from '../kizen/objects';
import { RUN_OPTIONS } from '../description/parameters';
import { objectChoice } from '../description/read';
import type { Operation } from './operation';
import { fieldsQuery, readingOf } from '../records/reading';
import { givenRecordId, record } from '../records/recordId';

/** `GET /api/records/{object}/{id}` (kizen/app-engine docs 05). */
export const get: Operation = {
	name: 'Get',
	value: 'get',
	description: 'Read one record by its ID',
	action: 'Get record',
	outputs: ['found'],
	shares: ['readOutput'],
	options: RUN_OPTIONS,
	parameters: [record],
	async prepare(item, session) {
		const schema = await session.schemaOf(objectChoice(item));
		const recordId = givenRecordId(item);
		const reading = readingOf(item, schema);
		return {
			key: undefined,
			send: async () => {
				const answer = await ask(
					session.kizen,
					{ path: ['records', schema.id, recordId], query: fieldsQuery(reading) },
					schema.label,
					{ record: recordId, reading: 'record' },
				);
				return { action: 'found', items: [reading.json(answer)] };
			},
		};
	},
};
