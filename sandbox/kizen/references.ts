import { ValueError } from './errors';

/** How a write may name an option, a record, a member or a file: "<id>", {id} or {name}. */
export type Shape = 'bare' | 'id' | 'name';

export type Reference = { by: 'id' | 'name'; text: string };

/**
 * Reads a reference out of a written value. Throws Refused when its shape is not accepted, with
 * the words of the framework underneath: Kizen's docs call them misleading.
 */
export function referenceIn(value: unknown, accepted: readonly Shape[]): Reference {
	if (typeof value === 'string') {
		if (accepted.includes('bare')) return { by: 'id', text: value };
		throw invalid('Invalid data. Expected a dictionary, but got str.');
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw invalid('Not a valid string.');
	}
	const { id, name } = value as { id?: unknown; name?: unknown };
	if (typeof id === 'string' && accepted.includes('id')) return { by: 'id', text: id };
	if (typeof name === 'string' && accepted.includes('name')) return { by: 'name', text: name };
	throw invalid('Not a valid string.');
}

function invalid(message: string): ValueError {
	return new ValueError({ message, code: 'invalid' });
}
