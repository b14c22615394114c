import { EXAMPLES, exampleWorkflow } from '../../../sandbox/n8n/example';
import { aScene } from './scene';

const scene = aScene();

describe('a person who imports an example', () => {
	it.each(EXAMPLES)('sees every node of %s, and in ours nothing to put right', async (file) => {
		const { n8n, person, credential } = scene;
		const { page } = person;
		const example = exampleWorkflow(file, credential);
		const { id } = await n8n.rest.createWorkflow(example);
		await person.openWorkflow(id);
		const nodes = example.nodes.filter(({ type }) => !type.endsWith('stickyNote'));
		const onCanvas = (name: string) =>
			page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
		for (const { name } of nodes) await onCanvas(name).waitFor();
		expect(await page.getByTestId('canvas-node').count()).toBe(nodes.length);
		const ours = nodes.filter(({ type }) => type.startsWith('n8n-nodes-kizen.'));
		expect(ours.length).toBeGreaterThan(0);
		for (const { name } of ours) {
			expect(await onCanvas(name).getByTestId('node-issues').count()).toBe(0);
		}
		const shot = `example-${file.replace('.json', '')}`;
		await person.picture(person.shotFile(shot));
		for (const { name } of ours) {
			await person.openNode(name);
			const first =
				'[data-test-id=parameter-input-operation], [data-test-id=parameter-input-event]';
			await page.getByTestId('ndv').locator(first).waitFor();
			await person.settled();
			await person.shot(`${shot}-${name.replace(/\W+/g, '-').toLowerCase()}`);
			await person.closeNode();
		}
	});
});
