const { build: bundle } = require('esbuild');
const { dest, parallel, src } = require('gulp');
const { writeFile } = require('node:fs/promises');
const { basename, dirname, join } = require('node:path');
const { credentials, nodes } = require('./package.json').n8n;

const FOLDER = dirname(nodes[0]);
const ALL = 'nodes';

/**
 * What is published: the code of all nodes in one file, and a file for each node with nothing in it
 * but the node, which is what n8n loads. n8n loads every node when it starts, and Node.js takes
 * longer to find many files than to read a few (`npm run bench`).
 */
async function scripts() {
	const options = {
		bundle: true,
		external: ['n8n-workflow'],
		format: 'cjs',
		platform: 'node',
		target: 'node20',
	};
	const source = (published) => published.replace(/^dist\//, './').replace(/\.js$/, '.ts');
	const contents = nodes.map((node) => `export * from '${source(node)}';`).join('\n');
	await bundle({
		...options,
		stdin: { contents, resolveDir: '.' },
		outfile: join(FOLDER, `${ALL}.js`),
	});
	await bundle({ ...options, entryPoints: credentials.map(source), outdir: 'dist', outbase: '.' });
	for (const node of nodes) {
		const name = basename(node, '.node.js');
		await writeFile(node, `exports.${name} = require('./${ALL}').${name};\n`);
	}
}

/** The node's description for n8n's search, beside the node. */
function codex() {
	return src('nodes/**/*.node.json', { encoding: false }).pipe(dest('dist/nodes'));
}

/** The icons are drawings in text form; `encoding: false` keeps gulp from touching a byte of them. */
function icons() {
	return src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));
}

/** Output previews that n8n shows before the first run. */
function schemas() {
	return src('nodes/**/__schema__/**/*.json', { encoding: false, allowEmpty: true }).pipe(
		dest('dist/nodes'),
	);
}

exports.icons = icons;
exports.build = parallel(scripts, codex, icons, schemas);
