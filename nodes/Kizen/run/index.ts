/** A run of the node: items in, items out. */
export { run } from './run';
