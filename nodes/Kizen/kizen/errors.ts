import { apiInsteadOf } from '../http/baseUrl';
import type { Refusal } from './response';
import type { Problem } from '../outcome/problem';

/** What the words below speak of. */
export interface Circumstance {
	base: string;
	/** The object by its label, or as the user named it; left out where Kizen is asked for all. */
	object?: string;
	/** Labels of the fields that were sent, in the order they were sent. */
	sent: string[];
	/** ID of the record that was addressed, where one was. */
	record?: string;
	/** What was asked for, where that was not to write a row. */
	reading?: 'record' | 'search' | 'list';
	/** The person has the credential open, and tests it. */
	testing?: boolean;
	/** How long the row was held back in vain, in ms. */
	gaveUpAfterMs?: number;
}

interface Row {
	when: (refusal: Refusal, about: Circumstance) => boolean;
	message: (refusal: Refusal, about: Circumstance) => string;
	remedy: (refusal: Refusal, about: Circumstance) => string;
	cause?: Problem['cause'];
}

const status =
	(...codes: number[]) =>
	({ status }: Refusal) =>
		codes.includes(status);
const kizenCode =
	(...codes: string[]) =>
	({ code, fields }: Refusal) =>
		[code, ...fields.map((field) => field.code)].some((one) => one && codes.includes(one));
const network =
	(...codes: string[]) =>
	(refusal: Refusal) =>
		refusal.status === 0 && codes.includes(refusal.code ?? '');

const checkCredential = (_: Refusal, { testing }: Circumstance) =>
	`${testing ? '' : 'Open the credential and test it. '}API Key, Business ID and User ID belong together: in Kizen they stand side by side under My Profile > API Connections.`;

/** What a test of the credential has no item and no options for. */
const later =
	(orElse: string) =>
	(_: Refusal, { testing }: Circumstance) =>
		testing ? 'Try again in a minute.' : `Run the item again later${orElse}.`;

const lookFirst = ({ reading }: Circumstance) =>
	`${reading ? 'Run the item again' : 'Check in Kizen whether the record was written before you run this item again'}. If it happens repeatedly, give Kizen the request ID.`;

/**
 * From what came back to what the user reads; the first row that fits speaks. Codes and statuses:
 * kizen/app-engine docs 05; `missing_business_context`: captured by kizen/builder-cli.
 */
const ROWS: Row[] = [
	{
		when: ({ kind, status }) => kind === 'page' && status < 500,
		message: () => 'Kizen answered with a web page',
		remedy: (_, { base }) =>
			base === apiInsteadOf(base)
				? "The address is not one of Kizen's API. Check the credential's Environment or Base URL, and the name of the object."
				: `The credential points to the Kizen app, not to Kizen's API: choose the Environment, or with Custom URL use ${apiInsteadOf(base)}.`,
	},
	{
		when: ({ kind }) => kind === 'redirect',
		message: () => 'Kizen sent the request on to another address, which was not followed',
		remedy: () =>
			"Check the credential's Environment and Base URL: the API key is only sent to the address that stands there.",
	},
	{
		when: ({ kind }) => kind === 'empty',
		message: () => 'Kizen answered with nothing',
		remedy: (_, about) => lookFirst(about),
	},
	{
		when: ({ kind }) => kind === 'garbled',
		message: () => "Kizen's answer could not be read",
		remedy: (_, about) => lookFirst(about),
	},
	{
		when: network('ENOTFOUND', 'EAI_AGAIN'),
		message: (_, { base }) => `Kizen could not be found at ${base}`,
		remedy: () =>
			"Check the credential's Environment and Base URL, and whether this n8n reaches the internet.",
		cause: 'temporarily-unavailable',
	},
	{
		when: ({ kind }) => kind === 'timeout',
		message: () => 'Kizen did not answer in time',
		remedy: later(", or raise 'Timeout (Seconds)' under Options"),
		cause: 'temporarily-unavailable',
	},
	{
		when: ({ kind, messages }) => kind === 'unreachable' && messages.length > 0,
		message: (_, { base }) => `n8n did not send the request to ${base}`,
		remedy: ({ messages }) => `n8n says: ${messages.join(' ')}`,
	},
	{
		when: ({ kind }) => kind === 'unreachable',
		message: (_, { base }) => `Kizen could not be reached at ${base}`,
		remedy: () =>
			"Check the credential's Environment and Base URL, and whether this n8n may connect there (firewall, proxy, certificate).",
		cause: 'temporarily-unavailable',
	},
	{
		when: status(401),
		message: () => 'Kizen refused the API key for this business and user',
		remedy: checkCredential,
		cause: 'credential-invalid',
	},
	{
		when: kizenCode('forbidden_field_write'),
		message: (_, { object }) =>
			`The API key may not write every one of these fields of "${object}"`,
		remedy: () =>
			'Leave the field out, or ask whoever manages permissions in Kizen to let the user of this API key write it.',
	},
	{
		when: (refusal) => status(403)(refusal) || kizenCode('permission_required')(refusal),
		message: (_, { object }) =>
			object === undefined
				? 'The API key has no permission to see which objects there are'
				: `The API key has no permission for this in "${object}"`,
		remedy: () =>
			"A key may do what its user may do. Ask whoever manages permissions in Kizen to give this user access to the object, its records and its fields (and to 'Standard API Keys').",
	},
	{
		when: kizenCode('invalid_identifier'),
		message: (_, { object }) => `Kizen has no object "${object}"`,
		remedy: () => "Choose the object under 'Object' with From List.",
	},
	{
		// An archived record answers 404 as well (kizen/builder-cli, recorded live).
		when: (refusal, { record }) => record !== undefined && status(404)(refusal),
		message: (_, { object, record }) => `Kizen shows no record ${record} in "${object}"`,
		remedy: () =>
			"Check 'Record' and 'Object'. The record may be archived (the operation 'Unarchive' brings it back), be one of another object, not be visible to this API key, or never have existed: Kizen gives the same answer to all of these.",
	},
	{
		when: (refusal, { object }) => object === undefined && status(404)(refusal),
		message: (_, { base }) => `What answers at ${base} is not Kizen's API`,
		remedy: () => "Check the credential's Environment and Base URL.",
	},
	{
		when: status(404),
		message: (_, { object }) => `Kizen has no "${object}", or the API key may not see it`,
		remedy: () =>
			"Choose the object under 'Object' with From List, which shows what the key may see.",
	},
	{
		when: status(405),
		message: () => 'Kizen does not allow this request',
		remedy: () => "Check the credential's Environment or Base URL.",
	},
	{
		when: status(429),
		message: () => "Kizen's rate limit was reached",
		remedy: later(", lower 'Requests at Once', or raise 'Give Up After (Seconds)' under Options"),
		cause: 'rate-limited',
	},
	{
		when: status(409),
		message: () => 'Kizen is busy writing this record for someone else',
		remedy: () => 'Run the item again.',
		cause: 'temporarily-unavailable',
	},
	{
		when: (refusal) => status(413)(refusal) || kizenCode('payload_exceeded')(refusal),
		message: () => 'The row is larger than Kizen takes',
		remedy: () => 'Send fewer or shorter values.',
	},
	{
		when: kizenCode('limit_exceeded', 'max_fields_exceeded', 'max_objects_exceeded'),
		message: () => "One of the business's limits in Kizen is reached",
		remedy: () => 'See the limits of your plan in Kizen.',
	},
	{
		when: ({ status }) => status >= 500,
		message: ({ status }) => `Kizen is not available right now (HTTP ${status})`,
		remedy: later('. If it goes on, give Kizen the request ID'),
		cause: 'temporarily-unavailable',
	},
	{
		when: (refusal, { reading }) => reading === 'search' && status(400)(refusal),
		message: () => 'Kizen did not accept the search',
		remedy: () =>
			"A condition may refer to a field, an option or a segment that was changed in Kizen since: choose it again under 'Conditions'.",
	},
	{
		when: (refusal, { reading }) => reading !== undefined && status(400)(refusal),
		message: () => 'Kizen did not accept the request',
		remedy: () => 'Check the parameters of the node for this item.',
	},
	{
		when: (refusal, { record }) => record !== undefined && kizenCode('unique')(refusal),
		message: (_, { object }) => `"${object}" already has a record with this name or email`,
		remedy: () => 'Give another name or email, or change the record that has it.',
	},
	{
		when: kizenCode('unique'),
		message: (_, { object }) => `"${object}" already has a record with this name or email`,
		remedy: () => "Use the operation 'Upsert', which updates the record that is there.",
	},
	{
		when: kizenCode('does_not_exist'),
		message: (_, { object }) => `Something this row refers to does not exist in "${object}"`,
		remedy: () =>
			'A field, an option or a related record may have been deleted in Kizen. Open the node and refresh its fields.',
	},
	{
		when: kizenCode('required'),
		message: (_, { object }) => `"${object}" needs a value that this row does not have`,
		remedy: () => 'Give the field a value for every row.',
	},
	{
		when: () => true,
		message: () => 'Kizen did not accept the row',
		remedy: ({ fields }) =>
			fields.length > 0
				? 'Change the value of the field for this row.'
				: "Compare the row with what the object's fields take in Kizen.",
	},
];

/** What the user reads for an answer that is none: one table for all of Kizen's refusals. */
export function explain(refusal: Refusal, about: Circumstance): Problem {
	const row = ROWS.find(({ when }) => when(refusal, about)) ?? ROWS[ROWS.length - 1];
	const fields = refusal.fields.map(({ index, message }) => ({
		field: about.sent[index] ?? `Field ${index + 1}`,
		message,
	}));
	const said = [
		...fields.map(({ field, message }) => `"${field}": ${message}`),
		...(refusal.status === 0 ? [] : refusal.messages),
	].map(withoutFullStop);
	const waited =
		about.gaveUpAfterMs === undefined
			? ''
			: ` It was held back for ${Math.round(about.gaveUpAfterMs / 1000)} s in all.`;
	return {
		message: [row.message(refusal, about), said.join('; ')]
			.filter((part) => part !== '')
			.join('. '),
		remedy: row.remedy(refusal, about) + waited,
		...(refusal.status !== 0 && { httpCode: refusal.status }),
		...(refusal.code && { code: refusal.code }),
		...(refusal.requestId && { requestId: refusal.requestId }),
		...(fields.length > 0 && { fields }),
		...(row.cause && { cause: row.cause }),
	};
}

function withoutFullStop(sentence: string): string {
	return sentence.replace(/\.+$/, '');
}
