import type { IPollFunctions } from 'n8n-workflow';

import type { KeptSession } from './keptSession';

/** What is remembered of one trigger from poll to poll, for as long as this n8n runs. */
export interface TriggerMemory {
	/** A poll is under way. */
	isBusy: boolean;
	/** The latest poll failed, and the failure was only logged. */
	isForgiven: boolean;
	session?: KeptSession | undefined;
}

export function newMemory(): TriggerMemory {
	return { isBusy: false, isForgiven: false };
}

const memories = new Map<string, TriggerMemory>();
const begun = new WeakSet<IPollFunctions>();

/** More triggers than this are rare; of the others, those are forgotten that polled longest ago. */
const MAX_MEMORIES = 200;

/** Returns what is remembered of the trigger that polls. */
export function memoryOfTrigger(context: IPollFunctions): TriggerMemory {
	const key = `${context.getWorkflow().id} ${context.getNode().id}`;
	const memory = memories.get(key) ?? newMemory();
	memories.delete(key);
	memories.set(key, memory);
	for (const [oldest, { isBusy }] of memories) {
		if (memories.size <= MAX_MEMORIES) break;
		if (!isBusy) memories.delete(oldest);
	}
	return memory;
}

/** Tells whether this is the first poll since n8n activated the workflow, and notes that it was. */
export function isFirstPoll(context: IPollFunctions): boolean {
	const isFirst = !begun.has(context);
	begun.add(context);
	return isFirst;
}
