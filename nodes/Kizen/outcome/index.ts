/** What became of an item, and why nothing became of it. */
export { described, escapeHtml, nodeError, problemOf, sentence, shorten } from './nodeError';
export { ACTIONS, ADD_FOUND, isDone, RESPONSE_LOST } from './outcome';
export type { Action, Done, DoneAction, NotDone, Outcome, Outputs, WrittenAction } from './outcome';
export { isTemporary, ProblemError } from './problem';
export type { Problem } from './problem';
