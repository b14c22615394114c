import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import packageJson from '../../package.json';
import { NEWEST, OLDEST } from '../../sandbox/n8n/versions';

/** What the tarball holds. Needs `npm run build` before it, as `npm test` does. */

const root = join(__dirname, '..', '..');
const dist = join(root, 'dist');

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile())
	.map((entry) => join(entry.parentPath, entry.name));
const scripts = files.filter((file) => file.endsWith('.js'));

/** Every `require` of a script, whatever its quotes; dynamic ones would show as code without one. */
function required(file: string): string[] {
	const source = readFileSync(file, 'utf8');
	return [...source.matchAll(/\b(?:require|import)\(([^)]*)\)/g)].map(([, what]) =>
		what.trim().replace(/^['"`]|['"`]$/g, ''),
	);
}

function isOwn(path: string, what: string): boolean {
	return what.startsWith('.') && (existsSync(`${path}.js`) || existsSync(join(path, 'index.js')));
}

describe('The package', () => {
	it('requires nothing but n8n-workflow and its own files', () => {
		const foreign = scripts.flatMap((file) =>
			required(file)
				.filter((what) => what !== 'n8n-workflow')
				.filter((what) => !isOwn(join(file, '..', what), what))
				.map((what) => `${relative(dist, file)}: ${what}`),
		);
		const { nodes, credentials } = packageJson.n8n;
		// One more holds the code of all nodes.
		expect(scripts.length).toBe(nodes.length + credentials.length + 1);
		expect(foreign).toEqual([]);
	});

	it('has no dependency at run time', () => {
		expect(packageJson).not.toHaveProperty('dependencies');
		expect(packageJson.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	it('is packed with dist, README, LICENSE and package.json alone', () => {
		const packed = JSON.parse(
			execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: root, encoding: 'utf8' }),
		) as Array<{ files: Array<{ path: string }>; size: number }>;
		const places = new Set(packed[0].files.map(({ path }) => path.split('/')[0]));
		expect([...places].sort()).toEqual(['LICENSE.md', 'README.md', 'dist', 'package.json']);
		expect(packed[0].size).toBeLessThan(120_000);
	});

	it.each([...packageJson.n8n.nodes, ...packageJson.n8n.credentials])('has %s', (path) => {
		expect(existsSync(join(root, path))).toBe(true);
	});

	it('has its icons where the node and the credential look for them', () => {
		for (const icon of ['kizen.svg', 'kizen.dark.svg']) {
			expect(existsSync(join(dist, 'icons', icon))).toBe(true);
		}
	});

	it('names the versions of n8n that it is tested on', () => {
		const readme = readFileSync(join(root, 'README.md'), 'utf8');
		expect(readme).toContain(`${OLDEST.n8n} and ${NEWEST.n8n}`);
	});

	it('says nowhere how to reach a registry, and its lock file neither', () => {
		const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
		expect(lock).not.toMatch(/"resolved"/);
	});
});
