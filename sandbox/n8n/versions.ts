/** A version of n8n, with those of the packages that are its engine. */
export interface N8nVersion {
	n8n: string;
	core: string;
	workflow: string;
}

/** The first and the last n8n that this package is tested on, from end to end and in their engines. */
export const OLDEST: N8nVersion = { n8n: '1.123.81', core: '1.122.48', workflow: '1.120.31' };
export const NEWEST: N8nVersion = { n8n: '2.41.1', core: '2.41.1', workflow: '2.41.0' };

/** Whether this is an n8n of the first generation, which does some things differently. */
export const isN8n1 = (version: string): boolean => version.startsWith('1.');
