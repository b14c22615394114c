import { findField, remembered, type ObjectSchema } from '../fields';

/**
 * Keys of the items that this node returns: its own, and one for each field. A field whose API name
 * is a key of the node's own has the key `field_<name>`. If another field is really called so, it
 * moves on in the same way, and no two fields share a key.
 */

const OWN_KEYS = new Set(['action', 'id', 'object', 'note', 'error', 'details', 'previousStage']);

export const FIELD_PREFIX = 'field_';

/** Returns whether a key is the node's own. Contacts have no field `name`: theirs is made up. */
export function isOwnKey({ isContacts }: ObjectSchema, key: string): boolean {
	return OWN_KEYS.has(key) || (isContacts && key === 'name');
}

/** Returns the key of the field with this API name. */
export function keyOfField(schema: ObjectSchema, name: string): string {
	const known = keysOf(schema).byName.get(name);
	if (known !== undefined) return known;
	// A field that Kizen returns, but does not list.
	return isOwnKey(schema, name) ? FIELD_PREFIX + name : name;
}

/** Returns the API name of the field that has this key instead of its name; undefined if none has. */
export function nameBehindKey(schema: ObjectSchema, key: string): string | undefined {
	return keysOf(schema).moved.get(key);
}

/** Returns the API name where a person calls a field by its key; everything else as it is. */
export function nameOfField(schema: ObjectSchema, given: string): string {
	const isField = !('unknown' in findField(schema, given));
	return isField ? given : (nameBehindKey(schema, given) ?? given);
}

interface Keys {
	/** The key of each field, by its API name. */
	byName: Map<string, string>;
	/** The API name of each field that has another key, by that key. */
	moved: Map<string, string>;
}

const keysBySchema = new WeakMap<ObjectSchema, Keys>();

function keysOf(schema: ObjectSchema): Keys {
	return remembered(keysBySchema, schema, () => {
		const keys: Keys = { byName: new Map(), moved: new Map() };
		// Whoever takes the name of another as a key has a shorter name, and so comes before it.
		const names = schema.fields.map(({ name }) => name).sort((a, b) => a.length - b.length);
		for (const name of names) {
			const moves = isOwnKey(schema, name) || keys.moved.has(name);
			const key = moves ? FIELD_PREFIX + name : name;
			keys.byName.set(name, key);
			if (moves) keys.moved.set(key, name);
		}
		return keys;
	});
}
