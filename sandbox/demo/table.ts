import type { Outcome } from './outcomes';

const HEADINGS = ['Row', 'Action', 'Contact', 'Record', 'What went wrong'];
const NARROWEST = 30;

/** The outcomes as text: a line for each row, what went wrong wrapped to fit `width` characters. */
export function table(outcomes: Outcome[], width: number): string {
	const cells = outcomes.map(({ row, action, id, name, problem }, index) => [
		String(index + 1),
		action,
		row.Email ?? '',
		id ? `${name ?? ''} (${id.slice(0, 8)}…)` : '–',
		problem ?? '',
	]);
	const fixed = [0, 1, 2, 3].map((column) =>
		Math.max(...[HEADINGS, ...cells].map((line) => line[column].length)),
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
	return [line(HEADINGS), rule, ...body].join('\n');
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
