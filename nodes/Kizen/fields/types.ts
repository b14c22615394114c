import { quoted } from './format';
import type { Field } from './schema';
import type { WrittenForm } from './writtenForm';

/** What is done with a field's values; `clear` empties the field whatever Empty Values says. */
export type Change = 'value' | 'add_values' | 'remove_values' | 'clear';

/** One field as the user gave it. */
export interface GivenField {
	/** Id, API name or label. */
	key: string;
	change: Change;
	value: unknown;
	/** The key came with the input, by automatic mapping; nobody chose this very field. */
	byMapper?: boolean;
	/** The field's label when the workflow was built, where somebody chose it in the editor. */
	knownAs?: string;
}

/** Something that only Kizen can tell the id of. */
export type Reference =
	| { kind: 'record'; objectId: string; text: string; field: Field }
	| { kind: 'member'; text: string; field: Field }
	| { kind: 'tag'; text: string; field: Field };

export type Resolution =
	| { id: string; label: string | undefined }
	| { none: true; nearest?: string | undefined }
	| { candidates: string[] };

/** The kinds of values of which it is not settled in what shape Kizen takes them. */
export type ReferenceKind = 'option' | 'record' | 'member' | 'file';

/** `{id}`, the id itself, or `{name}`, where the name is known. */
export type ReferenceFormat = 'object' | 'bare' | 'name';

/** What the conversion of one value needs. */
export interface ValueContext {
	/** The workflow's time zone (IANA): a time without a zone is taken in it. */
	timezone: string;
	/** How texts write dates and numbers. */
	form: WrittenForm;
	/** What is known of a reference; undefined where it has not been looked up yet. */
	resolve(reference: Reference): Resolution | undefined;
	formatOf(kind: ReferenceKind): ReferenceFormat;
}

/** What the conversion of a row needs. */
export interface ConvertContext extends ValueContext {
	/** What becomes of null, of an empty text and of an empty list. */
	emptyValues: 'leave' | 'clear';
	/** `automatic`: a column that resembles no field is left out, all else stops. */
	unknownFields: 'automatic' | 'stop' | 'ignore';
	/** What plain values do to what a multi-value field holds already. */
	multipleValues: 'replace' | 'add' | 'remove';
}

/**
 * What came of one value: what goes to Kizen, the id of what it means (sent in the shape that its kind
 * takes), what must be looked up first, or why it does not fit.
 */
export type Written =
	| { value: unknown }
	| { id: string; label?: string | undefined }
	| { missing: Reference }
	| InvalidValue;

/** Why a value does not fit, in the user's words. */
export interface Misfit {
	/** What is wrong. */
	message: string;
	/** What would be right. */
	remedy?: string | undefined;
}

export interface InvalidValue {
	invalid: Misfit;
}

/** Why it can't be told what a text means; `unclear` goes on where `"1,25" …` starts. */
export interface Unclear {
	unclear: string;
	remedy: string;
}

export function invalid(message: string, remedy?: string): InvalidValue {
	return { invalid: { message, remedy } };
}

/** Rejects what can't be read beyond doubt as what the field takes. */
export function unclearValue(
	given: unknown,
	{ label }: Field,
	{ takes, unclear, remedy }: Unclear & { takes: string },
): InvalidValue {
	return invalid(`"${label}" takes ${takes}; ${quoted(given)} ${unclear}.`, remedy);
}
