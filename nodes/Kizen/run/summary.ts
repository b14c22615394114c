import type { NodeExecutionHint } from 'n8n-workflow';

import { escapeHtml, sentence } from '../outcome/nodeError';
import { ACTIONS, isDone, type Outcome } from '../outcome/outcome';

/** What the run did, in one line, and what it left out. n8n shows hints as HTML. */
export function summarize(
	outcomes: Array<Outcome | undefined>,
	waited: { rateLimitedMs: number; retries: number },
	ignored: Set<string>,
): NodeExecutionHint[] {
	const counts = new Map<string, number>();
	for (const outcome of outcomes) {
		if (!outcome) continue;
		const { action } = outcome;
		// A search finds any number of records; everything else happens once an item.
		const times = action === 'found' ? outcome.items.length : 1;
		counts.set(action, (counts.get(action) ?? 0) + times);
	}
	const parts = Object.entries(ACTIONS).flatMap(([action, { one, several }]) => {
		const count = counts.get(action);
		return count === undefined ? [] : [`${count} ${count === 1 ? one : several}`];
	});
	const waits = [
		...(waited.rateLimitedMs >= 500
			? [`Waited ${Math.round(waited.rateLimitedMs / 1000) || 1} s for Kizen's rate limit.`]
			: []),
		...(waited.retries > 0
			? [`Sent ${waited.retries} ${waited.retries === 1 ? 'request' : 'requests'} again.`]
			: []),
	];
	const hints: NodeExecutionHint[] = [];
	if (parts.length > 0) {
		hints.push({
			message: [`${parts.join(', ')}.`, ...waits].join(' '),
			type: counts.has('conflict') || counts.has('failed') ? 'warning' : 'info',
			location: 'outputPane',
		});
	}
	for (const message of reasonsIn(outcomes)) {
		hints.push({ message, type: 'warning', location: 'outputPane' });
	}
	for (const note of notesOf(outcomes)) {
		hints.push({ message: `${note}.`, type: 'warning', location: 'outputPane' });
	}
	if (ignored.size > 0) {
		const names = [...ignored].map((name) => `"${name}"`);
		const shown = names.slice(0, 10).join(', ');
		const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
		hints.push({
			message: `Not written, because Kizen has no such field or does not let it be written: ${shown}${more}.`,
			type: 'info',
			location: 'outputPane',
		});
	}
	return hints.map((hint) => ({ ...hint, message: escapeHtml(hint.message) }));
}

const MAX_REASONS = 3;

/** Why rows failed: the first reasons, each once, with the first row that it met. */
function reasonsIn(outcomes: Array<Outcome | undefined>): string[] {
	const reasons = new Map<string, string>();
	outcomes.forEach((outcome, index) => {
		if (outcome?.action !== 'failed') return;
		const { problem } = outcome;
		if (!reasons.has(problem.message)) reasons.set(problem.message, sentence(problem, index));
	});
	const more = reasons.size - MAX_REASONS;
	return [...reasons.values()]
		.slice(0, MAX_REASONS)
		.map((reason, n) =>
			n === MAX_REASONS - 1 && more > 0
				? `${reason}, and ${more} more ${more === 1 ? 'reason' : 'reasons'}`
				: reason,
		);
}

/** What items say about how they came out, each text once. */
function notesOf(outcomes: Array<Outcome | undefined>): Set<string> {
	const notes = new Set<string>();
	for (const outcome of outcomes) {
		if (!outcome || !isDone(outcome) || outcome.action === 'found') continue;
		for (const { note } of outcome.items) if (typeof note === 'string') notes.add(note);
	}
	return notes;
}
