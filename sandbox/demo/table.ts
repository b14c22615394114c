import type { Outcome } from './outcomes';
import type { Sent } from './trigger';

const NARROWEST = 30;

/** A line for each row: what became of it. */
export function outcomesTable(outcomes: Outcome[], width: number): string {
	const lines = outcomes.map(({ row, action, id, name, problem }, index) => [
		String(index + 1),
		action,
		row.Email ?? '',
		id ? record({ id, name }) : '–',
		problem ?? '',
	]);
	return table(['Row', 'Action', 'Contact', 'Record', 'What went wrong'], lines, width);
}

/** A line for each item that the trigger sent, and what became of the row that caused it. */
export function sentTable(sent: Sent[], outcomes: Outcome[], width: number): string {
	const lines = sent.map(({ id, action, email, name }, index) => {
		const row = outcomes.findIndex((outcome) => outcome.id === id);
		const cause = row < 0 ? '–' : `row ${row + 1}, ${outcomes[row].action}`;
		return [String(index + 1), action, email, record({ id, name }), cause];
	});
	return table(['Item', 'Action', 'Contact', 'Record', 'Because of'], lines, width);
}

function record({ id, name = '' }: { id: string; name?: string }): string {
	return `${name} (${id.slice(0, 8)}…)`;
}

/** Cells as text: the last one of each line is wrapped to fit `width` characters. */
function table(headings: string[], cells: string[][], width: number): string {
	const fixed = [0, 1, 2, 3].map((column) =>
		Math.max(...[headings, ...cells].map((line) => line[column].length)),
	);
	const last = Math.max(NARROWEST, width - fixed.reduce((sum, size) => sum + size + 2, 0));
	const line = (texts: string[]) =>
		texts
			.map((text, column) => text.padEnd(fixed[column] ?? 0))
			.join('  ')
			.trimEnd();
	const indent = line(fixed.map(() => '')).padEnd(fixed.reduce((sum, size) => sum + size + 2, 0));
	const body = cells.map((texts) => {
		const [first, ...rest] = wrap(texts[4], last);
		return [line([...texts.slice(0, 4), first]), ...rest.map((text) => indent + text)].join('\n');
	});
	const rule = fixed.map((size) => '─'.repeat(size)).join('──') + '──' + '─'.repeat(last);
	return [line(headings), rule, ...body].join('\n');
}

function wrap(text: string, width: number): string[] {
	const lines = [''];
	for (const word of text.split(' ')) {
		const current = lines[lines.length - 1];
		if (current === '') lines[lines.length - 1] = word;
		else if (current.length + 1 + word.length <= width) lines[lines.length - 1] += ` ${word}`;
		else lines.push(word);
	}
	return lines;
}
