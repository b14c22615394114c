import { PRODUCTION, retryAfterMs, type TimedOut } from '../http';
import type { Problem } from '../outcome';
import { codesIn, NO_DETAILS, wordsIn, type Rejection, type RejectionKind } from './response';

/** What the words below speak of. */
export interface ErrorContext {
	base: string;
	/** The object by its label, or as the user named it; left out where Kizen is asked for all. */
	object?: string;
	/** The fields that were sent, in their order. */
	sent?: SentField[];
	/** ID of the record that was addressed, where one was. */
	record?: string;
	/** What an Upsert looks its record up by. */
	lookupValue?: string;
	/** What was asked for, where that was not to write a row. */
	reading?: 'record' | 'search' | 'list';
	/** The trigger asked: it asks again by itself, and its options are fewer. */
	isPolled?: boolean;
	/** The person has the credential open, and tests it. */
	testing?: boolean;
	/** How long the row was held back in vain, in ms. */
	gaveUpAfterMs?: number | undefined;
}

/** A field that was sent. */
export interface SentField {
	label: string;
	/** As a person reads it, where it can be shown. */
	value: string | undefined;
	/** Whether it is the name, or the email of contacts. */
	isIdentifier: boolean;
}

type Wording = string | ((rejection: Rejection, context: ErrorContext) => string);

/** What the user reads about one kind of rejection. */
interface Words {
	message: Wording;
	remedy: Wording;
	cause?: Problem['cause'];
}

const CHECK_ADDRESS = "Check the credential's Environment and Base URL.";

const checkCredential: Wording = (_, { testing }) =>
	`${testing ? '' : 'Open the credential and test it. '}API Key, Business ID and User ID belong together. You find all three in Kizen under My Profile > API Connections.`;

/** What a test of the credential has no item and no options for. */
const later =
	(orElse: string): Wording =>
	(_, { testing, isPolled }) => {
		if (testing) return 'Try again in a minute.';
		return isPolled ? AT_NEXT_POLL : `Run the item again later${orElse}.`;
	};

const AT_NEXT_POLL = 'The trigger tries again at its next poll, and nothing is lost.';

const lookFirst: Wording = (_, { testing, reading, isPolled }) => {
	if (testing) return `Try again in a minute. ${CHECK_ADDRESS}`;
	if (isPolled) return `${AT_NEXT_POLL} ${CHECK_ADDRESS}`;
	return `${reading ? 'Run the item again' : 'Check in Kizen whether the record was written before you run this item again'}. If it happens repeatedly, give Kizen the request ID.`;
};

const DATES_OF_CERTIFICATE = /^C(ERT|RL)_(HAS_EXPIRED|NOT_YET_VALID)$/;
const NAME_OF_CERTIFICATE = /ALTNAME_INVALID|HOSTNAME_MISMATCH/;

const trustCertificate: Wording = ({ code = '' }) => {
	if (DATES_OF_CERTIFICATE.test(code)) {
		return `Check the date and time of the computer that n8n runs on. ${CHECK_ADDRESS}`;
	}
	if (NAME_OF_CERTIFICATE.test(code)) {
		return `The certificate belongs to another host. ${CHECK_ADDRESS}`;
	}
	return `If a proxy or firewall of your network reads encrypted traffic, give n8n its root certificate: set the environment variable NODE_EXTRA_CA_CERTS to the file that holds it and restart n8n. Otherwise: ${CHECK_ADDRESS}`;
};

const BY_KIND: Record<Exclude<RejectionKind, 'rejected'>, Words> = {
	page: {
		message: 'Kizen answered with a web page',
		remedy: `Something other than Kizen's API answers there. Choose the Environment, or with Custom URL use ${PRODUCTION}. Check the name of the object as well.`,
	},
	redirect: {
		message: 'Kizen redirected the request to another address, which was not followed',
		remedy: `${CHECK_ADDRESS} The API key is only sent to the address in the credential.`,
	},
	empty: { message: 'Kizen answered with nothing', remedy: lookFirst },
	garbled: { message: "Kizen's response could not be read", remedy: lookFirst },
	broken: {
		message: "Kizen's response arrived incomplete or damaged",
		remedy: (rejection, context) =>
			`${say(lookFirst, rejection, context)} A proxy or firewall between n8n and Kizen may have changed it.`,
		cause: 'temporarily-unavailable',
	},
	timeout: {
		message: 'Kizen did not answer in time',
		remedy: (rejection, context) =>
			context.isPolled
				? `${AT_NEXT_POLL} If it happens repeatedly, raise 'Timeout (Seconds)' under Options.`
				: say(later(", or raise 'Timeout (Seconds)' under Options"), rejection, context),
		cause: 'temporarily-unavailable',
	},
	lost: {
		message: (_, { base }) => `The connection to Kizen at ${base} was lost`,
		remedy: (rejection, context) =>
			`${say(later(''), rejection, context)} If it happens repeatedly, check whether a firewall or proxy closes the connection.`,
		cause: 'temporarily-unavailable',
	},
	unreachable: {
		message: (_, { base }) => `Kizen could not be reached at ${base}`,
		remedy: `${CHECK_ADDRESS} Check whether this n8n may connect there (firewall, proxy).`,
		cause: 'temporarily-unavailable',
	},
	unknownHost: {
		message: (_, { base }) => `Kizen could not be found at ${base}`,
		remedy: `${CHECK_ADDRESS} Check whether this n8n reaches the internet.`,
		cause: 'temporarily-unavailable',
	},
	untrusted: {
		message: (_, { base }) => `The certificate of ${base} is not trusted`,
		remedy: trustCertificate,
	},
	withheld: {
		message: (_, { base }) => `n8n did not send the request to ${base}`,
		remedy: ({ messages }) => `n8n says: ${messages.join(' ')}`,
	},
};

const NO_PERMISSION: Words = {
	message: (_, { object }) =>
		object === undefined
			? 'The API key has no permission to see which objects there are'
			: `The API key has no permission for this in "${object}"`,
	remedy:
		"A key may do what its user may do. Ask the person who manages permissions in Kizen to give this user access to the object, its records and its fields (and to 'Standard API Keys').",
	cause: 'configuration-invalid',
};

const TOO_LARGE: Words = {
	message: 'The row is larger than Kizen takes',
	remedy: 'Send fewer or shorter values.',
};

const LIMIT_OF_BUSINESS: Words = {
	message: "One of the business's limits in Kizen is reached",
	remedy: 'See the limits of your plan in Kizen.',
};

/** Kizen's own codes (kizen/app-engine docs 05), whatever was asked. */
const BY_CODE: Record<string, Words> = {
	forbidden_field_write: {
		message: (_, { object }) =>
			`The API key may not write every one of these fields of "${object}"`,
		remedy:
			'Leave the field out, or ask the person who manages permissions in Kizen to let the user of this API key write it.',
	},
	permission_required: NO_PERMISSION,
	invalid_identifier: {
		message: (_, { object }) => `Kizen has no object "${object}"`,
		remedy: "Choose the object under 'Object' with From List.",
		cause: 'configuration-invalid',
	},
	payload_exceeded: TOO_LARGE,
	limit_exceeded: LIMIT_OF_BUSINESS,
	max_fields_exceeded: LIMIT_OF_BUSINESS,
	max_objects_exceeded: LIMIT_OF_BUSINESS,
};

/** Kizen's own codes, where they are about a row that was to be written. */
const BY_CODE_OF_ROW: Record<string, Words> = {
	does_not_exist: {
		message: (_, { object }) => `Something this row refers to does not exist in "${object}"`,
		remedy:
			'A field, an option or a related record may have been deleted in Kizen. Open the node and refresh its fields.',
	},
	required: {
		message: (_, { object }) => `"${object}" needs a value that this row does not have`,
		remedy: 'Give the field a value for every row.',
	},
};

const DUPLICATE: Words = {
	message: (_, { object }) => `"${object}" already has a record with this name or email`,
	remedy: (_, { record, lookupValue }) =>
		record === undefined && lookupValue === undefined
			? "Use the operation 'Upsert', which updates the record that is there."
			: 'Give another name or email, or change the record that has it.',
};

const SAYS_DUPLICATE =
	/already (exists|in use|taken)|must be unique|duplicate (record|name|email)/i;

/**
 * Tells whether another record has the name or email, for certain: `archivedConflictIn` also counts
 * what may mean that, because it looks. Kizen's messages may come without a code (kizen/builder-cli,
 * client.py).
 */
function isDuplicate(rejection: Rejection, codes: string[], { sent }: ErrorContext): boolean {
	if (rejection.fields.some(({ index }) => sent?.[index]?.isIdentifier !== true)) return false;
	if (codes.length > 0) return codes.includes('unique');
	return wordsIn(rejection).some((said) => SAYS_DUPLICATE.test(said));
}

/** Statuses that say enough, whatever code comes with them; 5xx does as well. */
const ENOUGH: ReadonlySet<number> = new Set([401, 407, 408, 425, 429]);

/** What time alone helps against. */
function passing(message: string): Words {
	return { message, remedy: later(''), cause: 'temporarily-unavailable' };
}

const BY_STATUS: Record<number, Words> = {
	401: {
		message: 'Kizen refused the API key for this business and user',
		remedy: checkCredential,
		cause: 'credential-invalid',
	},
	403: NO_PERMISSION,
	404: {
		message: (_, { object, record, base }) => {
			if (record !== undefined) return `Kizen shows no record ${record} in "${object}"`;
			if (object === undefined) return `What answers at ${base} is not Kizen's API`;
			return `Kizen has no "${object}", or the API key may not see it`;
		},
		// An archived record answers 404 as well (kizen/builder-cli, recorded live).
		remedy: (_, { object, record }) => {
			if (record !== undefined) {
				return "Check 'Record' and 'Object'. The record may be archived: the operation 'Unarchive' brings it back. Or it belongs to another object, this API key may not see it, or it never existed. Kizen's response is the same in all of these cases.";
			}
			if (object === undefined) return CHECK_ADDRESS;
			return "Choose the object under 'Object' with From List, which shows what the key may see.";
		},
		cause: 'configuration-invalid',
	},
	405: { message: 'Kizen does not allow this request', remedy: CHECK_ADDRESS },
	407: {
		message: 'The proxy between n8n and Kizen asks for a login (HTTP 407)',
		remedy:
			'Give n8n the proxy with its user name and password, for example in the environment variable HTTPS_PROXY, and restart n8n.',
	},
	408: passing('Kizen did not answer in time (HTTP 408)'),
	409: {
		message: 'Kizen is busy writing this record for someone else',
		remedy: 'Run the item again.',
		cause: 'temporarily-unavailable',
	},
	413: TOO_LARGE,
	425: passing('Kizen did not process the request (HTTP 425)'),
	429: {
		message: "Kizen's rate limit was reached",
		remedy: later(", lower 'Requests at Once', or raise 'Give Up After (Seconds)' under Options"),
		cause: 'rate-limited',
	},
};

const NOT_AVAILABLE: Words = {
	message: ({ status }) => `Kizen is not available right now (HTTP ${status})`,
	remedy: later('. If it continues, give Kizen the request ID'),
	cause: 'temporarily-unavailable',
};

const SEARCH_REJECTED: Words = {
	message: 'Kizen did not accept the search',
	remedy:
		"A condition may refer to a field, an option or a segment that was changed in Kizen since: choose it again under 'Conditions'.",
};

const REQUEST_REJECTED: Words = {
	message: 'Kizen did not accept the request',
	remedy: (_, { testing }) =>
		testing ? CHECK_ADDRESS : 'Check the parameters of the node for this item.',
};

const ROW_REJECTED: Words = {
	message: 'Kizen did not accept the row',
	remedy: ({ fields }) =>
		fields.length > 0
			? 'Change the value of the field for this row.'
			: "Compare the row with what the object's fields take in Kizen.",
};

/** Chooses by kind, then by Kizen's code, then by status, then by what was asked. */
function wordsFor(rejection: Rejection, context: ErrorContext): Words {
	const { reading, testing } = context;
	const { kind, status } = rejection;
	if (kind !== 'rejected') return BY_KIND[kind];
	if (status >= 500) return NOT_AVAILABLE;
	const isRow = reading === undefined && testing !== true;
	const saysEnough = ENOUGH.has(status);
	const codes = saysEnough ? [] : codesIn(rejection);
	return (
		firstOf(BY_CODE, codes) ??
		(isRow && status !== 404 && !saysEnough ? wordsForRow(rejection, codes, context) : undefined) ??
		BY_STATUS[status] ??
		(isRow ? ROW_REJECTED : reading === 'search' ? SEARCH_REJECTED : REQUEST_REJECTED)
	);
}

function wordsForRow(rejection: Rejection, codes: string[], context: ErrorContext) {
	return isDuplicate(rejection, codes, context) ? DUPLICATE : firstOf(BY_CODE_OF_ROW, codes);
}

/** In the order of the table, not of the codes. */
function firstOf(table: Record<string, Words>, codes: string[]): Words | undefined {
	return Object.entries(table).find(([code]) => codes.includes(code))?.[1];
}

function say(text: Wording, rejection: Rejection, context: ErrorContext): string {
	return typeof text === 'string' ? text : text(rejection, context);
}

/** Says what the user reads about a rejection: what happened, with Kizen's own words, and what to do. */
export function explain(rejection: Rejection, context: ErrorContext): Problem {
	const words = wordsFor(rejection, context);
	const sentAt = (index: number) =>
		context.sent?.[index] ?? { label: `Field ${index + 1}`, value: undefined };
	const fields = rejection.fields.map(({ index, message }) => ({
		field: sentAt(index).label,
		message,
	}));
	const said = [
		...rejection.fields.map(({ index, message }) => {
			const { label, value } = sentAt(index);
			const shown = value === undefined ? '' : ` (sent: ${value})`;
			return `"${label}": ${withoutFullStop(message)}${shown}`;
		}),
		...(rejection.kind === 'withheld' ? [] : rejection.messages)
			// Every message about a 404 says that something was not found.
			.filter((message) => !/^not found\.?$/i.test(message))
			// In a test of the credential, Kizen's words are shown between two sentences of the node.
			.map((message) => (context.testing ? `Kizen says: ${message}` : message)),
	].map(withoutFullStop);
	const waitedS = Math.round((context.gaveUpAfterMs ?? 0) / 1000);
	const waited = waitedS > 0 ? ` The request was held back for ${waitedS} s in all.` : '';
	// People search the web for the network's code, such as `(ECONNRESET)`.
	const networkCode = rejection.status === 0 && rejection.code ? ` (${rejection.code})` : '';
	const what = say(words.message, rejection, context) + networkCode;
	const waitMs = retryAfterMs(rejection, Date.now());
	return {
		message: [what, said.join('; ')].filter((part) => part !== '').join('. '),
		remedy: say(words.remedy, rejection, context) + waited,
		...(rejection.status !== 0 && { httpCode: rejection.status }),
		...(rejection.code && { code: rejection.code }),
		...(rejection.requestId && { requestId: rejection.requestId }),
		...(fields.length > 0 && { fields }),
		...(words.cause && { cause: words.cause }),
		...(words.cause === 'rate-limited' && waitMs !== undefined && { retryAfterMs: waitMs }),
	};
}

/** What the user reads when a whole question to Kizen, with all its requests, took too long. */
export function explainTimeout({ code }: TimedOut): Problem {
	const rejection: Rejection = { ...NO_DETAILS, kind: 'timeout', status: 0, code };
	return explain(rejection, { base: '', testing: true });
}

function withoutFullStop(sentence: string): string {
	return sentence.replace(/\.+$/, '');
}
