import type { INodePropertyOptions } from 'n8n-workflow';

import { oneOf } from './read';
import type { Item } from '../operations/operation';

/** The three answers to "an archived record matches": the same words in every operation. */
export const ARCHIVED_CHOICES: INodePropertyOptions[] = [
	{
		name: 'Report a Conflict',
		value: 'prompt',
		description:
			'Nothing is written; the item leaves by Conflict if outputs are separate, else it fails',
	},
	{
		name: 'Unarchive It',
		value: 'unarchive',
		description: 'The archived record comes back, with the values of this row',
	},
	{
		name: 'Overwrite It',
		value: 'overwrite',
		description: 'A new record takes its place; the archived one stays archived',
	},
];

/** The two answers to "an archived record holds the name that an update would give". */
export const UPDATE_CHOICES: INodePropertyOptions[] = [
	{
		name: 'Report a Conflict',
		value: 'prompt',
		description:
			'Nothing is written; the item leaves by Conflict if outputs are separate, else it fails',
	},
	{
		name: 'Overwrite It',
		value: 'overwrite',
		description: 'The archived record gives up the name, and the update goes through',
	},
];

const titles = (choices: INodePropertyOptions[]): Record<string, string> =>
	Object.fromEntries(choices.map(({ name, value }) => [value, name]));

/** @throws Refused unless the parameter holds one of {@link ARCHIVED_CHOICES} */
export function archivedChoice(item: Item, name: string, label: string): string {
	return oneOf(item, name, label, titles(ARCHIVED_CHOICES), 'prompt');
}

/** @throws Refused unless the parameter holds one of {@link UPDATE_CHOICES} */
export function updateChoice(item: Item, name: string, label: string): string {
	return oneOf(item, name, label, titles(UPDATE_CHOICES), 'prompt');
}
