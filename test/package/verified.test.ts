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

/**
 * What n8n asks of a community node that it verifies (docs.n8n.io, Verification guidelines). Only the
 * provenance statement can't be looked at here: npm has it once a version is published. Needs
 * `npm run build` before it, as `npm test` does.
 */

const root = join(__dirname, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'n8n-nodes-kizen-scan-'));
keepFolder(scratch);
afterAll(() => removeFolder(scratch));

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

/** The tarball's files, as n8n would get them from npm. */
function unpacked(): string {
	const folder = join(scratch, 'package');
	mkdirSync(folder);
	const args = ['pack', '--json', '--pack-destination', scratch];
	const said = execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
	const [{ filename }] = JSON.parse(said) as Array<{ filename: string }>;
	execFileSync('tar', ['-xzf', join(scratch, filename), '-C', folder, '--strip-components=1']);
	return folder;
}

/** A copy of what the scanner looks at, for spoiling. */
function copyOfSources(): string {
	const folder = join(scratch, 'spoiled');
	for (const part of ['package.json', 'nodes', 'credentials', 'icons']) {
		cpSync(join(root, part), join(folder, part), { recursive: true });
	}
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
	it('finds nothing to object to in the sources, nor in what is packed', () => {
		const passed = { passed: true };
		expect(scan(`sources:${root}`, `package:${unpacked()}`)).toEqual([passed, passed]);
	});

	describe('would object', () => {
		let details = '';

		beforeAll(() => {
			const folder = copyOfSources();
			const file = (...path: string[]) => join(folder, ...path);
			const node = file('nodes', 'Kizen', 'KizenRecords.node.ts');
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
			const spoiled = { ...packageJson, dependencies: { axios: '1.0.0' } };
			writeFileSync(file('package.json'), JSON.stringify(spoiled));
			const [verdict] = scan(`sources:${folder}`);
			expect(verdict.passed).toBe(false);
			details = verdict.details ?? '';
		});

		it.each([
			['to a node that reads the environment', "'process'"],
			['to a timer, whatever a comment switches off', "'setTimeout'"],
			['to a node that reads files', 'no-restricted-imports'],
			['to a name against the conventions', 'node-class-description-name-miscased'],
			['to a dependency at run time', 'no-runtime-dependencies'],
		])('%s', (_what, said) => {
			expect(details).toContain(said);
		});
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
