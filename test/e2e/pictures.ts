import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exitWith } from '../../sandbox/n8n/jest';
import { project, sandbox } from '../../sandbox/n8n/sandbox';
import { testsOnN8n } from './onN8n';

const IMAGES = join(project, 'docs', 'images');
const SCREENSHOTS = join(sandbox, 'screenshots');
/** The tests that see what the documentation shows. */
const TESTS = ['fiveMinutes', 'imported', 'looks', 'trigger'].map(
	(name) => `test/e2e/editor/${name}\\.test`,
);
/** Taken by sandbox/demo/picture.ts: it shows a workflow that has run. */
const OF_DEMO = 'workflow.png';

/** Takes every other picture of docs/images again: each is the screenshot of the same name. */
async function main(): Promise<number> {
	const pictures = readdirSync(IMAGES).filter((name) => name !== OF_DEMO);
	for (const name of pictures) rmSync(join(SCREENSHOTS, name), { force: true });
	const code = await testsOnN8n(TESTS);
	if (code !== 0) return code;
	for (const name of pictures) copyFileSync(join(SCREENSHOTS, name), join(IMAGES, name));
	console.log(`${pictures.length} pictures in docs/images are new.`);
	return 0;
}

exitWith(main());
