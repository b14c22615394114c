import { hasChromium } from '../../sandbox/n8n/editor';
import { exitWith } from '../../sandbox/n8n/jest';
import { testsOnN8n } from './onN8n';

async function main(): Promise<number> {
	const args = process.argv.slice(2);
	if (!hasChromium()) {
		console.log('Leaving out the tests of the editor: there is no Chromium (see CHROMIUM_PATH).');
		args.push('--testPathIgnorePatterns', '/editor/');
	}
	return await testsOnN8n(args);
}

exitWith(main());
