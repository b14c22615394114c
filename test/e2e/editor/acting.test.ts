import type { INode } from 'n8n-workflow';
import { aScene } from './scene';

const scene = aScene([{}]);

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const output = () => scene.person.page.getByTestId('output-panel');

/** Runs an operation on the record of this name, in the panel, and looks at the table. */
async function run(
	parameters: INode['parameters'],
	action: string,
	fill: () => Promise<void> = async () => undefined,
): Promise<void> {
	const { person } = scene;
	await scene.open({ object: byName('Deals'), record: byName('Fleet Leasing'), ...parameters });
	await person.openNode('Kizen Records');
	await person.parameter('operation').waitFor();
	await fill();
	await person.execute();
	await output().getByText(`1 ${action}.`, { exact: true }).waitFor();
	await person.showTable();
	await output().getByRole('cell', { name: action, exact: true }).waitFor();
	await person.settled();
	await person.shot(`act-${String(parameters.operation)}`);
}

const deal = () => scene.kizen.find('deals', { name: 'Fleet Leasing' });

/** Where a person names the record, in whatever case, no node is needed before to find its ID. */
describe('a person who knows the name of a record', () => {
	it('gets it', async () =>
		await run({ operation: 'get', record: byName('fleet leasing') }, 'found'));

	it('looks it up', async () => {
		await run({ operation: 'lookUp', lookupValue: 'FLEET LEASING' }, 'found');
	});

	it('changes it', async () => {
		const { person } = scene;
		await run({ operation: 'update' }, 'updated', async () => {
			await person.addField('Region');
			await person.choose('region', 'South');
			await person.settled();
		});
		expect(deal()?.values).toMatchObject({ region: 'South' });
	});

	it('moves it to another stage', async () => {
		await run({ operation: 'moveToStage', stage: byName('Negotiation') }, 'moved');
	});

	it('archives it', async () => {
		await run({ operation: 'archive' }, 'archived');
		expect(deal()?.archived).toBe(true);
	});

	it('reads how to bring it back: Kizen finds no archived record by its name', async () => {
		const { person, kizen } = scene;
		const { id } = kizen.add('deals', { name: 'Old Deal' }, { archived: true });
		await scene.open({
			operation: 'unarchive',
			object: byName('Deals'),
			record: byName('Old Deal'),
		});
		await person.openNode('Kizen Records');
		await person.execute();
		await output().getByText('Kizen does not find the archived record').first().waitFor();
		await person.shot('act-unarchive-by-name');
		await run(
			{ operation: 'unarchive', record: { __rl: true, mode: 'id', value: id } },
			'unarchived',
		);
		expect(kizen.find('deals', { id })?.archived).toBe(false);
	});
});
