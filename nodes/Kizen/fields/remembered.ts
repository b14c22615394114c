/** Every row asks for the same columns and options again. */
const MAX_REMEMBERED = 5_000;

/** Returns what was found for a text before, or finds it. */
export function remembered<T extends object>(
	known: Map<string, T>,
	text: string,
	find: () => T,
): T {
	const before = known.get(text);
	if (before) return before;
	const found = find();
	if (known.size < MAX_REMEMBERED) known.set(text, found);
	return found;
}
