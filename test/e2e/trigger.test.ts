import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { until, type SavedWorkflow } from '../../sandbox/n8n/rest';
import { credentialFor, sharedN8n } from './meeting';
import { kizenTrigger, node, workflow } from '../../sandbox/n8n/workflows';

/** The trigger in a real n8n: what starts a workflow, and what keeps it from being published. */

const n8n = sharedN8n();
let kizen: EmbeddedKizen;
let saved: SavedWorkflow;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());
afterEach(async () => await n8n.rest.deactivate(saved));

const DEALS = { __rl: true, mode: 'name', value: 'Deals' };

async function create(parameters: Parameters<typeof kizenTrigger>[1]): Promise<SavedWorkflow> {
	const credential = await credentialFor(n8n, kizen);
	saved = await n8n.rest.createWorkflow(
		workflow(
			'On a deal',
			[kizenTrigger(credential, parameters), node('Next', 'n8n-nodes-base.noOp', 1)],
			{
				'Kizen Trigger': ['Next'],
			},
		),
	);
	return saved;
}

/** What each execution so far has received from the trigger, the oldest first. */
async function received(count: number): Promise<Array<Array<Record<string, unknown>>>> {
	const ids = await until(`${count} executions`, async () => {
		const all = await n8n.rest.executionIds(saved.id);
		return all.length >= count ? all.reverse() : undefined;
	});
	const all = await Promise.all(ids.map(async (id) => await n8n.rest.finished(id)));
	return all.map((one) =>
		one
			.outputs('Next')
			.flat()
			.map(({ json }) => json),
	);
}

it('starts a workflow with the flat item of a new record, and with that of a changed one', async () => {
	await n8n.rest.activate(await create({ event: 'createdOrUpdated', object: DEALS }));
	const { id } = kizen.add('deals', { name: 'New', stage: 'Proposal', entity_value: 1200 });
	await received(1);
	kizen.bulk('deals', [{ id, values: { stage: 'Negotiation' } }]);
	const item = { id, object: 'deals', name: 'New', entity_value: 1200 };
	expect(await received(2)).toEqual([
		[expect.objectContaining({ ...item, action: 'created', stage: 'Proposal' })],
		[expect.objectContaining({ ...item, action: 'updated', stage: 'Negotiation' })],
	]);
});

it('goes on where it was after a time in which the workflow was inactive', async () => {
	await n8n.rest.activate(await create({ object: DEALS }));
	kizen.add('deals', { name: 'Before' });
	await received(1);
	await n8n.rest.deactivate(saved);
	kizen.add('deals', { name: 'Meanwhile' });
	await n8n.rest.activate(saved);
	const all = await received(2);
	expect(all.map((items) => items.map(({ name }) => name))).toEqual([['Before'], ['Meanwhile']]);
});
