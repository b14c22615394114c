import { add } from './add.operation';
import type { Operation } from './operation';
import { upsert } from './upsert.operation';

/** Everything the node can do. The drop-down, the outputs and the run are all made from this list. */
export const OPERATIONS: Operation[] = [add, upsert];
