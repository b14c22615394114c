import { environmentFor } from './command';
import { isN8n1 } from './versions';

// n8n's own settings on a builder's machine must not seep into the n8n that is run here, nor must
// NODE_ENV, which jest sets to "test" and which then keeps n8n from logging.
const FOREIGN =
	/^((N8N|DB|EXECUTIONS|QUEUE|WEBHOOK|GENERIC|CREDENTIALS|NODES|NODE_FUNCTION)_|NODE_ENV$)/;

// Without these a fresh n8n calls its makers (telemetry, banners, news, templates, its registry of
// verified nodes) and covers the editor with a survey.
const SILENT = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_AI_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
};

/**
 * The environment of an n8n that keeps to itself: all it writes goes into `userFolder`, and it asks
 * no other computer for anything.
 */
export function n8nEnvironment(
	n8n: { node: string; version: string },
	userFolder: string,
): NodeJS.ProcessEnv {
	const own = Object.entries(environmentFor(n8n.node)).filter(([name]) => !FOREIGN.test(name));
	const env = Object.fromEntries(own);
	return {
		...env,
		...SILENT,
		// A module's name that this n8n does not know stops it, and n8n 1 does not know this one.
		...(isN8n1(n8n.version) ? {} : { N8N_DISABLED_MODULES: 'mcp-registry' }),
		N8N_USER_FOLDER: userFolder,
		// n8n caches the editor's files under the home folder, whatever its user folder is.
		HOME: userFolder,
		// One for all runs, because each starts on a copy of one prepared database.
		N8N_ENCRYPTION_KEY: 'for-trying-out-and-tests-only',
		NO_PROXY: [env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
	};
}
