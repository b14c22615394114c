/** What became of an item, and why nothing became of it. */
export { described, escapeHtml, nodeError, problemOf, sentence, shorten } from './nodeError';
export { ACTIONS, ADD_FOUND, ANSWER_LOST, isDone } from './outcome';
export type { Action, Done, DoneAction, NotDone, Outcome, Outputs, WrittenAction } from './outcome';
export { refuse, Refused } from './problem';
export type { Problem } from './problem';
