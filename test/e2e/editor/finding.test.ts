import { workflow, node } from '../../../sandbox/n8n/workflows';
import { aScene } from './scene';

const scene = aScene();

describe('a person who looks for the node', () => {
	it.each(['kizen', 'crm', 'upsert', 'contact'])('finds it by "%s"', async (word) => {
		const { n8n, person } = scene;
		const start = node('Start', 'n8n-nodes-base.manualTrigger', 1);
		const { id } = await n8n.rest.createWorkflow(workflow('Empty', [start], {}));
		await person.openWorkflow(id);
		const { page } = person;
		await page.getByTestId('node-creator-plus-button').click();
		await page.getByTestId('node-creator-search-bar').fill(word);
		const creator = page.getByTestId('node-creator');
		await creator.getByText('Kizen Records', { exact: true }).first().waitFor();
		await person.settled();
		await person.shot(`find-by-${word}`);
	});

	it('adds an action to the workflow and sees its parameters', async () => {
		const { page } = scene.person;
		await page.getByTestId('node-creator').getByText('Kizen Records', { exact: true }).click();
		await scene.person.shot('node-details');
		await page.getByText('Upsert record', { exact: true }).click();
		await page.getByTestId('ndv').waitFor();
		await scene.person.parameter('operation').waitFor();
		await page.getByText("Choose an object under 'Object' to see its fields").waitFor();
		await scene.person.shot('node-as-it-comes');
	});
});
