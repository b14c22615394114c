import { add } from './add.operation';
import { archive } from './archive.operation';
import { get } from './get.operation';
import { lookUp } from './lookUp.operation';
import { moveToStage } from './moveToStage.operation';
import type { Operation } from './operation';
import { search } from './search.operation';
import { unarchive } from './unarchive.operation';
import { update } from './update.operation';
import { upsert } from './upsert.operation';

/** Everything the node can do. The drop-down, the outputs and the run are all made from this list. */
export const OPERATIONS: Operation[] = [
	add,
	upsert,
	archive,
	get,
	lookUp,
	moveToStage,
	search,
	unarchive,
	update,
];

export type { Job, Operation } from './operation';
