import type { IDataObject } from 'n8n-workflow';

import type { Problem } from './problem';

/** What became of one item. The words stand in the output and are what workflows branch on. */
export type WrittenAction = 'created' | 'updated' | 'unarchived';
export type Action = WrittenAction | 'conflict' | 'failed';

export type Outcome = Written | NotWritten;

export interface Written {
	action: WrittenAction;
	/** The output item's JSON, `action` included. */
	json: IDataObject;
}

export interface NotWritten {
	/** `conflict`: an archived record matches and the user asked to be told. */
	action: 'conflict' | 'failed';
	problem: Problem;
	/**
	 * Kizen may hold the row all the same, so it must not be sent once more, not even by n8n's
	 * Retry On Fail.
	 */
	final?: boolean;
}

export function isWritten(outcome: Outcome): outcome is Written {
	return outcome.action !== 'conflict' && outcome.action !== 'failed';
}
