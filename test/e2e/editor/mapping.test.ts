import type { IDataObject } from 'n8n-workflow';
import { aScene, CONTACTS } from './scene';

const scene = aScene();

const fields = () => scene.person.page.getByTestId('mapping-fields-container');

async function open(parameters: object = {}, rows?: IDataObject[]): Promise<void> {
	await scene.open({ operation: 'upsert', object: CONTACTS, ...parameters }, {}, rows);
	await scene.person.openNode('Kizen Records');
	await listed();
}

/** The fields of the object are there to be added. */
async function listed(): Promise<void> {
	await scene.person.page.getByText('Add field to send').waitFor();
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

	it('is asked for the email once: it is Lookup Value, and can be added to be changed', async () => {
		const { person } = scene;
		await open({ lookupValue: 'ada.lovelace@example.com' });
		expect(await fields().getByText('Email', { exact: false }).count()).toBe(0);
		await person.shot('mapping-as-it-comes');
		await person.addField('Email (only to change it)');
		await person.type('email', 'countess@example.com');
		await person.shot('mapping-email-to-change');
		await person.execute();
		expect(scene.kizen.find('client_client', { email: 'countess@example.com' })).toBeDefined();
	});

	it('writes them as JSON instead, and finds the mapper again', async () => {
		const { person } = scene;
		await person.choose('specifyFields', 'JSON');
		await person.parameter('jsonFields').waitFor();
		await person.shot('mapping-as-json');
		// What was mapped is gone then: n8n keeps no parameter that it does not show.
		await person.choose('specifyFields', 'Map Fields');
		await listed();
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

describe('a person who enters a value of each kind', () => {
	const ENGAGEMENT = {
		operation: 'add',
		object: { __rl: true, mode: 'name', value: 'engagement' },
	};
	const engagement = () => scene.kizen.find('engagement', { name: 'Audit 2027' })?.values;

	it('sees what to enter, and nothing that is not written', async () => {
		const { person } = scene;
		await open(ENGAGEMENT, [{}]);
		await fields().getByText('Engagement Name (required)', { exact: true }).waitFor();
		await fields().getByText('Reference Number (required)', { exact: true }).waitFor();
		for (const label of [
			'Billable',
			'Fee (USD)',
			'Hours',
			'Satisfaction',
			'Start Date (date only)',
		]) {
			await person.addField(label);
		}
		for (const label of ['Company (name or ID)', 'Keywords (comma-separated)', 'Lead Consultant']) {
			await person.addField(label);
		}
		for (const name of ['is_billable', 'fee', 'hours', 'satisfaction', 'company']) {
			expect(await person.parameter(name).locator('input').inputValue()).toBe('');
		}
		await person.shot('mapping-each-kind-empty');
		await person.type('name', 'Audit 2027');
		await person.type('reference_number', 'R-1');
		await person.type('fee', '$1,250.50');
		await person.type('hours', '1,250.5');
		await person.type('company', 'Lumen Studio');
		await person.type('keywords', 'Urgent, Recurring');
		expect(await person.parameter('fee').locator('input').inputValue()).toBe('$1,250.50');
		await person.execute();
		await person.page.getByTestId('output-panel').getByText('1 created.').waitFor();
		await person.showTable();
		await person.shot('mapping-each-kind');
		expect(engagement()).toMatchObject({ fee: 1250.5, hours: 1250.5 });
		expect(engagement()).not.toHaveProperty('is_billable');
	});

	it.each([
		['Yes', true],
		['No', false],
	])('chooses %s for a checkbox with one click', async (title, stored) => {
		const { person } = scene;
		await open(ENGAGEMENT, [{}]);
		await person.type('name', 'Audit 2027');
		await person.type('reference_number', 'R-1');
		await person.addField('Billable');
		await person.choose('is_billable', title);
		await person.shot(`mapping-checkbox-${title.toLowerCase()}`);
		await person.execute();
		expect(engagement()).toMatchObject({ is_billable: stored });
	});
});

/** What n8n 2.41 does when the object is changed after fields were mapped. */
describe('a person who changes the object after mapping', () => {
	const map = async (value: string) => {
		const { person } = scene;
		await open({ lookupValue: 'Tax Review 2026' });
		await person.addField('First Name');
		await person.type('first_name', value);
		await person.addField('Last Name');
		await person.type('last_name', value);
		await person.settled();
	};
	const chooseDeals = async () => {
		const { person } = scene;
		await person.typeObject('Deals');
		await person.settled();
	};

	it('sees the fields of the new object at once, where n8n can resolve all expressions', async () => {
		const { person } = scene;
		await map('Ada');
		await chooseDeals();
		await fields().getByText('First Name', { exact: true }).waitFor({ state: 'detached' });
		await person.shot('object-changed');
		await person.addField('Next Step');
	});

	it('sees the old fields until the node is opened again, where n8n cannot: the run says so', async () => {
		const { person } = scene;
		await map('{{ $json["First Name"] }}');
		await chooseDeals();
		await fields().getByText('First Name', { exact: true }).waitFor();
		await person.shot('object-changed-unnoticed');
		await person.execute();
		const output = person.page.getByTestId('output-panel');
		await output.getByText('These fields belong to another object').first().waitFor();
		await person.shot('object-changed-run');
	});

	it('then finds them marked, with their values, beside the fields of the new object', async () => {
		const { person } = scene;
		await map('{{ $json["First Name"] }}');
		await chooseDeals();
		await person.closeNode();
		await person.openNode('Kizen Records');
		await fields().getByText('First Name (not a field of this object)', { exact: true }).waitFor();
		await fields().getByText('Next Step', { exact: true }).waitFor();
		await fields().getByText('First Name', { exact: false }).first().scrollIntoViewIfNeeded();
		await person.shot('object-changed-reopened');
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
		await fields().getByText('Favourite Colour', { exact: true }).waitFor();
		await person.shot('mapping-after-change');
		await person.page.getByText('Add field to send').click();
		const offered = person.page.getByRole('menuitem').filter({ visible: true });
		await offered.filter({ hasText: 'First Name' }).waitFor();
		expect(await offered.filter({ hasText: 'Titles' }).count()).toBe(0);
	});
});
