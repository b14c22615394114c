import { kizenTrigger, node, workflow } from '../../../sandbox/n8n/workflows';
import { aScene } from './scene';

const scene = aScene();

const PARAMETERS = {
	pollTimes: { item: [{ mode: 'everyMinute' }] },
	event: 'createdOrUpdated',
	object: { __rl: true, mode: 'name', value: 'deals' },
	conditions: { condition: [{ field: 'stage', condition: 'is', value: 'Proposal' }] },
};

/** Opens the panel of a trigger, behind which stands "Next". */
async function openTrigger(): Promise<void> {
	const { n8n, person, credential } = scene;
	const nodes = [kizenTrigger(credential, PARAMETERS), node('Next', 'n8n-nodes-base.noOp', 1)];
	const placed = nodes.map((one, n) => ({ ...one, position: [n * 240, 0] as [number, number] }));
	const lines = { 'Kizen Trigger': ['Next'] };
	const { id } = await n8n.rest.createWorkflow(workflow('Deals', placed, lines));
	await person.openWorkflow(id);
	await person.openNode('Kizen Trigger');
	await person.parameter('event').waitFor();
}

/** Opens the list of what can start a workflow. */
async function openCreator() {
	const { n8n, person } = scene;
	const { page } = person;
	const { id } = await n8n.rest.createWorkflow(workflow('Empty', [], {}));
	await page.goto(`${n8n.url}/workflow/${id}`);
	await page.getByTestId('node-creator-plus-button').click();
	return page.getByTestId('node-creator');
}

describe('a person who looks for what starts a workflow', () => {
	it('finds both nodes by "kizen", the trigger without the word that n8n leaves out', async () => {
		const { person } = scene;
		const creator = await openCreator();
		await person.page.getByTestId('node-creator-search-bar').fill('kizen');
		await creator.getByText('Kizen', { exact: true }).first().waitFor();
		await creator.getByText('Kizen Records', { exact: true }).first().waitFor();
		await person.settled();
		await person.shot('trigger-by-kizen');
	});

	it('finds the trigger under "On app event"', async () => {
		const { person } = scene;
		const creator = await openCreator();
		await creator.getByText('On app event', { exact: true }).click();
		const kizen = creator.getByText('Kizen', { exact: true }).first();
		await kizen.waitFor();
		await kizen.scrollIntoViewIfNeeded();
		await person.settled();
		await person.shot('trigger-on-app-event');
	});
});

describe('the panel of the trigger', () => {
	it('warns of a workflow that starts itself only where that can be', async () => {
		const { person } = scene;
		await openTrigger();
		const warning = person.page.getByText('If this workflow changes the record that started it');
		await warning.waitFor();
		await person.choose('event', 'Record Created');
		await warning.waitFor({ state: 'detached' });
		await person.choose('event', 'Record Updated');
		await warning.waitFor();
	});

	it('shows the newest record that meets the conditions as a test event', async () => {
		const { kizen, person } = scene;
		await openTrigger();
		kizen.add('deals', { name: 'Newest', stage: 'Proposal', entity_value: 1200 });
		kizen.add('deals', { name: 'In another stage', stage: 'Negotiation' });
		await person.page.getByText('Fetch Test Event').first().waitFor();
		await person.execute();
		await person.page.getByTestId('output-panel').getByText('Newest').first().waitFor();
		await person.settled();
		await person.shot('trigger-panel');
	});

	it('says what to do if there is no such record', async () => {
		const { kizen, person } = scene;
		const [first] = kizen.object('deals').stages;
		for (const { id } of kizen.all('deals')) {
			kizen.bulk('deals', [{ id, values: { stage: first.name } }]);
		}
		await openTrigger();
		await person.execute();
		await person.page.getByText('No record of "Deals" meets the conditions yet').first().waitFor();
		await person.settled();
		await person.shot('trigger-no-record');
	});
});
