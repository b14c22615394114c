import { NodeApiError, NodeOperationError, type Failure, type INode } from 'n8n-workflow';

import { isTemporary, ProblemError, type Problem } from './problem';

/**
 * A problem as the error that stops the node. `[item n]` counts from 0 and is written as n8n writes
 * it, which adds it to every message that lacks it.
 */
export function nodeError(node: INode, problem: Problem, itemIndex?: number): Error {
	const { httpCode, code } = problem;
	const message = sentence(problem, itemIndex);
	const options = {
		message,
		// n8n shows descriptions as HTML.
		description: escapeHtml(described(problem)),
		...(itemIndex !== undefined && { itemIndex }),
		...failureOf(problem),
	};
	const error =
		httpCode === undefined && code === undefined
			? new NodeOperationError(node, message, options)
			: new NodeApiError(node, {}, { ...options, httpCode: String(httpCode ?? code) });
	// n8n replaces messages in which it finds the name of a network code, even inside a word of the
	// user's ("impermeable" holds EPERM); these are written for the user already.
	error.message = message;
	return error;
}

function failureOf({ cause, retryAfterMs }: Problem): { failure?: Failure } {
	if (cause === undefined) return {};
	if (isTemporary(cause)) {
		return { failure: { cause, ...(retryAfterMs !== undefined && { retryAfterMs }) } };
	}
	return { failure: { cause } };
}

/**
 * Returns the message of a problem, with the row that it is about, as every output shows it.
 *
 * @param maxLength what is longer loses the end of its message, whole sentences first; the row and
 * its number stay
 */
export function sentence(
	{ message, row }: Problem,
	itemIndex?: number,
	maxLength = Infinity,
): string {
	const isNamed = row === undefined || message.includes(`"${row}"`);
	const name = isNamed ? '' : ` (${row})`;
	const end = itemIndex === undefined ? '' : ` [item ${itemIndex}]`;
	const room = maxLength - name.length - end.length;
	return `${message.length > room ? firstSentences(message, room) : message}${name}${end}`;
}

/** As many sentences as there is room for, or as many words if there is none for the first one. */
function firstSentences(text: string, maxLength: number): string {
	const sentences = [...text.matchAll(/\.(?= )/g)]
		.map(({ index }) => text.slice(0, index + 1))
		// A point between quotation marks belongs to a name.
		.filter((some) => some.length <= maxLength && some.split('"').length % 2 === 1);
	return sentences.at(-1) ?? shorten(text, maxLength);
}

/** Returns a text that is not longer than `maxLength`, cut between two words if there are any. */
export function shorten(text: string, maxLength: number): string {
	if (text.length <= maxLength) return text;
	const cut = text.slice(0, maxLength - 1);
	const lastSpace = cut.lastIndexOf(' ');
	// Half of a character that takes two code units is none.
	const words =
		lastSpace > maxLength / 2 ? cut.slice(0, lastSpace) : cut.replace(/[\uD800-\uDBFF]$/, '');
	return `${words}…`;
}

/** The remedy, with what Kizen's support asks for. */
export function described({ remedy, requestId }: Problem): string {
	return requestId === undefined ? remedy : `${remedy} Request ID: ${requestId}.`;
}

/** Whatever was thrown, as a problem: ours as they are, others in their own words. */
export function problemOf(thrown: unknown): Problem {
	if (thrown instanceof ProblemError) return thrown.problem;
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	const description =
		thrown instanceof Error && 'description' in thrown && typeof thrown.description === 'string'
			? thrown.description
			: undefined;
	return {
		message,
		remedy: description ?? 'Check the parameters of the node for this item.',
	};
}

/** For texts that n8n shows as HTML. */
export function escapeHtml(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
