import type { ReferenceFormat, ReferenceKind } from '../fields';

export type Formats = Record<ReferenceKind, ReferenceFormat>;

/** The likeliest first. */
const FORMATS_OF: Record<ReferenceKind, readonly [ReferenceFormat, ...ReferenceFormat[]]> = {
	option: ['object', 'bare', 'name'],
	record: ['object', 'bare', 'name'],
	member: ['bare', 'object', 'name'],
	file: ['bare', 'object'],
};

/**
 * In which format Kizen takes a reference: `{"id": "…"}`, the bare ID or `{"name": "…"}`. Official
 * sources disagree (kizen/builder-cli sends objects for options and records, kizen/app-engine's
 * documentation says bare IDs), so a run begins with the likeliest and learns from Kizen's responses.
 */
export class LearnedFormats {
	private readonly proven = new Map<ReferenceKind, ReferenceFormat>();

	/** Returns the formats to begin with. */
	likeliest(): Formats {
		const best = (kind: ReferenceKind) => this.proven.get(kind) ?? FORMATS_OF[kind][0];
		return {
			option: best('option'),
			record: best('record'),
			member: best('member'),
			file: best('file'),
		};
	}

	/** Notes that Kizen accepted a row with these. */
	accepted(formats: Formats, kinds: Iterable<ReferenceKind>): void {
		for (const kind of kinds) this.proven.set(kind, formats[kind]);
	}

	/** Returns what to try next for the kinds that were rejected; undefined where nothing is left to try. */
	after(formats: Formats, rejected: Iterable<ReferenceKind>): Formats | undefined {
		const next = { ...formats };
		for (const kind of rejected) {
			const used = formats[kind];
			const known = this.proven.get(kind);
			// What has worked before works still: then it is the value that Kizen rejects.
			if (known === used) return undefined;
			const format = known ?? FORMATS_OF[kind][FORMATS_OF[kind].indexOf(used) + 1];
			if (format === undefined) return undefined;
			next[kind] = format;
		}
		return next;
	}
}
