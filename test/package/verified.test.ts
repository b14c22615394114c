import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';

import type { INodeType } from 'n8n-workflow';

import packageJson from '../../package.json';
import { keepFolder, removeFolder } from '../../sandbox/n8n/lifetime';
import { NEWEST, OLDEST } from '../../sandbox/n8n/versions';

/**
 * What n8n asks of a community node that it verifies (docs.n8n.io, Verification guidelines). Only the
 * provenance statement can't be looked at here: npm has it once a version is published. Needs
 * `npm run build` before it, as `npm test` does.
 */

const root = join(__dirname, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'n8n-nodes-kizen-scan-'));
keepFolder(scratch);
afterAll(() => removeFolder(scratch));

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

interface Verdict {
	passed: boolean;
	message?: string;
	/** ESLint's report, by file. */
	details?: string;
}

/** Runs n8n's scanner on folders, each as sources or as a package. */
function scan(...folders: string[]): Verdict[] {
	const script = join(__dirname, 'scan.mjs');
	// Under NODE_ENV=test, which jest sets, n8n's rules forget which files they are meant for.
	const env = { ...process.env, NODE_ENV: undefined };
	const out = execFileSync(process.execPath, [script, ...folders], { encoding: 'utf8', env });
	return JSON.parse(out) as Verdict[];
}

interface Packed {
	filename: string;
	files: Array<{ path: string }>;
	size: number;
}

/** What npm would publish. */
let packed: Packed;

beforeAll(() => {
	const args = ['pack', '--json', '--pack-destination', scratch];
	const said = execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
	[packed] = JSON.parse(said) as Packed[];
});

/** The tarball's files, as n8n would get them from npm. */
function unpacked(): string {
	const folder = join(scratch, 'package');
	mkdirSync(folder);
	const tarball = join(scratch, packed.filename);
	execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	return folder;
}

/** A copy of some of what the scanner looks at, with mistakes in it. */
function spoiled(): string {
	const folder = join(scratch, 'spoiled');
	const file = (...path: string[]) => join(folder, ...path);
	const node = file('nodes', 'Kizen', 'KizenRecords.node.ts');
	for (const part of ['credentials', 'icons', relative(folder, node)]) {
		cpSync(join(root, part), file(part), { recursive: true });
	}
	appendFileSync(node, 'export const home = process.env.HOME;\n');
	writeFileSync(
		file('nodes', 'Kizen', 'later.ts'),
		'// eslint-disable-next-line\nexport const later = setTimeout(() => {}, 1);\n',
	);
	writeFileSync(file('nodes', 'Kizen', 'files.ts'), "import 'node:fs';\n");
	writeFileSync(
		node,
		readFileSync(node, 'utf8').replace("name: 'kizenRecords'", "name: 'KizenRecords'"),
	);
	const withDependency = { ...packageJson, dependencies: { axios: '1.0.0' } };
	writeFileSync(file('package.json'), JSON.stringify(withDependency));
	return folder;
}

function sourceFiles(): string[] {
	return ['nodes', 'credentials'].flatMap((part) =>
		readdirSync(join(root, part), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
			.map((entry) => join(entry.parentPath, entry.name)),
	);
}

describe("n8n's scanner", () => {
	let verdicts: Verdict[];

	beforeAll(() => {
		verdicts = scan(`sources:${root}`, `package:${unpacked()}`, `sources:${spoiled()}`);
	});

	it('finds nothing to object to in the sources, nor in what is packed', () => {
		const passed = { passed: true };
		expect(verdicts.slice(0, 2)).toEqual([passed, passed]);
	});

	describe('would object', () => {
		it.each([
			['to a node that reads the environment', "'process'"],
			['to a timer, whatever a comment switches off', "'setTimeout'"],
			['to a node that reads files', 'no-restricted-imports'],
			['to a name against the conventions', 'node-class-description-name-miscased'],
			['to a dependency at run time', 'no-runtime-dependencies'],
		])('%s', (_what, said) => {
			const [, , { passed, details }] = verdicts;
			expect(passed).toBe(false);
			expect(details).toContain(said);
		});
	});
});

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
		const places = new Set(packed.files.map(({ path }) => path.split('/')[0]));
		expect([...places].sort()).toEqual(['LICENSE.md', 'README.md', 'dist', 'package.json']);
		expect(packed.size).toBeLessThan(120_000);
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

describe('The sources', () => {
	it('hold no comment that switches a rule or a type off', () => {
		const comments = sourceFiles().filter((file) =>
			/eslint-(disable|enable)|@ts-(ignore|expect-error|nocheck)/.test(readFileSync(file, 'utf8')),
		);
		expect(comments.map((file) => relative(root, file))).toEqual([]);
	});

	it('are TypeScript without tests among them', () => {
		const odd = sourceFiles().filter((file) => !file.endsWith('.ts') || /\.test\.ts$/.test(file));
		expect(odd).toEqual([]);
	});
});

describe('What the node says of itself', () => {
	const codex = readdirSync(join(root, 'nodes', 'Kizen')).filter((file) =>
		file.endsWith('.node.json'),
	);

	it.each(codex)('leaves it to n8n to make a tool of it: %s', (file) => {
		const said: unknown = JSON.parse(readFileSync(join(root, 'nodes', 'Kizen', file), 'utf8'));
		expect(said).not.toHaveProperty('subcategories');
	});

	it.each(packageJson.n8n.nodes)('has hints of at most 120 characters: %s', async (path) => {
		const published = (await import(join(root, path))) as Record<string, new () => INodeType>;
		const hints: string[] = [];
		const collect = (part: unknown): void => {
			if (typeof part !== 'object' || part === null) return;
			for (const [key, value] of Object.entries(part)) {
				if (typeof value === 'string' && (key === 'hint' || key === 'message')) hints.push(value);
				collect(value);
			}
		};
		const Node = published[basename(path, '.node.js')];
		collect(new Node().description);
		expect(hints.filter((hint) => hint.length > 120)).toEqual([]);
	});
});

describe('package.json', () => {
	it('says what n8n looks for', () => {
		expect(packageJson).toMatchObject({
			name: expect.stringMatching(/^n8n-nodes-/),
			license: 'MIT',
			keywords: expect.arrayContaining(['n8n-community-node-package']),
			files: ['dist'],
			n8n: { n8nNodesApiVersion: 1 },
			repository: { type: 'git', url: expect.stringMatching(/^https:\/\/github\.com\/.+\.git$/) },
			author: { name: expect.any(String), email: expect.stringContaining('@') },
			homepage: expect.stringMatching(/^https:/),
			description: expect.stringContaining('n8n'),
		});
	});

	it('runs nothing when somebody installs the package', () => {
		const lifecycle = /^(pre|post)?(install|prepare)$|^prepublish$/;
		expect(Object.keys(packageJson.scripts).filter((name) => lifecycle.test(name))).toEqual([]);
	});
});

describe('The README', () => {
	const readme = readFileSync(join(root, 'README.md'), 'utf8');

	it.each([
		['how to install it', /^## Install/m],
		['how to get and enter the credentials', /^## Connect .*\n[^#]*API Connections/m],
		['what the operations do', /^## .*operations?\b/im],
		['what a workflow with it looks like', /!\[A workflow|\]\(examples\//],
		['which n8n it works with', /made for n8n \d/],
		['where there is more to read', /^## Resources/m],
		['what changed', /\]\(CHANGELOG\.md\)/],
	])('says %s', (_what, said) => {
		expect(said.test(readme)).toBe(true);
	});
});

describe('Publishing', () => {
	const workflow = readFileSync(join(root, '.github', 'workflows', 'publish.yml'), 'utf8');

	it('happens in a GitHub workflow that may sign where the package comes from', () => {
		expect(workflow).toMatch(/tags: \['\*\.\*\.\*'\]/);
		expect(workflow).toMatch(/id-token: write/);
		expect(workflow).toMatch(/n8n-node release/);
	});

	it('finds the section of the changelog that it makes a version of', () => {
		const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
		expect(changelog.match(/^## \[Unreleased\]$/gm)).toHaveLength(1);
		expect(existsSync(join(root, 'LICENSE.md'))).toBe(true);
	});
});
