import type { Item, OperationDescription } from '../description';
import type { Done, Outcome } from '../outcome';
import type { Session } from '../records';

/** One item, read and understood, but not sent. */
export interface Job {
	/** Rows with the same key concern the same record and keep their order among themselves. */
	key?: string | undefined;
	/** The record's name or email, as far as the item says it, by which people know the row. */
	label?: string | undefined;
	/** Throws ProblemError. */
	send(): Promise<Outcome>;
	/** Does the rest, where an earlier try of the run came as far as this. Throws ProblemError. */
	resume?(written: Done): Promise<Outcome>;
}

/**
 * One thing the node can do, as the user sees it and as it is done for one item. An operation knows
 * no loop, no pairing and no error mode: the run has those.
 */
export interface Operation extends OperationDescription {
	/** Reads the item. Throws ProblemError. */
	prepare(item: Item, session: Session): Promise<Job>;
}
