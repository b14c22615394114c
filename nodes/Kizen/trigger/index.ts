/** A poll of the trigger. */
export { poll } from './poll';
