import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sandbox } from '../../sandbox/n8n/sandbox';

// Before n8n-core is loaded, which would make a folder with a key of its own in the user's home.
const folder = join(sandbox, 'engine');
const config = join(folder, '.n8n', 'config');
if (!existsSync(config)) {
	mkdirSync(dirname(config), { recursive: true });
	const whole = `${config}-${process.pid}`;
	writeFileSync(whole, '{"encryptionKey":"for-tests-only"}', { mode: 0o600 });
	renameSync(whole, config);
}
process.env.N8N_USER_FOLDER ??= folder;
process.env.N8N_LOG_LEVEL ??= 'silent';
