import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { filesIn } from '../../prose/sentences';

const root = join(__dirname, '..', '..', 'nodes', 'Kizen');
const CONTRIBUTING = join(__dirname, '..', '..', 'CONTRIBUTING.md');

/** The rooms as CONTRIBUTING lists them, from the top down. */
const rooms = [...readFileSync(CONTRIBUTING, 'utf8').matchAll(/^ {2}(\w+)\/ {2,}\S/gm)].map(
	([, room]) => room,
);

/** The room of a file, or of a folder that is imported by its door; the empty text outside of all. */
const roomOf = (file: string) => {
	const [room = ''] = relative(root, file).split(sep);
	return room === '..' || room.includes('.') ? '' : room;
};

const imports = filesIn(root, '.ts').flatMap((file) =>
	[...readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;]*?from '(\.[^']+)';/gms)].map(
		([, path]) => ({ from: file, to: resolve(dirname(file), path) }),
	),
);

it('CONTRIBUTING lists every room, and no other', () => {
	const all = new Set(filesIn(root, '.ts').map(roomOf).filter(Boolean));
	expect(rooms.length).toBeGreaterThan(5);
	expect([...rooms].sort()).toEqual([...all].sort());
});

it('a room imports only rooms further down the list', () => {
	const upwards = imports
		.map(({ from, to }) => ({ from, to, above: roomOf(from), below: roomOf(to) }))
		.filter(({ above, below }) => above !== below && above !== '' && below !== '')
		.filter(({ above, below }) => to(below) <= to(above))
		.map(({ from, to: file }) => `${relative(root, from)} imports ${relative(root, file)}`);
	expect(upwards).toEqual([]);
});

/** Place in the list; the nodes themselves are above all rooms. */
function to(room: string): number {
	return rooms.indexOf(room);
}

it('no file imports itself by way of others', () => {
	const targets = new Map<string, string[]>();
	for (const { from, to: file } of imports) {
		targets.set(from, [...(targets.get(from) ?? []), `${file}.ts`, join(file, 'index.ts')]);
	}
	const circles: string[] = [];
	const visit = (file: string, path: string[]) => {
		if (path.includes(file)) {
			circles.push(
				[...path.slice(path.indexOf(file)), file].map((one) => relative(root, one)).join(' → '),
			);
			return;
		}
		if (done.has(file)) return;
		for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
		done.add(file);
	};
	const done = new Set<string>();
	for (const file of targets.keys()) visit(file, []);
	expect(circles).toEqual([]);
});
