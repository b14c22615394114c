import { listed, quoted } from './format';
import type { Field } from './schema';
import { isObject, isUuid } from './typeGuards';

/**
 * Shows what an entry of a request sends for a field: texts in quotes, options by their label.
 * Undefined where it sends nothing, or an ID that says nothing to a person.
 */
export function shownValue(entry: Record<string, unknown>, field: Field): string | undefined {
	const sent = [entry.value, entry.add_values, entry.remove_values]
		.flat()
		.filter((one) => one !== undefined && one !== null && one !== '');
	const shown = sent.flatMap((one) => shownPart(one, field) ?? []);
	return shown.length > 0 && shown.length === sent.length ? listed(shown) : undefined;
}

function shownPart(sent: unknown, { options }: Field): string | undefined {
	const id = isObject(sent) ? sent.id : sent;
	const label = options.find((option) => option.id === id)?.label;
	if (label !== undefined) return quoted(label);
	if (isObject(sent)) return typeof sent.name === 'string' ? quoted(sent.name) : undefined;
	return typeof sent === 'string' && isUuid(sent) ? undefined : quoted(sent);
}
