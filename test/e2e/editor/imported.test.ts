import { startKizen, type EmbeddedKizen } from '../../kizen';
import { openEditor, type Editor } from '../../n8n/editor';
import { exampleWorkflow } from '../../n8n/example';
import { credentialFor, sharedN8n } from '../meeting';

const n8n = sharedN8n();
let kizen: EmbeddedKizen;
let editor: Editor;

beforeAll(async () => {
	kizen = await startKizen();
	editor = await openEditor(n8n);
});
afterAll(async () => {
	await editor.close();
	await kizen.stop();
});

describe('the example workflow, imported into the editor', () => {
	it('opens with every node known and nothing to put right', async () => {
		const credential = await credentialFor(n8n, kizen);
		const example = exampleWorkflow('csv-to-contacts.json', credential);
		const { id } = await n8n.rest.createWorkflow(example);
		await editor.openWorkflow(id);
		const { page } = editor;
		const names = example.nodes
			.filter(({ type }) => !type.endsWith('stickyNote'))
			.map(({ name }) => name);
		for (const name of names) {
			await page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).waitFor();
		}
		expect(await page.getByTestId('canvas-node').count()).toBe(names.length);
		expect(await page.getByTestId('node-issues').count()).toBe(0);
	});

	it("lists Kizen's objects in the node's panel", async () => {
		await editor.openNode('Write to Kizen');
		const { page } = editor;
		expect(await page.getByText('If an Archived Record Matches on Create').isVisible()).toBe(true);
		await page.getByTestId('rlc-mode-selector').click();
		await page.getByRole('option', { name: 'From List' }).click();
		await page.getByTestId('rlc-input-container').click();
		await page.getByTestId('rlc-item').filter({ hasText: 'Contacts' }).waitFor();
		await page
			.locator('input[data-test-id="rlc-search"], [data-test-id="rlc-search"] input')
			.fill('deal');
		const items = page.getByTestId('rlc-item');
		await items.filter({ hasText: 'Contacts' }).waitFor({ state: 'hidden' });
		await items.filter({ hasText: 'Deals' }).waitFor();
		expect(await items.count()).toBe(1);
	});
});
