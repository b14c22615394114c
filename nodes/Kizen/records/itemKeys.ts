import type { ObjectSchema } from '../fields';

/**
 * Keys of an item that this node returns: its own, and one for each field. A field whose API name is
 * a key of the node's own has the key `field_<name>`; a field that is really called so moves on in
 * the same way, so that no two fields share a key.
 */

const OWN_KEYS = new Set(['action', 'id', 'object', 'note', 'error', 'details', 'previousStage']);

export const FIELD_PREFIX = 'field_';

/** Returns whether the node itself uses this key. Contacts have no field `name`: theirs is made up. */
export function isOwnKey({ isContacts }: ObjectSchema, key: string): boolean {
	return OWN_KEYS.has(key) || (isContacts && key === 'name');
}

/** Returns the key of the field with this API name. */
export function keyOfField(schema: ObjectSchema, name: string): string {
	const known = keysOf(schema).get(name);
	if (known !== undefined) return known;
	// A field that Kizen returns, but does not list.
	return isOwnKey(schema, name) ? FIELD_PREFIX + name : name;
}

const keysBySchema = new WeakMap<ObjectSchema, Map<string, string>>();

/** The key of each field, by its API name. */
function keysOf(schema: ObjectSchema): Map<string, string> {
	const known = keysBySchema.get(schema);
	if (known) return known;
	const keys = new Map<string, string>();
	// A name that is another one's key is longer than that one, which so has its key already.
	const names = schema.fields.map(({ name }) => name).sort((a, b) => a.length - b.length);
	for (const name of names) {
		const shorter = name.startsWith(FIELD_PREFIX)
			? keys.get(name.slice(FIELD_PREFIX.length))
			: undefined;
		keys.set(name, isOwnKey(schema, name) || shorter === name ? FIELD_PREFIX + name : name);
	}
	keysBySchema.set(schema, keys);
	return keys;
}
