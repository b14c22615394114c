import type { ReferenceKind, ReferenceShape } from '../fields';

export type Formats = Record<ReferenceKind, ReferenceShape>;

/**
 * In which shape Kizen takes a reference: `{"id": "…"}`, the bare ID or `{"name": "…"}`. Official
 * sources disagree (kizen/builder-cli sends objects for options and records, kizen/app-engine's
 * documentation says bare IDs), so a run begins with the likeliest and learns from Kizen's answers.
 */
export interface ReferenceFormats {
	likeliest(): Formats;
	/** Kizen accepted a row with these. */
	accepted(shapes: Formats, kinds: Iterable<ReferenceKind>): void;
	/** What to try next for the kinds that were refused; undefined where nothing is left to try. */
	after(shapes: Formats, refused: Iterable<ReferenceKind>): Formats | undefined;
}

/** The likeliest first. */
const FORMATS: Record<ReferenceKind, readonly [ReferenceShape, ...ReferenceShape[]]> = {
	option: ['object', 'bare', 'name'],
	record: ['object', 'bare', 'name'],
	member: ['bare', 'object', 'name'],
	file: ['bare', 'object'],
};

export function createReferenceFormats(): ReferenceFormats {
	const proven = new Map<ReferenceKind, ReferenceShape>();
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
		after(used, refused) {
			const next = { ...used };
			for (const kind of refused) {
				const known = proven.get(kind);
				// What has worked before works still: then it is the value that Kizen refuses.
				if (known === used[kind]) return undefined;
				const shape = known ?? FORMATS[kind][FORMATS[kind].indexOf(used[kind]) + 1];
				if (shape === undefined) return undefined;
				next[kind] = shape;
			}
			return next;
		},
	};
}
