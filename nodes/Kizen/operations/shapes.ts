import type { ReferenceKind } from '../fields';

/** `{"id": "…"}` or the bare ID. */
export type ReferenceShape = 'object' | 'bare';

export type Shapes = Record<ReferenceKind, ReferenceShape>;

/**
 * In which shape Kizen takes a reference. Official sources disagree (kizen/builder-cli sends objects
 * for options and records, kizen/app-engine's documentation says bare IDs), so a run begins with the
 * likelier one and learns from Kizen's answers.
 */
export interface ShapeMemory {
	likeliest(): Shapes;
	/** Kizen accepted a row with these. */
	accepted(shapes: Shapes, kinds: Iterable<ReferenceKind>): void;
	/** What to try instead, or undefined where the shapes are known to be right. */
	insteadOf(shapes: Shapes, refused: Iterable<ReferenceKind>): Shapes | undefined;
}

const OTHER: Record<ReferenceShape, ReferenceShape> = { object: 'bare', bare: 'object' };

export function createShapeMemory(): ShapeMemory {
	const shapes: Shapes = { option: 'object', record: 'object', member: 'bare', file: 'bare' };
	const proven = new Set<ReferenceKind>();
	return {
		likeliest: () => ({ ...shapes }),
		accepted(used, kinds) {
			for (const kind of kinds) {
				shapes[kind] = used[kind];
				proven.add(kind);
			}
		},
		insteadOf(used, refused) {
			const open = [...refused].filter((kind) => !proven.has(kind) || shapes[kind] !== used[kind]);
			if (open.length === 0) return undefined;
			const instead = { ...used };
			for (const kind of open) instead[kind] = OTHER[used[kind]];
			return instead;
		},
	};
}
