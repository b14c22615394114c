import { createHash } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { environmentFor, runCommand } from './command';
import { oneAtATime } from './lifetime';
import { step } from './progress';
import { project, sandbox } from './sandbox';

// What the published package is made from.
const SOURCES = [
	'package.json',
	'README.md',
	'LICENSE.md',
	'tsconfig.json',
	'gulpfile.js',
	'icons',
	'credentials',
	'nodes',
];

/**
 * Builds this package and packs it as npm would publish it, unless nothing changed since the last
 * time. Returns the tarball's path.
 */
export async function packProject(): Promise<string> {
	return await oneAtATime('package', packUnlessPacked);
}

async function packUnlessPacked(): Promise<string> {
	const folder = join(sandbox, 'package');
	const tarball = join(folder, 'n8n-nodes-kizen.tgz');
	const madeFrom = join(folder, 'made-from');
	const sources = fingerprint();
	const made = existsSync(tarball) && existsSync(madeFrom) && readFileSync(madeFrom, 'utf8');
	if (made === sources) return tarball;

	mkdirSync(folder, { recursive: true });
	rmSync(madeFrom, { force: true });
	const common = {
		program: 'npm',
		cwd: project,
		env: environmentFor(process.execPath),
		log: 'package.log',
	};
	await step('Building and packing this package', async () => {
		await runCommand({ ...common, args: ['run', 'build'] });
		const args = ['pack', '--json', '--pack-destination', folder];
		const [{ filename }] = JSON.parse(await runCommand({ ...common, args })) as Packed;
		renameSync(join(folder, filename), tarball);
	});
	writeFileSync(madeFrom, sources);
	return tarball;
}

type Packed = [{ filename: string }];

/** Puts the packed package where n8n's own panel would, so that it has the name users meet. */
export async function installPackage(tarball: string, userFolder: string): Promise<void> {
	const folder = join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-kizen');
	mkdirSync(folder, { recursive: true });
	await runCommand({
		program: 'tar',
		args: ['-xzf', tarball, '-C', folder, '--strip-components=1'],
		cwd: folder,
		log: 'package.log',
	});
}

function fingerprint(): string {
	const hash = createHash('sha256');
	for (const path of SOURCES.flatMap(filesIn)) {
		hash.update(`${path}\n`).update(readFileSync(join(project, path)));
	}
	return hash.digest('hex');
}

function filesIn(path: string): string[] {
	if (!existsSync(join(project, path))) return [];
	if (statSync(join(project, path)).isFile()) return [path];
	return readdirSync(join(project, path), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1))
		.sort();
}
