/**
 * Why nothing was done for an item, in the user's words. The one form in which anything that goes wrong
 * travels to the output, whoever noticed it.
 */
export interface Problem {
	/** What happened: a sentence, without its full stop where it ends in Kizen's own words. */
	message: string;
	/** The name or email of the row, where it has one. */
	row?: string;
	/** What to do about it. */
	remedy: string;
	/** HTTP status, where Kizen answered. */
	httpCode?: number;
	/** Kizen's or the network's own code. */
	code?: string;
	requestId?: string;
	/** The fields concerned, by label. */
	fields?: Array<{ field: string; message: string }>;
	/** The archived record in the way, where it is known. */
	archivedRecordId?: string;
	/** The record that was written all the same, where the item went wrong after that. */
	recordId?: string;
	/**
	 * Whether the credential or the node's parameters must change, or only time helps; n8n tells these
	 * apart.
	 */
	cause?:
		| 'credential-invalid'
		| 'configuration-invalid'
		| 'rate-limited'
		| 'temporarily-unavailable';
	/** How long Kizen says to wait at its rate limit, in ms. */
	retryAfterMs?: number;
}

/** Tells whether time alone helps. */
export function isTemporary(
	cause: Problem['cause'],
): cause is 'rate-limited' | 'temporarily-unavailable' {
	return cause === 'rate-limited' || cause === 'temporarily-unavailable';
}

/** Carries a problem from where it is noticed to the one place that makes an outcome of it. */
export class ProblemError extends Error {
	readonly problem: Problem;

	/**
	 * @param message what happened
	 * @param remedy what to do about it
	 */
	constructor(message: string, remedy: string, more: Partial<Problem> = {}) {
		super(message);
		this.problem = { ...more, message, remedy };
	}
}
