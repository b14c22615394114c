const { build: bundle } = require('esbuild');
const { dest, parallel, src } = require('gulp');
const { credentials, nodes } = require('./package.json').n8n;

/**
 * One file for each node and one for the credential, as they are published: n8n loads every node when
 * it starts, and Node.js takes longer to find many files than to read a few (`npm run bench`).
 */
async function scripts() {
	const source = (published) => published.replace(/^dist\//, '').replace(/\.js$/, '.ts');
	await bundle({
		entryPoints: [...nodes, ...credentials].map(source),
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		external: ['n8n-workflow'],
		format: 'cjs',
		platform: 'node',
		target: 'node20',
	});
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
