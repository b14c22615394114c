import type { LiveField } from './objects';

/** The forms in which a write may name an option, a tag, a record or a member. */
export type ReferenceForm = 'object' | 'bare' | 'name';

export const wholeShapes: readonly ReferenceForm[] = ['object', 'bare', 'name'];

export function reference(
	{ id, name }: { id: string; name: string },
	form: ReferenceForm,
): string | { id: string } | { name: string } {
	if (form === 'bare') return id;
	return form === 'object' ? { id } : { name };
}

/** A value of each type that is written without naming anything else. */
const samples: Record<string, (mark: string) => unknown> = {
	text: (mark) => mark,
	longtext: (mark) => mark,
	wysiwyg: (mark) => mark,
	email: (mark) => `${mark}@example.com`,
	integer: () => 3,
	decimal: () => 2.5,
	money: () => 12.5,
	rating: () => 3,
	date: () => '2026-03-31',
	datetime: () => '2026-03-31T12:27:20Z',
	checkbox: () => true,
	phonenumber: () => '+13125550123',
};

/** Whether {@link sampleValue} knows a value for the field. */
export function hasSample(field: LiveField): boolean {
	return field.type in samples || (field.options.length > 0 && !isRelation(field));
}

function isRelation({ type }: LiveField): boolean {
	return ['relationship', 'team_selector', 'files', 'dynamictags'].includes(type);
}

/** A value that the field should take. */
export function sampleValue(field: LiveField, mark: string, form: ReferenceForm): unknown {
	const make = samples[field.type];
	if (make) return make(mark);
	if (field.type === 'timezone') {
		return (field.options.find(({ id }) => id === 'America/Chicago') ?? field.options[0]).id;
	}
	const one = reference(field.options[0], form);
	return field.many ? [one] : one;
}
