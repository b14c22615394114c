import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { isN8n1 } from '../../sandbox/n8n/versions';
import { credentialFor, sharedN8n } from './meeting';
import { runByWebhook } from './runs';
import { end, kizenNode, node, workflow } from '../../sandbox/n8n/workflows';

const n8n = sharedN8n();
let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());

it('in a sub-workflow, every row comes back to the workflow that called it, paired with its own', async () => {
	const credential = await credentialFor(n8n, kizen);
	const trigger = node('Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
		inputSource: 'passthrough',
	});
	const kizenRecords = kizenNode(
		credential,
		{
			operation: 'upsert',
			object: { __rl: true, mode: 'name', value: 'client_client' },
			lookupValue: '={{ $json.email }}',
			specifyFields: 'json',
			jsonFields: '{}',
		},
		{ onError: 'continueRegularOutput' },
	);
	const sub = await n8n.rest.createWorkflow(
		workflow('Sub-workflow', [trigger, kizenRecords], { Called: ['Kizen'] }),
	);
	// n8n 1 calls a sub-workflow as it is saved, and can not publish one.
	if (!isN8n1(n8n.install.version)) await n8n.rest.activate(sub);
	const call = node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
		workflowId: { __rl: true, mode: 'id', value: sub.id },
		options: {},
	});
	const rows = [
		{ email: 'sub.new@example.com', n: 0 },
		{ email: 'ada.lovelace@example.com', n: 1 },
		{ email: 'blaise.pascal@example.com', n: 2 },
	];
	const look = end('looked');
	look.parameters = {
		assignments: {
			assignments: [{ id: 'n', name: 'n', value: "={{ $('Rows').item.json.n }}", type: 'number' }],
		},
		includeOtherFields: true,
		options: {},
	};
	const { execution } = await runByWebhook(
		n8n,
		[call, look],
		{ Rows: ['Call'], Call: ['looked'] },
		rows,
	);
	expect(execution.status).toBe('success');
	expect(execution.outputs('looked')[0].map(({ json }) => [json.n, json.action])).toEqual([
		[0, 'created'],
		[1, 'updated'],
		[2, 'conflict'],
	]);
});
