import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, environmentFor, runCommand } from './command';

export const INSTALL_LOG = 'install.log';

interface Installation {
	/** The folder that gets `node_modules`. */
	folder: string;
	/** A package and its version: `name@1.2.3`. */
	spec: string;
	/** More for the folder's package.json. */
	manifest?: object;
	/** More arguments for npm. */
	args?: string[];
}

/** Installs a package from npm's registry into a folder of its own; none of its scripts is run. */
export async function npmInstall({ folder, spec, manifest, args = [] }: Installation) {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
	const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
	const install = async (...more: string[]) =>
		await runCommand({
			program: 'npm',
			args: ['install', spec, '--save-exact', ...quiet, ...args, ...more],
			cwd: folder,
			env: environmentFor(process.execPath),
			log: INSTALL_LOG,
		});
	try {
		await install();
	} catch (error) {
		if (!(error instanceof CommandFailed && error.message.includes('ETARGET'))) throw error;
		// npm may remember a list of versions that lacks one which was published since.
		await install('--prefer-online');
	}
}

/** Whether {@link npmInstall} has put a package there, to its end. */
export function isInstalled({ folder, spec }: Installation): boolean {
	// npm writes this file when everything is in place, so an interrupted install has none.
	if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) return false;
	const [name, version] = [
		spec.slice(0, spec.lastIndexOf('@')),
		spec.slice(spec.lastIndexOf('@') + 1),
	];
	const file = join(folder, 'node_modules', name, 'package.json');
	if (!existsSync(file)) return false;
	return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version === version;
}
