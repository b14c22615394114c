import core from 'n8n-core/package.json';
import workflow from 'n8n-workflow/package.json';

import { NEWEST, OLDEST } from '../../sandbox/n8n/versions';

const meant = process.env.KIZEN_N8N === OLDEST.n8n ? OLDEST : NEWEST;

it(`These tests run in the engine of n8n ${meant.n8n}`, () => {
	expect({ core: core.version, workflow: workflow.version }).toEqual({
		core: meant.core,
		workflow: meant.workflow,
	});
});
