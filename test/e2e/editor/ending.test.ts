import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { keepFolder, removeFolder } from '../../../sandbox/n8n/lifetime';
import { project } from '../../../sandbox/n8n/sandbox';
import { until } from '../../until';

/** However a run that opened a browser is ended, nothing of the browser stays behind. */

// A short name: the browser makes a socket below it.
const scratch = mkdtempSync(join(tmpdir(), 'kz-'));
keepFolder(scratch);
afterAll(() => removeFolder(scratch));

it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
	'Nothing of the browser stays behind after %s',
	async (signal) => {
		const child = spawn(
			process.execPath,
			['--import', 'tsx', join('test', 'e2e', 'editor', 'opener.ts')],
			{
				cwd: project,
				env: { ...process.env, TMPDIR: scratch, TSX_DISABLE_CACHE: '1' },
				stdio: ['ignore', 'pipe', 'inherit'],
			},
		);
		await once(child.stdout, 'data');
		expect(readdirSync(scratch)).toEqual([expect.stringMatching(/^kizen-browser-/)]);
		child.kill(signal);
		await until(() => readdirSync(scratch).length === 0);
	},
);
