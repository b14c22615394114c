import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Before n8n-core is loaded: it would write a key of its own into the user's home otherwise.
process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'n8n-nodes-kizen-'));
process.env.N8N_LOG_LEVEL ??= 'silent';
