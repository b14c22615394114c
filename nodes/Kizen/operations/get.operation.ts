import { READ_OUTPUT, record, RUN_OPTIONS } from '../description';
import { chosenRecords, labelOf, outputFormOf, readRecord, recordIdOf } from '../records';
import type { Operation } from './operation';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	description: 'Get one record with its fields',
	action: 'Get record',
	outputs: ['found', 'failed'],
	options: RUN_OPTIONS,
	parameters: [record, ...READ_OUTPUT],
	async prepare(item, session) {
		const records = await chosenRecords(item, session);
		const choice = readRecord(item);
		const form = outputFormOf(item, records.schema);
		return {
			label: labelOf(choice),
			send: async () => {
				const id = await recordIdOf(records, choice);
				const found = await records.get(id, form.selection);
				return { action: 'found', items: [form.item(found, 'found')] };
			},
		};
	},
};
