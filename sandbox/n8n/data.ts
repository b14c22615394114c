import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installN8n, type N8nInstall } from './install';
import { keepFolder } from './lifetime';
import { installPackage, packProject } from './package';
import { sandbox } from './sandbox';

/**
 * A fresh folder for one run of n8n, with an empty database and this package installed in it, and
 * the n8n to run on it. Installs and packs what is missing.
 */
export async function newUserFolder(
	name: string,
	version?: string,
): Promise<{ userFolder: string; install: N8nInstall }> {
	const install = await installN8n(version);
	const tarball = await packProject();
	const userFolder = newDataFolder(name);
	cpSync(install.emptyData, join(userFolder, '.n8n'), { recursive: true });
	await installPackage(tarball, userFolder);
	// n8n lets packages find its own copy; from within this project its own would be found before.
	symlinkSync(
		join(install.folder, 'node_modules', 'n8n-workflow'),
		join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-workflow'),
		'junction',
	);
	return { userFolder, install };
}

/** A fresh folder of the sandbox for what one run of a program writes; it is removed with the run. */
export function newDataFolder(name: string): string {
	const folder = join(sandbox, `data-${name}-${process.pid}-${randomBytes(3).toString('hex')}`);
	mkdirSync(folder, { recursive: true });
	keepFolder(folder);
	return folder;
}
