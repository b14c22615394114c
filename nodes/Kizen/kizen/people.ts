import type { IDataObject } from 'n8n-workflow';

import type { Kizen } from './client';
import { pagesOf } from './read';

/**
 * Reads the members of the team whose name or email contains a text, as Kizen sends them: `id`,
 * `email`, `first_name`, `last_name`, `display_name` (`GET /api/team/typeahead`,
 * kizen/kizen-admin-cli team.md).
 *
 * @param text the empty text finds everybody
 * @throws ProblemError
 */
export function searchTeam(kizen: Kizen, text: string): AsyncGenerator<IDataObject[]> {
	const request = { path: ['team', 'typeahead'], query: { search: text } };
	return pagesOf(kizen, request, { object: 'team' });
}
