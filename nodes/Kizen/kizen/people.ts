import { isObject } from './response';
import type { Kizen } from './client';
import { ask, rowsOf } from './objects';

export interface TeamMember {
	name: string;
	email: string;
}

const MOST = 200;

/**
 * The people who can own records, as many as fit into a drop-down.
 *
 * @throws Refused
 */
export async function listTeam(kizen: Kizen): Promise<TeamMember[]> {
	const body = await ask(
		kizen,
		{ path: ['team', 'typeahead'], query: { search: '', page_size: MOST } },
		'team',
	);
	return rowsOf(body).flatMap((member) => {
		if (!isObject(member) || typeof member.email !== 'string') return [];
		const name = [member.first_name, member.last_name].filter(Boolean).join(' ');
		return [{ name: name || String(member.display_name ?? ''), email: member.email }];
	});
}
