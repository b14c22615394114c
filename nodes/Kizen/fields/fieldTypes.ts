import type { FieldType as EditorFieldType, INodePropertyOptions } from 'n8n-workflow';

import { writeCheckbox, writeYesNoMaybe } from './booleans';
import { writeDate, writeDatetime } from './dates';
import { readAmount, writeMoney } from './money';
import { readNumeric, readRating, writeDecimal, writeInteger, writeRating } from './numbers';
import { readOptionValue, splitOptions, writeOption } from './options';
import {
	memberReference,
	readFile,
	readReference,
	readTag,
	recordReference,
	tagReference,
	writeFile,
} from './referenceFields';
import type { Field, FieldOption, FieldType } from './schema';
import {
	readTimezone,
	writeAsItIs,
	writeEmail,
	writeLongText,
	writePhone,
	writeShortText,
	writeTimezone,
} from './textValues';
import type { ReferenceKind, ValueContext, Written } from './types';

/** How n8n's resource mapper shows a field. */
export interface EditorType {
	type: EditorFieldType;
	options?: INodePropertyOptions[];
}

/** What the label of a field says in brackets in the editor. A currency says itself. */
export const NOTES = [
	'date only',
	'name or ID',
	'names or IDs',
	'name or email',
	'names or emails',
	'IDs',
	'comma-separated',
	'required',
	'required for new records',
	'only to change it',
	'not a field of this object',
	'cannot be written',
] as const;

export type Note = (typeof NOTES)[number] | { currency: string };

/** All that the node knows of one of Kizen's field types. */
interface FieldTypeRow {
	/** In the editor, for a field with one value; a text box unless said otherwise. */
	editor?(field: Field): EditorType;
	/** What to enter, where a text box does not say it. */
	enter?(field: Field): Note | undefined;
	/** What the ids are of that stand for its values. */
	kind?: ReferenceKind;
	/** One value as people have it, never empty; what goes to Kizen. */
	write(given: unknown, field: Field, context: ValueContext): Written;
	/** Cuts a text that stands for several values; at every separator unless said otherwise. */
	split?(text: string, field: Field, context: ValueContext): string[];
	/** The plain value of one that Kizen sends; as it is unless said otherwise. */
	read?(value: unknown, field?: Field): unknown;
	/** Whether a list of these values is one value. */
	isWhole?(list: unknown[]): boolean;
}

const shortText: FieldTypeRow = {
	write: writeShortText,
	// Several values are refused as what they are: a list in the place of a text.
	isWhole: (list) => list.length > 1,
};

const longText: FieldTypeRow = { ...shortText, write: writeLongText };

const oneOption: FieldTypeRow = {
	editor: chooseLabel,
	kind: 'option',
	write: writeOption,
	split: splitOptions,
	read: readOptionValue,
};

const relatedRecord: FieldTypeRow = {
	enter: ({ multiple }) => (multiple ? 'names or IDs' : 'name or ID'),
	kind: 'record',
	write: recordReference.write,
	split: recordReference.split,
	read: readReference,
};

// Sources: developer.kizen.com (custom fields, field values), kizen/builder-cli (records spec and
// fixtures), kizen/app-engine (platform API). Where they disagree on ids, the context decides.
export const FIELD_TYPE_ROWS: Record<FieldType, FieldTypeRow> = {
	checkbox: {
		editor: yesOrNo,
		write: writeCheckbox,
	},
	checkboxes: oneOption,
	choices: oneOption,
	// Dates come as ISO text, times with the offset of the business (kizen/builder-cli fixtures).
	date: {
		editor: () => ({ type: 'dateTime' }),
		enter: () => 'date only',
		write: writeDate,
	},
	datetime: { editor: () => ({ type: 'dateTime' }), write: writeDatetime },
	decimal: { write: writeDecimal, read: readNumeric },
	dropdown: oneOption,
	dynamictags: {
		kind: 'option',
		write: tagReference.write,
		split: tagReference.split,
		read: readTag,
	},
	email: { write: writeEmail },
	files: {
		enter: () => 'IDs',
		kind: 'file',
		write: writeFile,
		read: readFile,
	},
	integer: { write: writeInteger, read: readNumeric },
	longtext: longText,
	money: {
		enter: ({ label, currency }) =>
			currency === undefined || label.includes(currency) ? undefined : { currency },
		write: writeMoney,
		read: readAmount,
	},
	phonenumber: { write: writePhone },
	radio: oneOption,
	rating: {
		editor: (field) =>
			field.options.length > 0 ? dropDown(field, ({ code, label }) => code || label) : textBox(),
		write: writeRating,
		read: readRating,
	},
	relationship: relatedRecord,
	selector: oneOption,
	status: oneOption,
	team_selector: {
		enter: ({ multiple }) => (multiple ? 'names or emails' : 'name or email'),
		kind: 'member',
		write: memberReference.write,
		split: memberReference.split,
		read: readReference,
	},
	text: shortText,
	timezone: {
		editor: (field) => (field.options.length > 0 ? dropDown(field, ({ id }) => id) : textBox()),
		write: writeTimezone,
		read: readTimezone,
	},
	wysiwyg: longText,
	yesnomaybe: { ...oneOption, write: writeYesNoMaybe },
	// Kizen is asked to take it as it is.
	other: {
		write: writeAsItIs,
		isWhole: () => true,
	},
};

/** What the ids in a field's value are of, if it holds any: the kind whose wire shape is unsettled. */
export function referenceKind(field: Field): ReferenceKind | undefined {
	return FIELD_TYPE_ROWS[field.type].kind;
}

/**
 * How the mapper shows a field. A drop-down's values are the labels, so that a stored workflow stays
 * readable and the message about an option renamed since can name it; labels that occur twice stand
 * for nothing, and have the id as value.
 */
export function editorType(field: Field): EditorType {
	const { editor = textBox } = FIELD_TYPE_ROWS[field.type];
	return field.multiple ? textBox() : editor(field);
}

function textBox(): EditorType {
	return { type: 'string' };
}

/** n8n's switch shows "on" for a checkbox that nobody has set. */
function yesOrNo(): EditorType {
	return {
		type: 'options',
		options: [
			{ name: 'Yes', value: 'yes' },
			{ name: 'No', value: 'no' },
		],
	};
}

function chooseLabel(field: Field): EditorType {
	const times = new Map<string, number>();
	for (const { label } of field.options) times.set(label, (times.get(label) ?? 0) + 1);
	return dropDown(field, ({ id, label }) => (times.get(label) === 1 ? label : id));
}

function dropDown(field: Field, valueOf: (option: FieldOption) => string): EditorType {
	const options = field.options.map((option) => ({ name: option.label, value: valueOf(option) }));
	return options.length > 0 ? { type: 'options', options } : textBox();
}
