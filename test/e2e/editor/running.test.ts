import { rowsIn } from '../../../sandbox/demo/outcomes';
import { aScene, CONTACTS, ROWS } from './scene';
import { until } from '../../../sandbox/n8n/rest';

const scene = aScene();

const WRITE = {
	operation: 'upsert',
	object: CONTACTS,
	lookupValue: '={{ $json.Email }}',
	specifyFields: 'map',
	fields: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema: [] },
	options: { unknownFields: 'ignore' },
};

const IF_ARCHIVED = '={{ $json["If Archived"] || "Report a Conflict" }}';

const output = () => scene.person.page.getByTestId('output-panel');

describe('a person who looks at the outputs', () => {
	it('sees one for each action as soon as they are separate, and connects them', async () => {
		const { person, n8n } = scene;
		const { page } = person;
		const { id } = await scene.open(WRITE);
		await person.openNode('Kizen Records');
		await person.flip('splitByAction');
		await person.settled();
		await person.closeNode();
		const node = page.locator('[data-test-id="canvas-node"][data-node-name="Kizen Records"]');
		for (const name of ['Created', 'Updated', 'Unarchived', 'Conflict', 'Failed']) {
			await node.getByText(name, { exact: true }).waitFor();
		}
		await person.shot('outputs-separate');
		const conflict = node.getByTestId('canvas-node-output-handle').nth(3);
		const next = page
			.locator('[data-test-id="canvas-node"][data-node-name="Next"]')
			.getByTestId('canvas-node-input-handle');
		await conflict.dragTo(next);
		await person.settled();
		await person.shot('outputs-connected');
		await page.keyboard.press('Control+s');
		await person.settled();
		const connected = await until('the workflow is saved', async () => {
			const { connections } = await n8n.rest.call<{
				connections: Record<string, { main: unknown[] }>;
			}>('GET', `/rest/workflows/${id}`);
			return connections['Kizen Records']?.main[3];
		});
		expect(connected).toEqual([{ node: 'Next', type: 'main', index: 0 }]);
	});
});

describe('a person who runs the node', () => {
	it('sees before the first run what will come out', async () => {
		const { person } = scene;
		await scene.open(WRITE);
		await person.openNode('Next');
		const input = person.page.getByTestId('ndv-input-panel');
		for (const key of ['action', 'id', 'object', 'name']) {
			await input.getByText(key, { exact: true }).first().waitFor();
		}
		await person.shot('preview-before-the-run');
		await person.closeNode();
	});

	it('sees a row for each row, what happened to it, and the sum in a hint', async () => {
		const { person } = scene;
		await scene.open(
			{ ...WRITE, oncreateUnarchive: 'unarchive' },
			{ onError: 'continueRegularOutput' },
		);
		await person.openNode('Kizen Records');
		await person.execute();
		await output().getByText('1 created, 1 updated, 1 unarchived').waitFor();
		await output().getByText('Table', { exact: true }).click();
		await output().getByRole('cell', { name: 'unarchived' }).waitFor();
		await person.shot('run-table');
	});

	it('sees at once which row of the input an item came from', async () => {
		const { person } = scene;
		const { page } = person;
		await page.getByTestId('ndv-input-panel').getByText('Table', { exact: true }).click();
		await output().getByRole('cell', { name: 'unarchived' }).hover();
		await person.settled();
		await person.shot('run-pairing');
		const lit = await page
			.getByTestId('ndv-input-panel')
			.locator('[data-test-id="hovering-item"]')
			.allInnerTexts();
		expect(lit.join()).toContain(ROWS[2].Email);
	});

	it('reads what is wrong, what to do, and with which item', async () => {
		const { person } = scene;
		await scene.open(WRITE);
		await person.openNode('Kizen Records');
		await person.execute();
		await output().getByText('An archived record of "Contacts" has the email').first().waitFor();
		await person.shot('run-conflict');
		const said = await output().innerText();
		expect(said).toContain('[item 2]');
		expect(said).toContain("'If an Archived Record Has This Name or Email'");
		expect(said).not.toContain(scene.kizen.credential.apiKey);
	});

	it('reads every problem of a row by the labels of the fields', async () => {
		const { person } = scene;
		const jsonFields = '{ "Email Status": "Subscribed", "Birthday": "yesterday" }';
		await scene.open({ ...WRITE, specifyFields: 'json', jsonFields });
		await person.openNode('Kizen Records');
		await person.execute();
		await output().getByText('"Email Status" has no option "Subscribed"').first().waitFor();
		await person.shot('run-wrong-value');
		expect(await output().innerText()).toMatch(/Opted In.*\[item 0\]/s);
	});

	it('finds in the table the rows that failed and why, and the first reasons above it', async () => {
		const { person } = scene;
		const rows = [
			{ Email: 'nova@example.com', Birthday: '1990-05-04' },
			{ Email: 'ada.lovelace@example.com', Birthday: '03/04/1990' },
			{ Email: 'grace.hopper@example.com', 'Email Status': 'Subscribed' },
			{ Email: 'alan@example', Remark: 'by phone' },
		];
		await scene.open({ ...WRITE, options: {} }, { onError: 'continueRegularOutput' }, rows);
		await person.openNode('Kizen Records');
		await person.execute();
		await output().getByText('may be read in two ways').first().waitFor();
		await person.showTable();
		await output().getByRole('cell', { name: 'failed', exact: true }).first().waitFor();
		await person.shot('run-failed-rows');
		const headers = await output().getByRole('columnheader').allInnerTexts();
		expect(headers.slice(0, 1)).toEqual(['action']);
	});

	it('reads of thirty rows of a file what became of each', async () => {
		const { person } = scene;
		await scene.open(
			{ ...WRITE, options: {}, oncreateUnarchive: IF_ARCHIVED },
			{ onError: 'continueRegularOutput' },
			rowsIn('contacts.csv'),
		);
		await person.openNode('Kizen Records');
		await person.execute();
		await output().getByText('30 items').waitFor();
		await person.showTable();
		await person.shot('run-thirty-rows');
	});

	it('finds each row on the output of what happened to it', async () => {
		const { person } = scene;
		await scene.open({ ...WRITE, splitByAction: true }, { onError: 'continueRegularOutput' });
		await person.openNode('Kizen Records');
		await person.execute();
		await output().getByText('1 created, 1 updated, 1 conflict.').waitFor();
		await output()
			.getByText(/^\s*Conflict Branch/)
			.click();
		await person.showTable();
		await output().getByRole('cell', { name: 'blaise.pascal@example.com' }).first().waitFor();
		await person.shot('run-separate-outputs');
	});
});
