import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedKizen } from '../../sandbox/kizen';
import type { N8nInstall } from '../../sandbox/n8n/install';
import {
	N8nRest,
	type EditedNode,
	type SavedCredential,
	type Session,
} from '../../sandbox/n8n/rest';
import type { N8n } from '../../sandbox/n8n/server';
import { KIZEN_NODE } from '../../sandbox/n8n/workflows';

/** The environment variable by which the tests learn of the n8n that was started for them. */
export const CARD = 'KIZEN_E2E_N8N';

interface Card {
	url: string;
	session: Session;
	install: N8nInstall;
	userFolder: string;
	logFile: string;
}

/** The n8n that all end-to-end tests share. */
export type SharedN8n = Pick<N8n, 'url' | 'rest' | 'install' | 'userFolder' | 'log'>;

/** What a test needs to know of a running n8n, as text for {@link CARD}. */
export function cardOf({ url, rest, install, userFolder, logFile }: N8n): string {
	const card: Card = { url, session: rest.session, install, userFolder, logFile };
	return JSON.stringify(card);
}

/** Meets the n8n that was started for the tests. */
export function sharedN8n(): SharedN8n {
	const text = process.env[CARD];
	if (!text) throw new Error('These tests need an n8n: npm run test:e2e or npm run test:queue');
	const { url, session, install, userFolder, logFile } = JSON.parse(text) as Card;
	const rest = N8nRest.resume(url, session, join(install.folder, 'node_modules'));
	return { url, rest, install, userFolder, log: () => readFileSync(logFile, 'utf8') };
}

/** Saves a credential for an embedded Kizen, with single values changed by `but`. */
export async function credentialFor(
	{ rest }: SharedN8n,
	kizen: EmbeddedKizen,
	but: Record<string, string> = {},
): Promise<SavedCredential> {
	const data = { ...kizen.credential, ...but };
	return await rest.createCredential({ name: 'Kizen', type: 'kizenApi', data });
}

/** A Kizen Records node as the editor's lists see it. */
export function edited(
	{ id, name }: SavedCredential,
	parameters: Record<string, unknown> = {},
): EditedNode {
	return { type: KIZEN_NODE, typeVersion: 1, credentials: { kizenApi: { id, name } }, parameters };
}
