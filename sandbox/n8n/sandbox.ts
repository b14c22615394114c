import { join, resolve } from 'node:path';

/** The project's own folder. */
export const project = resolve(__dirname, '../..');

/**
 * Where a real n8n, the Node.js it needs, its data and its logs live. Nothing outside of it is
 * touched. `KIZEN_SANDBOX` moves it, so that a build machine can keep it from run to run.
 */
export const sandbox = resolve(process.env.KIZEN_SANDBOX ?? join(project, '.sandbox'));
