import { editorType, FIELD_TYPE_ROWS, NOTES, type Note } from './fieldTypes';
import type { Field, ObjectSchema } from './schema';
import { fold } from './textMatch';

/**
 * What n8n's resource mapper calls a field. It shows nothing beside a field but its label, so that
 * the label says what to enter, as in `Fee (USD, required)`.
 */

const CURRENCY_CODE = /^[A-Z]{3}$/;

/**
 * Returns a field's label with what to enter.
 *
 * @param more what else the label says
 * @param shown how the mapper shows the field: a drop-down needs no word on what to enter
 */
export function columnLabel(field: Field, more: Note[] = [], { type } = editorType(field)): string {
	const entered = type === 'options' ? undefined : FIELD_TYPE_ROWS[field.type].enter?.(field);
	return labelWith(field.label, [
		...(entered === undefined ? [] : [entered]),
		...(field.multiple ? ['comma-separated' as const] : []),
		...more,
	]);
}

/**
 * Returns fields as lists show them. Two fields with one label, whatever its case and spacing, are
 * told apart by their API names: `Reference (ref_a)` and `Reference (ref_b)`.
 *
 * @param shown the fields of the list
 */
export function withDistinctLabels({ fields }: ObjectSchema, shown: Field[]): Field[] {
	const times = new Map<string, number>();
	for (const { label, hidden } of fields) {
		if (!hidden) times.set(fold(label), (times.get(fold(label)) ?? 0) + 1);
	}
	return shown.map((field) => {
		const isShared = (times.get(fold(field.label)) ?? 0) > 1;
		return isShared ? { ...field, label: `${field.label} (${field.name})` } : field;
	});
}

/** Returns a label with notes in brackets. */
export function labelWith(label: string, notes: Note[]): string {
	const said = notes.map((note) => (typeof note === 'string' ? note : note.currency));
	return said.length > 0 ? `${label} (${said.join(', ')})` : label;
}

/** Returns the field's own label in {@link columnLabel}. */
export function labelOfColumn(column: string): string {
	const [, label, notes = ''] = /^(.+) \(([^()]+)\)$/s.exec(column) ?? [];
	return label !== undefined && notes.split(', ').every(isNote) ? label : column;
}

function isNote(text: string): boolean {
	return CURRENCY_CODE.test(text) || NOTES.some((note) => note === text);
}
