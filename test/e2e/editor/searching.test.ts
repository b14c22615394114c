import { aScene } from './scene';

const scene = aScene([{}]);

describe('a person who searches', () => {
	it('builds a condition from the fields of the object, and finds what it says', async () => {
		const { person, kizen } = scene;
		const { page } = person;
		const deals = { __rl: true, mode: 'name', value: 'deals' };
		await scene.open({ operation: 'search', object: deals, returnAll: true });
		await person.openNode('Kizen Records');
		await page.getByText('Add Condition').click();
		const condition = page.getByTestId('fixed-collection-conditions');
		await condition.getByTestId('parameter-input-value').waitFor();
		await person.shot('search-condition-empty');
		await condition.getByRole('combobox').nth(0).click();
		await person.option('Region').click();
		await condition.getByRole('combobox').nth(1).click();
		await person.option('Is Any Of').waitFor();
		await person.shot('search-conditions-that-fit');
		// What makes no sense for a drop-down is not offered.
		expect(await person.option('Starts With').count()).toBe(0);
		await person.option('Is').click();
		await person.type('value', 'North');
		await person.execute();
		await person.shot('search-found');
		const north = kizen
			.all('deals')
			.filter(({ archived, values }) => !archived && values.region === 'North');
		expect(north.length).toBeGreaterThan(0);
		await page.getByTestId('output-panel').getByText(`${north.length} found.`).waitFor();
	});
});
