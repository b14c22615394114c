import { detailed, KizenError } from './errors';
import type { Switches } from './switches';
import type { World } from './world';

type Headers = Record<string, string | string[] | undefined>;

/**
 * Lets a request in by its three headers, or throws what Kizen answers instead. The body without
 * any business is captured (kizen/builder-cli); the others are guesses.
 */
export function admit({ world, apiKey }: { world: World; apiKey: string }, headers: Headers): void {
	const { business, switches } = world;
	const [key, businessId, userId] = ['x-api-key', 'x-business-id', 'x-user-id'].map(
		(name) => headers[name],
	);
	if (!businessId) throw new KizenError(401, { code: 'missing_business_context' });
	if (!key || !userId) throw denied(switches, 401, missing);
	if (key !== apiKey) throw denied(switches, 401, wrongKey);
	if (businessId !== business.id)
		throw denied(switches, switches.wrongBusinessStatus, wrongBusiness);
	const { id: employee, user_id: user } = business.me;
	const known = { user: [user], employee: [employee], either: [user, employee] };
	if (!known[switches.userIdIs].includes(String(userId))) {
		throw denied(switches, switches.wrongUserStatus, wrongUser);
	}
}

const missing = {
	detail: 'Authentication credentials were not provided.',
	code: 'not_authenticated',
};
const wrongKey = { detail: 'Invalid API key.', code: 'authentication_failed' };
const wrongBusiness = {
	detail: 'You are not a member of this business.',
	code: 'authentication_failed',
};
const wrongUser = {
	detail: 'User does not match the API key.',
	code: 'authentication_failed',
};

function denied(
	{ unauthorizedBody }: Switches,
	status: number,
	{ detail, code }: { detail: string; code: string },
): KizenError {
	const bodies: Record<Switches['unauthorizedBody'], () => KizenError> = {
		'detail and code': () => detailed(status, detail, code),
		detail: () => new KizenError(status, { detail }),
		code: () => new KizenError(status, { code }),
		empty: () => new KizenError(status, undefined),
		html: () => new KizenError(status, `<html><body><h1>${detail}</h1></body></html>`),
	};
	return bodies[unauthorizedBody]();
}
