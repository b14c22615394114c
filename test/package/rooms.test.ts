import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { filesIn } from '../../prose/sentences';

const project = join(__dirname, '..', '..');
const root = join(project, 'nodes', 'Kizen');
const CONTRIBUTING = join(project, 'CONTRIBUTING.md');

/** The rooms as CONTRIBUTING lists them, from the top down. */
const rooms = [...readFileSync(CONTRIBUTING, 'utf8').matchAll(/^ {2}(\w+)\/ {2,}\S/gm)].map(
	([, room]) => room,
);

/** The room of a file; the empty text outside of all. */
const roomOf = (file: string) => {
	const [room = ''] = relative(root, file).split(sep);
	return room === '..' || room.includes('.') ? '' : room;
};

const isDoor = (file: string) => file === join(root, roomOf(file), 'index.ts');

interface Import {
	from: string;
	to: string;
	names: string[];
}

/** What a file imports, or exports once more, from the project's other files. */
function importsOf(file: string): Import[] {
	const source = readFileSync(file, 'utf8');
	return [...source.matchAll(/^(?:import|export)([^;]*?)from '(\.[^']+)';/gms)].map(
		([, what, path]) => {
			const target = resolve(dirname(file), path);
			const to = [`${target}.ts`, join(target, 'index.ts')].find(existsSync) ?? target;
			return { from: file, to, names: namesIn(what) };
		},
	);
}

/** The names in `{ a, b as c, type D }`, without their aliases. */
function namesIn(list: string): string[] {
	return [...list.matchAll(/(?:\btype )?(\w+)(?: as \w+)?(?=\s*[,}])/g)].map(([, name]) => name);
}

/** The names that a file exports, those of other files included. */
function exportsOf(file: string): string[] {
	const source = readFileSync(file, 'utf8');
	const own = source.matchAll(
		/^export (?:declare |abstract |async )*(?:const|function\*?|class|interface|type) (\w+)/gm,
	);
	const passedOn = source.matchAll(/^export (?:type )?(\{[^}]*\})/gm);
	return [...own, ...passedOn].flatMap(([, what]) =>
		what.startsWith('{') ? namesIn(what) : [what],
	);
}

const files = filesIn(root, '.ts');
const inside = files.flatMap(importsOf);
const everywhere = ['nodes', 'credentials', 'test', 'sandbox', 'bench', 'live', 'prose']
	.flatMap((folder) => filesIn(join(project, folder), '.ts'))
	.flatMap(importsOf);

const short = (file: string) => relative(root, file);

it('CONTRIBUTING lists every room, and no other', () => {
	const all = new Set(files.map(roomOf).filter(Boolean));
	expect(rooms.length).toBeGreaterThan(5);
	expect([...rooms].sort()).toEqual([...all].sort());
});

it('a room imports only rooms further down the list', () => {
	const upwards = inside
		.map(({ from, to }) => ({ from, to, above: roomOf(from), below: roomOf(to) }))
		.filter(({ above, below }) => above !== below && above !== '' && below !== '')
		.filter(({ above, below }) => rooms.indexOf(below) <= rooms.indexOf(above))
		.map(({ from, to }) => `${short(from)} imports ${short(to)}`);
	expect(upwards).toEqual([]);
});

it('a room is entered by its door', () => {
	const past = inside
		.filter(({ from, to }) => roomOf(to) !== '' && roomOf(to) !== roomOf(from) && !isDoor(to))
		.map(({ from, to }) => `${short(from)} imports ${short(to)}`);
	expect(past).toEqual([]);
	expect(rooms.filter((room) => !existsSync(join(root, room, 'index.ts')))).toEqual([]);
});

it('what a file exports is imported by another one, and what a door exports from outside', () => {
	const used = new Set(
		everywhere
			.filter(({ from, to }) => !isDoor(to) || roomOf(from) !== roomOf(to))
			.flatMap(({ to, names }) => names.map((name) => `${short(to)}: ${name}`)),
	);
	const exported = files
		.filter((file) => roomOf(file) !== '')
		.flatMap((file) => exportsOf(file).map((name) => `${short(file)}: ${name}`));
	expect(exported.length).toBeGreaterThan(100);
	expect(exported.filter((name) => !used.has(name))).toEqual([]);
});

it('no file imports itself by way of others', () => {
	const targets = new Map<string, string[]>();
	for (const { from, to } of inside) targets.set(from, [...(targets.get(from) ?? []), to]);
	const circles: string[] = [];
	const done = new Set<string>();
	const visit = (file: string, path: string[]) => {
		if (path.includes(file)) {
			circles.push([...path.slice(path.indexOf(file)), file].map(short).join(' → '));
			return;
		}
		if (done.has(file)) return;
		for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
		done.add(file);
	};
	for (const file of targets.keys()) visit(file, []);
	expect(circles).toEqual([]);
});
