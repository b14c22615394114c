import { isObject } from '../kizen/response';

/**
 * The value of an expression that does no more than take one value of the item, such as
 * `={{ $json.email }}` or `={{ $json["First Name"] }}`; undefined for all others, and for values
 * that are not plain. n8n evaluates each expression in a sandbox, which costs more than the
 * request: about 1.5 ms, and a row has one for each field.
 */
export function plainValue(
	parameter: unknown,
	json: Readonly<Record<string, unknown>>,
): string | number | boolean | null | undefined {
	if (typeof parameter !== 'string') return undefined;
	const match = PLAIN.exec(parameter);
	if (match === null) return undefined;
	const key = match[1] ?? match[2] ?? match[3];
	const value = Object.hasOwn(json, key) ? json[key] : undefined;
	if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
	return typeof value === 'number' ? value : undefined;
}

const PLAIN =
	/^=\{\{\s*\$json(?:\.([A-Za-z][A-Za-z0-9_]*)|\["([^"'`\\\n{}]+)"\]|\['([^"'`\\\n{}]+)'\])\s*\}\}$/;

/** The same for a resource mapper, all of whose values are constant or plain. */
export function plainMapper(parameter: unknown, json: Readonly<Record<string, unknown>>): unknown {
	if (!isObject(parameter) || !isObject(parameter.value)) return undefined;
	const values: Record<string, unknown> = {};
	for (const [key, value] of Object.entries(parameter.value)) {
		const isExpression = typeof value === 'string' && value.startsWith('=');
		if (typeof value === 'object' && value !== null) return undefined;
		const plain = isExpression ? plainValue(value, json) : value;
		if (plain === undefined) return undefined;
		values[key] = plain;
	}
	return { ...parameter, value: values };
}
