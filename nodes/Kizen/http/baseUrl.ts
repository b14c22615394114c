/**
 * Where Kizen's API lives, from what the credential says. Hosts: kizen/builder-cli profiles.py and
 * kizen/app-builder-cli kizenUrls.ts.
 */

export const PRODUCTION = 'https://app.go.kizen.com';

/** By the credential's Environment. A map, because what an expression gives is looked up in it. */
const API_OF_ENVIRONMENT = new Map([
	['production', PRODUCTION],
	['fmo', 'https://app.fmo.kizen.com'],
	['staging', 'https://staging.kizen.com'],
]);

/** The host people see in the browser, and the API that belongs to it. */
const API_OF_APP = new Map([
	['go.kizen.com', PRODUCTION],
	['fmo.kizen.com', 'https://app.fmo.kizen.com'],
	['v2.staging.kizen.com', 'https://staging.kizen.com'],
	['v2.integration.kizen.dev', 'https://integration.kizen.dev'],
]);

const THIS_COMPUTER = ['localhost', '127.0.0.1', '[::1]'];

/** What n8n knows of a credential beside its own fields. */
interface AddressFields {
	environment?: unknown;
	baseUrl?: unknown;
	/** n8n's "Allowed HTTP Request Domains": all, domains or none. */
	allowedHttpRequestDomains?: unknown;
	/** n8n's "Allowed Domains". */
	allowedDomains?: unknown;
}

interface Unusable {
	problem: string;
	remedy: string;
}

type Address = { base: string } | Unusable;

/**
 * The base of every request, without `/api` and without a slash at its end, or what is wrong with
 * the credential's Environment, Base URL or Allowed Domains.
 */
export function apiAddress(credential: AddressFields): Address {
	const address = addressOf(credential);
	return 'base' in address ? (domainProblem(credential, address.base) ?? address) : address;
}

function addressOf(credential: AddressFields): Address {
	const environment = String(credential.environment ?? 'production');
	if (environment !== 'custom') {
		const base = API_OF_ENVIRONMENT.get(environment);
		if (base) return { base };
		return {
			problem: `The credential's Environment "${environment}" is not known`,
			remedy: "Open the credential and choose one from the list under 'Environment'.",
		};
	}
	const typed = String(credential.baseUrl ?? '').trim();
	if (typed === '') {
		return {
			problem: "The credential's Base URL is empty",
			remedy: `Open the credential and fill in 'Base URL', such as ${PRODUCTION}, or choose another 'Environment'.`,
		};
	}
	const url = URL.canParse(typed) ? new URL(typed) : undefined;
	if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
		return {
			problem: `The credential's Base URL "${typed}" is not a web address`,
			remedy: `Open the credential and write 'Base URL' in full, such as ${PRODUCTION}.`,
		};
	}
	const api = API_OF_APP.get(withoutDot(url.hostname));
	if (api !== undefined) {
		return {
			problem: `The credential's Base URL "${typed}" is the address of the Kizen app, not of its API`,
			remedy: `Open the credential and use ${api} as 'Base URL', or choose the 'Environment'.`,
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
			remedy: `Open the credential and leave only the address in 'Base URL', such as ${PRODUCTION}.`,
		};
	}
	const path = url.pathname
		.replace(/\/+$/, '')
		.replace(/\/api$/, '')
		.replace(/\/+$/, '');
	return { base: `${url.origin}${path}` };
}

/**
 * The domains that the credential may be used with, as n8n's HTTP helpers take them; undefined for
 * all. "None" keeps a credential out of the HTTP Request node, and not out of the node it is made for
 * (n8n-workflow, credential-domain-restrictions).
 */
export function allowedDomainsOf(credential: AddressFields): string | undefined {
	if (credential.allowedHttpRequestDomains !== 'domains') return undefined;
	return String(credential.allowedDomains ?? '').trim();
}

/** Asked before anything is sent, because not every n8n asks when it tests a credential. */
function domainProblem(credential: AddressFields, base: string): Unusable | undefined {
	const allowed = allowedDomainsOf(credential);
	const { hostname } = new URL(base);
	if (allowed === undefined || isAllowed(hostname, allowed)) return undefined;
	return {
		problem: `The credential does not allow requests to ${hostname}`,
		remedy: `Open the credential and add ${hostname} to 'Allowed Domains', or set 'Allowed HTTP Request Domains' to All.`,
	};
}

/**
 * As n8n's own `isDomainAllowed` compares, which takes other arguments in n8n 1 than in n8n 2:
 * `*.example.com` means every subdomain, and not `example.com` itself.
 */
function isAllowed(hostname: string, allowed: string): boolean {
	const host = withoutDot(hostname);
	return allowed
		.split(',')
		.map((domain) => withoutDot(domain.trim().toLowerCase()))
		.some((domain) => (/^\*\../.test(domain) ? host.endsWith(domain.slice(1)) : host === domain));
}

/** A full stop at the end of a host's name changes nothing. */
const withoutDot = (host: string): string => host.replace(/\.$/, '');

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
