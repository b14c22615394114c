/** Sends requests: how many at once, how fast, and which ones again. It knows no field of Kizen. */
export { allowedDomainsOf, apiAddress, pathOf, PRODUCTION } from './baseUrl';
export { TimedOut, withDeadline } from './deadline';
export { Queue } from './queue';
export { Cancelled, RequestQueue } from './requestQueue';
export { isUntrusted, retryAfterMs } from './retry';
export type { RequestFailure, RequestKind } from './retry';
