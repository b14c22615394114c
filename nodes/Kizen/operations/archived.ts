import type { INodePropertyOptions } from 'n8n-workflow';

import { oneOf } from './choices';
import type { Item } from './operation';

/** The three answers to "an archived record matches": the same words in every operation. */
export const ARCHIVED_CHOICES: INodePropertyOptions[] = [
	{
		name: 'Report a Conflict',
		value: 'prompt',
		description: 'Nothing is written, and the item says so',
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

const TITLES = Object.fromEntries(ARCHIVED_CHOICES.map(({ name, value }) => [value, name]));

/** @throws Refused unless the parameter holds one of {@link ARCHIVED_CHOICES} */
export function archivedChoice(item: Item, name: string, label: string): string {
	return oneOf(item, name, label, TITLES, 'prompt');
}
