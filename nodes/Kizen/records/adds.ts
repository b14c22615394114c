import type { ChangeResult } from '../kizen';

/** What the Adds of a run have made so far. */
export class Adds {
	/** IDs of records that rows got back. */
	private readonly ids = new Set<string>();
	/** How many Adds are open: sent, without it being known what record they made. By their key. */
	private readonly open = new Map<string, number>();

	/** Sends an Add, and notes what it made. */
	async send(key: string | undefined, add: () => Promise<ChangeResult>): Promise<ChangeResult> {
		if (key !== undefined) this.open.set(key, (this.open.get(key) ?? 0) + 1);
		const change = await add();
		const id = change.accepted ? change.body.id : undefined;
		const isRejected = !change.accepted && !change.mayHaveBeenWritten;
		if (typeof id === 'string') this.settle(key, id);
		else if (isRejected) this.settle(key);
		return change;
	}

	/** Closes an Add; `id` is that of its record, if it has one. */
	settle(key: string | undefined, id?: string): void {
		if (key !== undefined) this.open.set(key, (this.open.get(key) ?? 1) - 1);
		if (id !== undefined) this.ids.add(id);
	}

	/** Whether a row got this record. */
	has(id: string): boolean {
		return this.ids.has(id);
	}

	/** Whether just one Add with this key is open. */
	isOneOpen(key: string): boolean {
		return this.open.get(key) === 1;
	}
}
