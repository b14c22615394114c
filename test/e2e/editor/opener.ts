import { openEditor } from '../../../sandbox/n8n/editor';
import { N8nRest } from '../../../sandbox/n8n/rest';

/** A run for ending.test.ts: it opens a browser, and goes on until somebody ends it. */
async function main(): Promise<void> {
	const session = { cookie: 'name=value', browserId: 'any' };
	const { page } = await openEditor({ rest: N8nRest.resume('http://127.0.0.1:1', session, '') });
	await page.setContent('<title>Open</title>');
	console.log(await page.title());
	// The test ends it long before, unless somebody ended the test.
	setTimeout(() => process.exit(), 600_000);
}

void main();
