import type { ReferenceFormat, ReferenceKind } from '../fields';

export type Formats = Record<ReferenceKind, ReferenceFormat>;

/**
 * In which format Kizen takes a reference: `{"id": "…"}`, the bare ID or `{"name": "…"}`. Official
 * sources disagree (kizen/builder-cli sends objects for options and records, kizen/app-engine's
 * documentation says bare IDs), so a run begins with the likeliest and learns from Kizen's responses.
 */
export interface LearnedFormats {
	likeliest(): Formats;
	/** Kizen accepted a row with these. */
	accepted(formats: Formats, kinds: Iterable<ReferenceKind>): void;
	/** What to try next for the kinds that were rejected; undefined where nothing is left to try. */
	after(formats: Formats, rejected: Iterable<ReferenceKind>): Formats | undefined;
}

/** The likeliest first. */
const FORMATS: Record<ReferenceKind, readonly [ReferenceFormat, ...ReferenceFormat[]]> = {
	option: ['object', 'bare', 'name'],
	record: ['object', 'bare', 'name'],
	member: ['bare', 'object', 'name'],
	file: ['bare', 'object'],
};

export function createLearnedFormats(): LearnedFormats {
	const proven = new Map<ReferenceKind, ReferenceFormat>();
	const best = (kind: ReferenceKind) => proven.get(kind) ?? FORMATS[kind][0];
	return {
		likeliest: () => ({
			option: best('option'),
			record: best('record'),
			member: best('member'),
			file: best('file'),
		}),
		accepted(used, kinds) {
			for (const kind of kinds) proven.set(kind, used[kind]);
		},
		after(used, rejected) {
			const next = { ...used };
			for (const kind of rejected) {
				const known = proven.get(kind);
				// What has worked before works still: then it is the value that Kizen rejects.
				if (known === used[kind]) return undefined;
				const format = known ?? FORMATS[kind][FORMATS[kind].indexOf(used[kind]) + 1];
				if (format === undefined) return undefined;
				next[kind] = format;
			}
			return next;
		},
	};
}
