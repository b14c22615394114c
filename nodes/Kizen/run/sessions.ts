import type { IExecuteFunctions } from 'n8n-workflow';

import { remembered } from '../fields';
import { RequestQueue } from '../http';
import { connect } from '../kizen';
import { openSession, type Session } from '../records';
import { credentialKey, credentialReader } from './credentials';
import type { SettledRows } from './resume';
import type { Limits } from './settings';

/**
 * The sessions of a run: one for each credential that its items have, so that nothing that is known
 * about one business is used for another. Requests to the same Kizen share a queue.
 */
export class Sessions {
	/** Names of columns that Kizen has no field for, for the run's hint. */
	readonly ignored = new Set<string>();
	private readonly credentialOf: ReturnType<typeof credentialReader>;
	private readonly sessions = new Map<string, Session>();
	private readonly queues = new Map<string, RequestQueue>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly settled: SettledRows,
		itemCount: number,
	) {
		this.credentialOf = credentialReader(context, itemCount);
	}

	/**
	 * Returns the session for an item's own credential.
	 *
	 * @param limits those of the run
	 * @throws ProblemError
	 */
	async of(index: number, limits: Limits): Promise<Session> {
		const credential = await this.credentialOf(index);
		return remembered(this.sessions, credentialKey(credential), () => {
			const kizen = connect(this.context, {
				credential,
				timeoutMs: limits.timeoutMs,
				queueOf: (base) => this.queueOf(base, limits),
			});
			return openSession(kizen, {
				adds: this.settled.addsTo(kizen.business),
				ignored: (keys) => keys.forEach((column) => this.ignored.add(column)),
				timezone: this.context.getTimezone(),
			});
		});
	}

	/** What the run waited for. Several Kizens were waited for at the same time. */
	get waited(): { rateLimitedMs: number; retries: number } {
		const summaries = [...this.queues.values()].map(({ summary }) => summary);
		return {
			rateLimitedMs: Math.max(0, ...summaries.map(({ rateLimitedMs }) => rateLimitedMs)),
			retries: summaries.reduce((sum, { retries }) => sum + retries, 0),
		};
	}

	private queueOf(base: string, { maxInFlight, giveUpAfterMs }: Limits): RequestQueue {
		const signal = this.context.getExecutionCancelSignal();
		const make = () => new RequestQueue({ maxInFlight, giveUpAfterMs, signal });
		return remembered(this.queues, base, make);
	}
}
