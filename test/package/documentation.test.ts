import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { EXAMPLES } from '../../sandbox/n8n/example';

/** The pages that people read, held against what is there. */

const root = join(__dirname, '..', '..');
const filesIn = (folder: string, ending: string) =>
	readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith(ending))
		.map((entry) => join(entry.parentPath, entry.name));

const pages = [
	...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].map((name) =>
		join(root, name),
	),
	...filesIn('docs', '.md'),
];
const textOf = (file: string) => readFileSync(file, 'utf8');

/** What a page links to in this repository, its pictures included. */
function links(page: string): string[] {
	return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, target]) => target.split('#')[0])
		.filter((target) => target !== '' && !/^[a-z]+:/.test(target))
		.map((target) => join(dirname(page), target));
}

describe('The pages', () => {
	it.each(pages.map((page) => [relative(root, page), page]))(
		'%s links to what exists',
		(_, page) => {
			expect(links(page).filter((target) => !existsSync(target))).toEqual([]);
		},
	);

	it('between them show every picture and every example, and are all found from the README', () => {
		const readme = join(root, 'README.md');
		const found = new Set([readme]);
		for (const page of found) {
			for (const target of links(page)) {
				if (target.endsWith('.md')) found.add(target);
			}
		}
		expect(pages.filter((page) => !found.has(page)).map((page) => relative(root, page))).toEqual(
			[],
		);
		const shown = new Set(pages.flatMap(links));
		const wanted = [
			...filesIn('docs/images', '.png'),
			...EXAMPLES.map((file) => join(root, 'examples', file)),
		];
		expect(wanted.filter((file) => !shown.has(file))).toEqual([]);
	});
});

describe('The troubleshooting page', () => {
	const sources = filesIn('nodes', '.ts').map(textOf).join('\n');
	/** Messages as the page writes them, up to the tables about n8n; parameters are named by the code. */
	const messages = textOf(join(root, 'docs', 'troubleshooting.md'))
		.split('## In n8n')[0]
		.split('\n')
		.filter((line) => line.startsWith('|') && !/^\| (Message|---)|^\|---/.test(line))
		.map((line) => line.split('|')[1].trim());

	it.each(messages)('speaks of a message that the node has: %s', (message) => {
		const pieces = message
			.split(/…|'[A-Z][^']*'/)
			.map((piece) => piece.replace(/^["' ]+|["' ]+$/g, ''))
			.filter((piece) => piece.length > 3);
		expect(pieces.length).toBeGreaterThan(0);
		for (const piece of pieces) expect(sources).toContain(piece);
	});
});
