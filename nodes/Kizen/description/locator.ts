import type { INodeProperties } from 'n8n-workflow';

import { fold, listed, nearest } from '../fields';
import { ProblemError } from '../outcome';
import { empty, locatorValue, notAllowed, quote } from './read';

/**
 * Things that Kizen lists by ID and name, such as stages, chosen from a list, by name or by ID: one
 * manner of asking for them, and one of finding what was meant.
 */

/** Modes of a resource locator; `sample` is a name as an example. */
export function byListNameOrId(
	searchListMethod: string,
	sample: string,
): Pick<INodeProperties, 'modes'> {
	return {
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: `e.g. ${sample}` },
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 1d3f7886-8542-4e5c-833e-4023e2d3a8e2',
			},
		],
	};
}

/** Tells whether a locator holds something. */
export function isGiven(given: unknown): boolean {
	const value = locatorValue(given);
	return value !== undefined && value !== null && value !== '';
}

/**
 * The one that is meant: by ID, or by name in whatever case.
 *
 * @param label display name of the parameter
 * @param what what is looked for and where, as in `stage of "Deals"`
 * @throws ProblemError
 */
export function findNamed<T extends { id: string; name: string }>(
	named: T[],
	given: unknown,
	{ label, what }: { label: string; what: string },
): T {
	const value = locatorValue(given);
	const text = typeof value === 'string' || typeof value === 'number' ? `${value}`.trim() : '';
	if (text === '' && isGiven(given) && typeof value !== 'string') {
		throw notAllowed(label, value, `Enter the name of a ${what}.`);
	}
	if (text === '') {
		throw empty(label, `Choose a ${what} under '${label}'.`);
	}
	const fits = [
		named.filter(({ id }) => id === text.toLowerCase() || id === text),
		named.filter(({ name }) => name === text),
		named.filter(({ name }) => fold(name) === fold(text)),
	].find((some) => some.length > 0);
	const [fit, ...others] = fits ?? [];
	if (fit !== undefined && others.length === 0) return fit;
	if (fit !== undefined) {
		throw new ProblemError(
			`More than one ${what} is called ${quote(text)}`,
			`Choose the one you mean under '${label}' with From List, or rename one of them in Kizen.`,
		);
	}
	const near = nearest(text, named, ({ name }) => [name]);
	throw new ProblemError(
		`${quote(text)} is not a ${what}${near ? `. Did you mean "${near.name}"?` : ''}`,
		named.length > 0
			? `Choose one under '${label}': ${listed(named.map(({ name }) => name))}.`
			: `Kizen has none that the credential's user can see.`,
	);
}
