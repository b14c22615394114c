import type { IDataObject } from 'n8n-workflow';

import type { Problem } from './problem';

/** What Kizen's response about a written record can say. */
export type WrittenAction = 'created' | 'updated' | 'unarchived';
export type DoneAction =
	| WrittenAction
	| 'archived'
	| 'moved'
	/** It was so already, or nothing was to be written. */
	| 'unchanged'
	| 'found'
	| 'notFound';
/** What became of one item. If something was written, the output says it in this word. */
export type Action = DoneAction | 'conflict' | 'failed';

/** The separate outputs of an operation. Failed is the last, so that it moved none when it was added. */
export type Outputs = [...Array<Exclude<Action, 'failed'>>, 'failed'];

export type Outcome = Done | NotDone;

export interface Done {
	action: DoneAction;
	/** The JSON of the items that come out: one, or for reading any number. */
	items: IDataObject[];
}

export interface NotDone {
	/** `conflict`: another record is in the way and the user asked to be told. */
	action: 'conflict' | 'failed';
	problem: Problem;
	/**
	 * Kizen may hold the row all the same, so it must not be sent once more, not even by n8n's
	 * Retry On Fail.
	 */
	final?: boolean;
	/** What was done all the same, before the rest went wrong: Retry On Fail goes on from there. */
	written?: Done;
}

export function isDone(outcome: Outcome): outcome is Done {
	return outcome.action !== 'conflict' && outcome.action !== 'failed';
}

/** The note on an item whose request was retried, because the first response was lost. */
export const RESPONSE_LOST =
	"Kizen's response was lost, so the request was retried. The first request may already have made this change";

/** The note on an item that was found after the response to its Add was lost. */
export const ADD_FOUND =
	"Kizen's response was lost. The record was found in Kizen afterwards: it was created after the request was sent";

/** How people read an action, in the order in which a run is summed up. */
export const ACTIONS: Record<Action, { output: string; one: string; several: string }> = {
	created: { output: 'Created', one: 'created', several: 'created' },
	updated: { output: 'Updated', one: 'updated', several: 'updated' },
	moved: { output: 'Moved', one: 'moved', several: 'moved' },
	archived: { output: 'Archived', one: 'archived', several: 'archived' },
	unarchived: { output: 'Unarchived', one: 'unarchived', several: 'unarchived' },
	unchanged: { output: 'Unchanged', one: 'unchanged', several: 'unchanged' },
	found: { output: 'Found', one: 'found', several: 'found' },
	notFound: { output: 'Not Found', one: 'not found', several: 'not found' },
	conflict: { output: 'Conflict', one: 'conflict', several: 'conflicts' },
	failed: { output: 'Failed', one: 'failed', several: 'failed' },
};
