import { installN8n } from './install';
import { NEWEST, OLDEST } from './versions';

/** Installs both versions of n8n that are tested, for .ci/run: at once, since npm mostly waits. */
Promise.all([NEWEST, OLDEST].map(async ({ n8n }) => await installN8n(n8n))).catch(
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	},
);
