/**
 * Where Kizen's API lives, from what the credential says. Hosts: kizen/builder-cli profiles.py and
 * kizen/app-builder-cli kizenUrls.ts.
 */

const API_OF_ENVIRONMENT: Record<string, string> = {
	production: 'https://app.go.kizen.com',
	fmo: 'https://app.fmo.kizen.com',
	staging: 'https://staging.kizen.com',
};

/** The address people see in the browser, and the API that belongs to it. */
const API_OF_APP: Record<string, string> = {
	'go.kizen.com': 'https://app.go.kizen.com',
	'fmo.kizen.com': 'https://app.fmo.kizen.com',
	'v2.staging.kizen.com': 'https://staging.kizen.com',
	'v2.integration.kizen.dev': 'https://integration.kizen.dev',
};

const THIS_COMPUTER = ['localhost', '127.0.0.1', '[::1]'];

export type Address = { base: string } | { problem: string; remedy: string };

/**
 * The base of every request, without `/api` and without a slash at its end, or what is wrong with
 * the credential's Environment and Base URL.
 */
export function apiAddress(credential: { environment?: unknown; baseUrl?: unknown }): Address {
	const environment = String(credential.environment ?? 'production');
	if (environment !== 'custom') {
		const base = API_OF_ENVIRONMENT[environment];
		if (base) return { base };
		return {
			problem: `The credential's Environment "${environment}" is not known`,
			remedy: "Open the credential and choose one of the list under 'Environment'.",
		};
	}
	const typed = String(credential.baseUrl ?? '').trim();
	if (typed === '') {
		return {
			problem: "The credential's Base URL is empty",
			remedy: `Open the credential and fill in 'Base URL', such as ${API_OF_ENVIRONMENT.production}, or choose another 'Environment'.`,
		};
	}
	const url = URL.canParse(typed) ? new URL(typed) : undefined;
	if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
		return {
			problem: `The credential's Base URL "${typed}" is not a web address`,
			remedy: `Open the credential and write 'Base URL' in full, such as ${API_OF_ENVIRONMENT.production}.`,
		};
	}
	if (url.protocol === 'http:' && !THIS_COMPUTER.includes(url.hostname)) {
		return {
			problem: `The credential's Base URL "${typed}" would send the API key unprotected`,
			remedy: "Open the credential and let 'Base URL' begin with https://.",
		};
	}
	if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
		return {
			problem: "The credential's Base URL holds more than an address",
			remedy: `Open the credential and leave only the address in 'Base URL', such as ${API_OF_ENVIRONMENT.production}.`,
		};
	}
	const path = url.pathname
		.replace(/\/+$/, '')
		.replace(/\/api$/, '')
		.replace(/\/+$/, '');
	return { base: `${url.origin}${path}` };
}

/** What to use instead of `base`, for people who gave the address that they see in their browser. */
export function apiInsteadOf(base: string): string {
	return API_OF_APP[new URL(base).hostname] ?? API_OF_ENVIRONMENT.production;
}

/**
 * The path of a request, each part encoded, so that no name or ID can leave its place in it.
 *
 * @throws RangeError for a part that URLs give a meaning of its own (`.`, `..`, nothing)
 */
export function pathOf(parts: string[]): string {
	return parts
		.map((part) => {
			if (['', '.', '..'].includes(part))
				throw new RangeError(`"${part}" can't be part of an address`);
			return `/${encodeURIComponent(part)}`;
		})
		.join('');
}
