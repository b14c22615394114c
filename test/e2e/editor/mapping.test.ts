import { aScene, CONTACTS } from './scene';

const scene = aScene();

const fields = () => scene.person.page.getByTestId('mapping-fields-container');

async function open(parameters: object = {}): Promise<void> {
	await scene.open({ operation: 'upsert', object: CONTACTS, ...parameters });
	await scene.person.openNode('Kizen Records');
	await fields().getByText('Email', { exact: true }).waitFor();
}

describe('a person who maps fields', () => {
	it('adds them by their labels, and picks from their options', async () => {
		const { person } = scene;
		await open();
		await person.addField('First Name');
		await person.type('first_name', 'Ada');
		await person.addField('Email Status');
		await person.parameter('email_status').click();
		await person.page.getByRole('option').filter({ hasText: 'Not Opted In' }).waitFor();
		await person.shot('mapping-by-hand');
		await person.page.getByText('Opted In', { exact: true }).click();
	});

	it('keeps what was mapped when the operation is switched', async () => {
		const { person } = scene;
		for (const operation of ['Update', 'Add', 'Upsert']) {
			await person.choose('operation', operation);
			await person.settled();
			await fields().getByText('First Name', { exact: true }).waitFor();
			expect(await person.parameter('first_name').locator('input').inputValue()).toBe('Ada');
			await person.shot(`mapping-kept-by-${operation.toLowerCase()}`);
		}
	});

	it('writes them as JSON instead, and finds the mapper again', async () => {
		const { person } = scene;
		await person.choose('specifyFields', 'JSON');
		await person.parameter('jsonFields').waitFor();
		await person.shot('mapping-as-json');
		// What was mapped is gone then: n8n keeps no parameter that it does not show.
		await person.choose('specifyFields', 'Map Fields');
		await fields().getByText('Email', { exact: true }).waitFor();
	});

	it("lets the input's columns find their own fields", async () => {
		const { person } = scene;
		await open({ lookupValue: '={{ $json.Email }}', oncreateUnarchive: 'unarchive' });
		await person.page.getByTestId('mapping-mode-select').click();
		await person.page.getByRole('option').filter({ hasText: 'Map Automatically' }).click();
		await person.settled();
		await person.shot('mapping-automatic');
		await person.execute();
		await person.shot('mapping-automatic-run');
		expect(scene.kizen.find('client_client', { email: 'nova@example.com' })?.values).toMatchObject({
			first_name: 'Nova',
			last_name: 'Rivers',
		});
	});
});

describe('a person who opens a node after Kizen was changed', () => {
	it('sees the new field, and no longer one that is gone', async () => {
		const { person, kizen } = scene;
		await open();
		await person.closeNode();
		kizen.addField('client_client', {
			name: 'favourite_colour',
			display_name: 'Favourite Colour',
			field_type: 'text',
		});
		kizen.changeField('client_client', 'titles', null);
		await person.openNode('Kizen Records');
		await fields().getByText('Email', { exact: true }).waitFor();
		await fields().getByText('Favourite Colour', { exact: true }).waitFor();
		await person.shot('mapping-after-change');
		await person.page.getByText('Add field to send').click();
		const offered = person.page.getByRole('menuitem').filter({ visible: true });
		await offered.filter({ hasText: 'First Name' }).waitFor();
		expect(await offered.filter({ hasText: 'Titles' }).count()).toBe(0);
	});
});
