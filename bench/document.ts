import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { project } from '../sandbox/n8n/sandbox';

/** The parts of the documentation that a program writes. */
const PARTS = {
	measured: { page: 'benchmarks.md', command: 'npm run bench' },
	simulated: { page: 'benchmarks.md', command: 'npm run simulate' },
	soaked: { page: 'when-a-record-changes.md', command: 'npm run soak' },
};

/** Exchanges the part of a page that a program writes; what people wrote stays. */
export function writeDocument(part: keyof typeof PARTS, text: string): void {
	const { page, command } = PARTS[part];
	const file = join(project, 'docs', page);
	const begin = `<!-- ${part}: written by ${command} -->`;
	const end = `<!-- end of what was ${part} -->`;
	const [before, rest] = readFileSync(file, 'utf8').split(begin);
	const after = rest?.split(end)[1];
	if (after === undefined) throw new Error(`${file} has no lines "${begin}" and "${end}".`);
	writeFileSync(file, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}
