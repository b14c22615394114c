import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { project } from '../sandbox/n8n/sandbox';

const DOCUMENT = join(project, 'docs', 'benchmarks.md');

/** Exchanges the part of docs/benchmarks.md that a program writes; what people wrote stays. */
export function writeDocument(part: 'measured' | 'simulated', text: string): void {
	const command = { measured: 'npm run bench', simulated: 'npm run simulate' }[part];
	const begin = `<!-- ${part}: written by ${command} -->`;
	const end = `<!-- end of what was ${part} -->`;
	const [before, rest] = readFileSync(DOCUMENT, 'utf8').split(begin);
	const after = rest?.split(end)[1];
	if (after === undefined) throw new Error(`${DOCUMENT} has no lines "${begin}" and "${end}".`);
	writeFileSync(DOCUMENT, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}
