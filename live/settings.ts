import { apiAddress } from '../nodes/Kizen/http/baseUrl';

/** What the checks need to know, as the environment says it. */
export interface Settings {
	/** Kizen's API, without `/api` and without a slash at its end. */
	base: string;
	apiKey: string;
	businessId: string;
	userId: string;
	/** Api name of the object in which records may be made; without it nothing is written. */
	object: string | undefined;
	/** Whether contacts may be made, too. */
	contacts: boolean;
	/** Whether a tag may be made, which can't be taken away again through the API. */
	tags: boolean;
}

/** The values that are missing or unusable, in words for whoever started the checks. */
export class Unusable extends Error {}

const needed = {
	KIZEN_API_KEY: 'apiKey',
	KIZEN_BUSINESS_ID: 'businessId',
	KIZEN_USER_ID: 'userId',
} as const;

/** @throws Unusable */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
	const text = (name: string) => env[name]?.trim() ?? '';
	const missing = Object.keys(needed).filter((name) => text(name) === '');
	if (missing.length > 0) {
		throw new Unusable(
			`Nothing was sent. ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set in the environment. In Kizen, you find all three under My Profile > API Connections. docs/live-checks.md says more.`,
		);
	}
	const baseUrl = text('KIZEN_BASE_URL');
	const address = apiAddress(baseUrl === '' ? {} : { environment: 'custom', baseUrl });
	if ('problem' in address) {
		const what = address.problem.replace("The credential's Base URL", 'KIZEN_BASE_URL');
		throw new Unusable(`Nothing was sent. ${what}.`);
	}
	return {
		base: address.base,
		apiKey: text('KIZEN_API_KEY'),
		businessId: text('KIZEN_BUSINESS_ID'),
		userId: text('KIZEN_USER_ID'),
		object: text('KIZEN_OBJECT') || undefined,
		contacts: text('KIZEN_LIVE_CONTACTS') === '1',
		tags: text('KIZEN_LIVE_TAGS') === '1',
	};
}
