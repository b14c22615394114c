import type { NodeExecutionHint } from 'n8n-workflow';

import { ACTIONS, escapeHtml, isDone, sentence, shorten, type Outcome } from '../outcome';

/** n8n's guidelines for hints. */
const MAX_LENGTH = 120;
const MAX_REASONS = 3;
const MAX_LISTS = 3;
const MAX_NAME = 40;

/**
 * What the run did, why rows failed, and what it left out, in short hints: n8n shows them above the
 * items. Whatever does not fit is in the items.
 */
export function summarize(
	outcomes: Array<Outcome | undefined>,
	waited: { rateLimitedMs: number; retries: number },
	ignored: Set<string>,
): NodeExecutionHint[] {
	const counts = countsOf(outcomes);
	const reasons = reasonsIn(outcomes);
	const summary = [...sumOf(counts), ...waitsOf(waited)];
	if (reasons.length > MAX_REASONS) {
		summary.push(`The first ${MAX_REASONS} of ${reasons.length} reasons:`);
	}
	const hasProblems = counts.has('conflict') || counts.has('failed');
	return [
		...packed(summary).map((text) => hint(text, hasProblems ? 'warning' : 'info')),
		...reasons.slice(0, MAX_REASONS).map((reason) => hint(reason, 'warning')),
		...[...notesOf(outcomes)].map((note) => hint(shorten(`${note}.`, MAX_LENGTH), 'warning')),
		...leftOut([...ignored]).map((text) => hint(text, 'info')),
	];
}

/** n8n shows hints as HTML. */
function hint(text: string, type: 'info' | 'warning'): NodeExecutionHint {
	return { message: escapeHtml(text), type, location: 'outputPane' };
}

function countsOf(outcomes: Array<Outcome | undefined>): Map<string, number> {
	const counts = new Map<string, number>();
	for (const outcome of outcomes) {
		if (!outcome) continue;
		const { action } = outcome;
		// A search finds any number of records; everything else happens once an item.
		const times = action === 'found' ? outcome.items.length : 1;
		counts.set(action, (counts.get(action) ?? 0) + times);
	}
	return counts;
}

/** Such as `120 created, 14 updated, 1 conflict.` */
function sumOf(counts: Map<string, number>): string[] {
	const parts = Object.entries(ACTIONS).flatMap(([action, { one, several }]) => {
		const count = counts.get(action);
		return count === undefined ? [] : [`${count} ${count === 1 ? one : several}`];
	});
	return parts.length > 0 ? [`${parts.join(', ')}.`] : [];
}

function waitsOf({ rateLimitedMs, retries }: { rateLimitedMs: number; retries: number }): string[] {
	return [
		...(rateLimitedMs >= 500
			? [`Waited ${Math.round(rateLimitedMs / 1000) || 1} s for Kizen's rate limit.`]
			: []),
		...(retries > 0 ? [`Sent ${retries} ${retries === 1 ? 'request' : 'requests'} again.`] : []),
	];
}

/** Puts as many sentences into one hint as it may hold. */
function packed(sentences: string[]): string[] {
	const hints: string[] = [];
	for (const one of sentences) {
		const longer = [...hints.slice(-1), one].join(' ');
		if (longer.length <= MAX_LENGTH) hints.splice(-1, 1, longer);
		else hints.push(one);
	}
	return hints;
}

/** Names the columns that were not written, in at most three hints, and says how many more there are. */
function leftOut(names: string[]): string[] {
	if (names.length === 0) return [];
	const hints: string[] = [];
	let shown = 0;
	let line = 'Left out (Kizen has no such field, or it is read-only):';
	for (const name of names) {
		const quoted = `"${shorten(name, MAX_NAME)}"`;
		const longer = `${line}${line.endsWith(':') ? '' : ','} ${quoted}`;
		const fits = longer.length + ' and 99999 more.'.length <= MAX_LENGTH;
		if (!fits && hints.length === MAX_LISTS - 1) break;
		if (!fits) hints.push(`${line}.`);
		line = fits ? longer : `Also left out: ${quoted}`;
		shown += 1;
	}
	const more = names.length - shown;
	return [...hints, `${line}${more > 0 ? ` and ${more} more` : ''}.`];
}

/** Why rows failed: each reason once, with the first row that it met. */
function reasonsIn(outcomes: Array<Outcome | undefined>): string[] {
	const reasons = new Map<string, string>();
	outcomes.forEach((outcome, index) => {
		if (outcome?.action !== 'failed') return;
		const { problem } = outcome;
		if (!reasons.has(problem.message)) {
			reasons.set(problem.message, sentence(problem, index, MAX_LENGTH));
		}
	});
	return [...reasons.values()];
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
