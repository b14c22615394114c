import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../../../sandbox/n8n/sandbox';
import { KIZEN_NODE, node, workflow } from '../../../sandbox/n8n/workflows';
import { aScene, CONTACTS } from './scene';

const scene = aScene();

describe('in the dark', () => {
	afterAll(async () => {
		const { page } = scene.person;
		await page.emulateMedia({ colorScheme: 'light' });
		await page.setViewportSize({ width: 1440, height: 900 });
	});

	it('and on a small screen, the node, its panel and its credential can be read', async () => {
		const { person, n8n, credential } = scene;
		await person.page.emulateMedia({ colorScheme: 'dark' });
		await person.page.setViewportSize({ width: 1280, height: 720 });
		const lookupValue = '={{ $json.Email }}';
		await scene.open({ operation: 'upsert', object: CONTACTS, lookupValue, splitByAction: true });
		const icon = person.page.locator('[data-node-name="Kizen Records"] img').first();
		expect(await icon.getAttribute('src')).toContain('kizen.dark.svg');
		await person.shot('dark-canvas');
		await person.openNode('Kizen Records');
		await person.parameter('operation').waitFor();
		await person.settled();
		await person.shot('dark-panel');
		await person.execute();
		await person.shot('dark-run');
		await person.page.goto(`${n8n.url}/home/credentials/${credential.id}`);
		await person.page.getByTestId('credentials-config-container-test-success').waitFor();
		await person.shot('dark-credential');
	});
});

describe('as a tool of an AI agent', () => {
	it('the node offers the model what it may fill in, and no outputs to branch on', async () => {
		const { person, n8n, credential } = scene;
		const credentials = { kizenApi: { id: credential.id, name: credential.name } };
		const parameters = { operation: 'upsert', object: CONTACTS };
		const tool = node('Kizen', `${KIZEN_NODE}Tool`, 1, parameters, { credentials });
		const { id } = await n8n.rest.createWorkflow(workflow('Tool', [tool], {}));
		await person.openWorkflow(id);
		await person.openNode('Kizen');
		await person.parameter('lookupValue').waitFor();
		await person.settled();
		await person.shot('tool');
		expect(await person.parameter('splitByAction').count()).toBe(0);
		await person.page.getByText('Tool Description').first().waitFor();
		// The button by which n8n lets the model fill a parameter in.
		await person.page.getByTestId('lookupValue-parameter-input-options-container').hover();
		const lookupValue = person.page.getByTestId('parameter-item').filter({
			has: person.parameter('lookupValue'),
		});
		await lookupValue.getByTestId('from-ai-override-button').click();
		await person.page.getByText('Defined automatically by the model').first().waitFor();
		await person.settled();
		await person.shot('tool-filled-by-the-model');
	});
});

describe('the icon', () => {
	it('looks right at 16, 40 and 60 pixels, in light and dark', async () => {
		const { page } = scene.person;
		const icon = (file: string) =>
			Buffer.from(readFileSync(join(project, 'icons', file))).toString('base64');
		const row = (file: string, background: string) =>
			`<div style="background:${background};padding:24px;display:flex;gap:24px;align-items:center">${[
				16, 40, 60,
			]
				.map((size) => `<img width="${size}" src="data:image/svg+xml;base64,${icon(file)}">`)
				.join('')}</div>`;
		await page.setContent(
			`<body style="margin:0;width:240px">${row('kizen.svg', '#fff')}${row('kizen.dark.svg', '#2d2e2e')}</body>`,
		);
		const sizes = await page
			.locator('img')
			.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth > 0));
		expect(sizes).toEqual(Array.from({ length: 6 }, () => true));
		await scene.person.shot('icons', page.locator('body'));
	});
});
