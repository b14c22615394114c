import type { ArchivedChoice, UpdateChoice } from '../kizen';
import { choice, type Choice } from './read';

const REPORT = {
	name: 'Report a Conflict',
	value: 'prompt',
	description:
		'Nothing is written. With Separate Output per Action, the item goes to the Conflict output. Otherwise it fails.',
} as const;

/** Describes what to do when a new record meets an archived one of the same name or email. */
export function ifArchivedMatches(
	parameter: Pick<Choice<ArchivedChoice>, 'displayName' | 'name' | 'description'>,
): Choice<ArchivedChoice> {
	return choice({
		...parameter,
		type: 'options',
		options: [
			REPORT,
			{
				name: 'Unarchive It',
				value: 'unarchive',
				description: 'Bring the archived record back and write the values of this row to it',
			},
			{
				name: 'Overwrite It',
				value: 'overwrite',
				description:
					'Create a new record. The archived one stays archived and loses its name or email.',
			},
		],
		default: 'prompt',
	});
}

/** Describes what to do when an update gives a name or email that an archived record has. */
export function ifArchivedHoldsName(
	parameter: Pick<Choice<UpdateChoice>, 'displayName' | 'name'>,
): Choice<UpdateChoice> {
	return choice({
		...parameter,
		type: 'options',
		description:
			'What to do when the update gives the record a name (for contacts: an email) that an archived record has',
		options: [
			REPORT,
			{
				name: 'Overwrite It',
				value: 'overwrite',
				description: 'Make the update. The archived record loses its name or email.',
			},
		],
		default: 'prompt',
	});
}
