/** Returns what is kept under a key, or makes it and keeps it. */
export function remembered<K, V extends object>(
	kept: { get(key: K): V | undefined; set(key: K, value: V): unknown },
	key: K,
	make: () => V,
): V {
	const before = kept.get(key);
	if (before) return before;
	const made = make();
	kept.set(key, made);
	return made;
}
