import { aScene } from './scene';

const scene = aScene([]);

/** The steps of docs/five-minutes.md, one after another, in the words of that page. */
describe('a person who follows the first five minutes', () => {
	const modal = () => scene.person.page.getByTestId('editCredential-modal');
	const output = () => scene.person.page.getByTestId('output-panel');

	it('adds the node to a new workflow', async () => {
		const { page } = scene.person;
		await page.goto(`${scene.n8n.url}/workflow/new`);
		await page.getByTestId('canvas-add-button').click();
		await page.getByTestId('node-creator-search-bar').fill('kizen');
		await scene.person.settled();
		await scene.person.shot('five-minutes-search');
		await page.getByTestId('node-creator').getByText('Kizen Records', { exact: true }).click();
		await page.getByText('Upsert record', { exact: true }).click();
		await page.getByTestId('ndv').waitFor();
		await scene.person.parameter('operation').waitFor();
	});

	it('creates the credential', async () => {
		const { person } = scene;
		const { page } = person;
		const { baseUrl, ...values } = scene.kizen.credential;
		await page.getByTestId('node-credentials-select').click();
		await page.getByTestId('node-credentials-select-item-new').click();
		for (const name of ['apiKey', 'businessId', 'userId'] as const) {
			await modal().getByTestId(`parameter-input-${name}`).locator('input').fill(values[name]);
		}
		await modal().getByText('Environment', { exact: true }).scrollIntoViewIfNeeded();
		await person.settled();
		await person.shot('five-minutes-credential');
		// Nobody's Kizen: the page says Production.
		await person.choose('environment', 'Custom URL');
		await modal().getByTestId('parameter-input-baseUrl').locator('input').fill(baseUrl);
		await modal().getByTestId('credential-save-button').click();
		await modal().waitFor({ state: 'hidden' });
	});

	it('chooses what to write', async () => {
		const { person } = scene;
		expect(await person.parameter('operation').locator('input').inputValue()).toBe('Upsert');
		const items = await person.listObjects();
		await person.settled();
		await person.shot('five-minutes-object');
		await items.getByText('Contacts', { exact: true }).click();
		await person.type('lookupValue', 'nathan@example.com');
		await person.addField('First Name');
		await person.type('first_name', 'Nathan');
		await person.addField('Email Status');
		await person.parameter('email_status').click();
		await person.option('Opted In').waitFor();
		await person.shot('five-minutes-fields');
		await person.option('Opted In').click();
		await person.settled();
	});

	it('runs it, and reads that the record was created, then that it was updated', async () => {
		const { person, kizen } = scene;
		await person.execute();
		await output().getByText('1 created.', { exact: true }).waitFor();
		await person.showTable();
		await person.settled();
		await person.shot('five-minutes-record');
		expect(kizen.find('client_client', { email: 'nathan@example.com' })?.values).toMatchObject({
			first_name: 'Nathan',
		});
		await person.execute();
		await output().getByText('1 updated.', { exact: true }).waitFor();
	});
});
