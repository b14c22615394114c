import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IRun } from 'n8n-workflow';
import { runCommand } from './command';
import { newUserFolder } from './data';
import { n8nEnvironment } from './environment';
import { removeFolder } from './lifetime';
import { freePorts } from './ports';
import type { SavedCredential, Workflow } from './rest';
import { isN8n1 } from './versions';

/** Imports and runs a workflow with n8n's command line alone, without a server. */
export async function executeHeadless(
	name: string,
	workflow: Workflow,
	credentials: SavedCredential[],
	version?: string,
): Promise<IRun> {
	const { userFolder, install } = await newUserFolder(name, version);
	try {
		const [brokerPort] = await freePorts(1);
		const env = {
			...n8nEnvironment(install, userFolder),
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			// The result is printed by the logger, so a silent one prints nothing.
			N8N_LOG_LEVEL: 'info',
			// n8n 1 often crashes as it ends its usual engine on Node.js 24, its work being done.
			...(isN8n1(install.version) && { N8N_EXPRESSION_ENGINE: 'legacy' }),
		};
		const n8n = async (...args: string[]) =>
			await runCommand({
				program: install.node,
				args: [install.script, ...args],
				cwd: userFolder,
				env,
				log: `n8n-${name}.log`,
			});
		const file = (called: string, content: unknown) => {
			const path = join(userFolder, called);
			writeFileSync(path, JSON.stringify(content));
			return path;
		};
		const id = 'headless00000001';
		const saved = [{ ...workflow, id, active: false }];
		await n8n('import:credentials', `--input=${file('credentials.json', credentials)}`);
		await n8n('import:workflow', `--input=${file('workflow.json', saved)}`);
		return resultIn(await n8n('execute', `--id=${id}`, '--rawOutput'));
	} finally {
		removeFolder(userFolder);
	}
}

/** The result stands between log lines, from the first line that is `{` to the last that is `}`. */
function resultIn(output: string): IRun {
	const lines = output.split('\n');
	const json = lines.slice(lines.indexOf('{'), lines.lastIndexOf('}') + 1).join('\n');
	return JSON.parse(json) as IRun;
}
