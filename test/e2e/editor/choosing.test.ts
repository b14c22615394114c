import { aScene } from './scene';

const scene = aScene();

/** The label of the first field that is offered for mapping. */
async function seesField(label: string): Promise<void> {
	const { page } = scene.person;
	await page.getByTestId('mapping-fields-container').getByText(label, { exact: true }).waitFor();
}

describe('a person who chooses the object', () => {
	it('finds it in the list, by searching, and sees its fields', async () => {
		const { person } = scene;
		await scene.open({ operation: 'add' });
		await person.openNode('Kizen Records');
		const items = await person.listObjects('cont');
		await items.filter({ hasText: 'Deals' }).waitFor({ state: 'hidden' });
		await person.shot('object-from-list');
		await items.getByText('Contacts', { exact: true }).click();
		await seesField('Email');
		await person.shot('object-chosen');
	});

	it('gives it by name', async () => {
		const { person } = scene;
		await person.chooseMode('By Name');
		await person.typeObject('Deals');
		await seesField('Deal Name (required)');
		await person.shot('object-by-name');
	});

	it('gives it by ID', async () => {
		const { person, kizen } = scene;
		await person.chooseMode('By ID');
		await person.typeObject(kizen.object('client_client').id);
		await seesField('Email');
		await person.shot('object-by-id');
	});

	it('gives it by an expression, and keeps the fields in sight', async () => {
		const { person } = scene;
		const row = person.page.getByTestId('object-parameter-input-options-container');
		await row.hover();
		await row.getByTestId('radio-button-expression').click();
		await person.parameter('object').locator('[contenteditable=true]').waitFor();
		await seesField('Email');
		await person.shot('object-by-expression');
	});

	it('reads why there are no fields, when Kizen has no such object', async () => {
		const { person } = scene;
		await scene.open({
			operation: 'add',
			object: { __rl: true, mode: 'name', value: 'clients' },
		});
		await person.openNode('Kizen Records');
		await person.page.getByText('Kizen has no "clients"').first().waitFor();
		await person.shot('object-unknown');
	});
});

describe('a person who chooses what happens to archived records', () => {
	beforeAll(async () => {
		await scene.open({ operation: 'upsert' });
		await scene.person.openNode('Kizen Records');
	});

	it.each([
		['Add', 'unarchive', ['Report a Conflict', 'Unarchive It', 'Overwrite It']],
		['Upsert', 'oncreateUnarchive', ['Report a Conflict', 'Unarchive It', 'Overwrite It']],
		['Upsert', 'onupdateArchivedConflict', ['Report a Conflict', 'Overwrite It']],
		['Update', 'archivedConflict', ['Report a Conflict', 'Overwrite It']],
		['Archive', 'ifNoneActive', ['Continue', 'Fail the Item']],
	])('reads on %s what each choice of %s does', async (operation, name, titles) => {
		const { person } = scene;
		await person.choose('operation', operation);
		await person.parameter(name).click();
		const options = person.page.getByRole('option').filter({ visible: true });
		await options.filter({ hasText: titles[0] }).waitFor();
		await person.shot(`choices-${operation.toLowerCase()}-${name}`);
		const texts = await options.allInnerTexts();
		expect(texts.map((text) => text.split('\n')[0])).toEqual(titles);
		// A sentence under each.
		for (const text of texts) expect(text.split('\n')[1].length).toBeGreaterThan(20);
		for (const title of titles) {
			if (title !== titles[0]) await person.parameter(name).click();
			await options.filter({ hasText: title }).click();
			expect(await person.parameter(name).locator('input').inputValue()).toBe(title);
		}
	});
});

describe('a person who chooses a stage', () => {
	it.each([
		['deals', 'Negotiation'],
		['client_client', '"Contacts" is not a pipeline and has no stages'],
	])('sees the stages of the pipeline, or why there are none: %s', async (object, text) => {
		const { person } = scene;
		await scene.open({
			operation: 'moveToStage',
			object: { __rl: true, mode: 'name', value: object },
		});
		await person.openNode('Kizen Records');
		await person.page
			.getByTestId('resource-locator-stage')
			.getByTestId('rlc-input-container')
			.click();
		await person.page.getByText(text).first().waitFor();
		await person.shot(`stages-of-${object}`);
	});
});
