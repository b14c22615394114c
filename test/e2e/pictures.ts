import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { project, sandbox } from '../../sandbox/n8n/sandbox';

/**
 * Puts what the last `npm run test:e2e` saw in the editor into the documentation: each picture of
 * docs/images is the screenshot of the same name. (workflow.png is taken by sandbox/demo/picture.ts.)
 */
const images = join(project, 'docs', 'images');
for (const picture of readdirSync(images)) {
	const screenshot = join(sandbox, 'screenshots', picture);
	if (!existsSync(screenshot)) continue;
	copyFileSync(screenshot, join(images, picture));
	console.log(picture);
}
