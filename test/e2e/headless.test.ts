import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { executeHeadless } from '../../sandbox/n8n/headless';
import { kizenNode, node, workflow } from '../../sandbox/n8n/workflows';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());

describe("n8n's command line", () => {
	it('runs a workflow with the node, without a server', async () => {
		const credential = {
			id: 'kizen00000000001',
			name: 'Kizen',
			type: 'kizenApi',
			data: kizen.credential,
		};
		const upsert = kizenNode(credential, {
			operation: 'upsert',
			object: { __rl: true, mode: 'name', value: 'companies_company' },
			lookupValue: 'Sextant Maps',
			specifyFields: 'json',
			jsonFields: '{ "Employees": 12 }',
		});
		const start = node('Start', 'n8n-nodes-base.manualTrigger', 1);
		const { data, status } = await executeHeadless(
			'headless',
			workflow('Headless', [start, upsert], { Start: ['Kizen'] }),
			[credential],
		);
		const stored = kizen.find('companies_company', { name: 'Sextant Maps' });
		expect(status).toBe('success');
		expect(data.resultData.runData.Kizen[0].data?.main[0]).toMatchObject([
			{ json: { action: 'created', id: stored?.id, employees: 12 } },
		]);
		expect(stored?.values.employees).toBe(12);
	});
});
