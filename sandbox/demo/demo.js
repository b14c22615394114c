// `npm run demo` on a fresh clone. This part is plain JavaScript because it runs before anything is
// installed: it installs what the rest needs, then hands over to run.ts.
const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const project = resolve(__dirname, '../..');
const modules = join(project, 'node_modules');
const { engines, devDependencies } = readJson(join(project, 'package.json'));

function readJson(file) {
	return JSON.parse(readFileSync(file, 'utf8'));
}

/** Ends with a message for a person. */
function giveUp(message) {
	console.error(message);
	process.exit(1);
}

function isOldNode() {
	const [wantedMajor, wantedMinor] = engines.node.match(/\d+/g).map(Number);
	const [major, minor] = process.versions.node.split('.').map(Number);
	return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/** npm writes this file last, so that an interrupted install is seen. */
function isInstalled() {
	if (!existsSync(join(modules, '.package-lock.json'))) return false;
	return Object.entries(devDependencies).every(([name, version]) => {
		const manifest = join(modules, name, 'package.json');
		return existsSync(manifest) && readJson(manifest).version === version;
	});
}

function install() {
	console.log(
		"Installing this project's own tools into node_modules, once: about 1,300 packages, 1 GB " +
			'(a minute or two) …',
	);
	// Not saving keeps package.json and its lock file as they were cloned.
	const args = ['install', '--no-save', '--loglevel=error'];
	const shell = process.platform === 'win32';
	const { status, error } = spawnSync('npm', args, { cwd: project, stdio: 'inherit', shell });
	if (error) giveUp(`npm did not start (${error.message}). It comes with Node.js: is it in PATH?`);
	if (status !== 0) giveUp('npm could not install them; what it says above tells why.');
}

if (isOldNode()) {
	giveUp(`This needs Node.js ${engines.node}; you have ${process.version}. See nodejs.org.`);
}
if (!isInstalled()) install();
require(join(modules, 'tsx', 'dist', 'cjs', 'index.cjs'));
require('./run.ts');
