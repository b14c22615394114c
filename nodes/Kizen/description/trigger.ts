import type { INodeProperties } from 'n8n-workflow';

import { options, timeout } from './options';
import { object, readOutput, selectedFields } from './parameters';
import { choice } from './read';
import { combine, conditions, segment } from './search';

/** What the user sees of Kizen Trigger. */

export const event = choice({
	displayName: 'Event',
	name: 'event',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Record Created',
			value: 'created',
			description: 'When a record is added, also by an import',
		},
		{
			name: 'Record Created or Updated',
			value: 'createdOrUpdated',
			description: 'When a record is added, and whenever it changes',
		},
		{
			name: 'Record Updated',
			value: 'updated',
			description: 'Whenever a record changes after it was added',
		},
	],
	default: 'created',
	description: 'What starts the workflow',
});

const loopNotice: INodeProperties = {
	displayName:
		'If this workflow changes the record that started it, the change starts it again. To prevent this, add a condition that the record no longer meets afterwards, such as "Synced: Is: no".',
	name: 'loopNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { event: ['createdOrUpdated', 'updated'] } },
};

export const maxRecordsPerRun: INodeProperties = {
	displayName: 'Most Records per Run',
	name: 'maxRecordsPerRun',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 10_000 },
	default: 1000,
	description: 'The most records that one execution receives. The rest come with the next polls.',
};

/** Describes every parameter of the trigger, in the order in which they are shown. */
export const TRIGGER_PROPERTIES: INodeProperties[] = [
	event,
	loopNotice,
	object,
	{
		...conditions,
		description:
			'Only records that match when n8n reads them, at the next poll. Leave empty for all.',
	},
	combine,
	readOutput,
	selectedFields,
	options([maxRecordsPerRun, segment, timeout]),
];
