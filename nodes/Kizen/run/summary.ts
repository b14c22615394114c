import type { NodeExecutionHint } from 'n8n-workflow';

import type { Action, Outcome } from '../outcome/outcome';

const ORDER: Action[] = ['created', 'updated', 'unarchived', 'conflict', 'failed'];

/** What the run did, in one line, and what it left out. */
export function summarize(
	outcomes: Array<Outcome | undefined>,
	waited: { rateLimitedMs: number; retries: number },
	ignored: Set<string>,
): NodeExecutionHint[] {
	const counts = new Map<Action, number>();
	for (const outcome of outcomes) {
		if (outcome) counts.set(outcome.action, (counts.get(outcome.action) ?? 0) + 1);
	}
	const parts = ORDER.flatMap((action) => {
		const count = counts.get(action);
		if (count === undefined) return [];
		return [`${count} ${action === 'conflict' && count > 1 ? 'conflicts' : action}`];
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
	return hints;
}
