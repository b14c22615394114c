import { uuidFor } from './ids';
import {
	fieldNamed,
	type Field,
	type FieldTypeName,
	type KizenObject,
	type Row,
	type Stored,
	type Tag,
} from './model';
import { referenceIn, type Reference } from './references';
import { ValueError } from './errors';
import type { Business } from './business';
import { atEnds, type Switches } from './switches';
import { inZone, instantOf, isDate } from './times';

/** Where a value is written or read. */
export interface Place {
	business: Business;
	switches: Switches;
	object: KizenObject;
	field: Field;
}

/** The families of search conditions; `search.ts` says what each can do. */
export type Condition =
	| 'text'
	| 'longtext'
	| 'phone'
	| 'number'
	| 'date'
	| 'datetime'
	| 'checkbox'
	| 'single'
	| 'multi'
	| 'relationship'
	| 'team'
	| 'files';

/**
 * One field type: how one written value is checked and stored (throws Refused), how one stored
 * value is answered, and how it is searched. Lists are made of these by their caller.
 */
export interface FieldType {
	condition: Condition;
	write(value: unknown, place: Place): Scalar;
	read(stored: Scalar, place: Place): unknown;
}

type Scalar = Exclude<Stored, string[]>;

const asStored = (stored: Scalar): unknown => stored;

const text: FieldType = {
	condition: 'text',
	write: (value, place) => limited(stringFrom(value, place), 255),
	read: asStored,
};

const longtext: FieldType = { condition: 'longtext', write: stringFrom, read: asStored };

const option: FieldType = { condition: 'single', write: optionId, read: optionRead };

export const fieldTypes: Record<FieldTypeName, FieldType> = {
	text,
	longtext,
	wysiwyg: longtext,
	email: {
		condition: 'text',
		write: (value, place) => emailFrom(limited(stringFrom(value, place), 254)),
		read: asStored,
	},
	integer: { condition: 'number', write: integerFrom, read: asStored },
	decimal: {
		condition: 'number',
		write: decimalFrom,
		read: (stored, { switches }) => (switches.decimals === 'string' ? String(stored) : stored),
	},
	money: { condition: 'number', write: moneyFrom, read: moneyRead },
	rating: { condition: 'number', write: ratingFrom, read: ratingRead },
	date: { condition: 'date', write: dateFrom, read: asStored },
	datetime: {
		condition: 'datetime',
		write: datetimeFrom,
		read: (stored, { business }) => inZone(String(stored), business.timezone),
	},
	checkbox: { condition: 'checkbox', write: booleanFrom, read: asStored },
	checkboxes: { ...option, condition: 'multi' },
	choices: option,
	dropdown: option,
	radio: option,
	selector: option,
	status: option,
	yesnomaybe: option,
	dynamictags: {
		condition: 'multi',
		write: tagId,
		read: (stored, place) => tagsOf(place).find(({ id }) => id === stored),
	},
	relationship: { condition: 'relationship', write: recordId, read: recordRead },
	team_selector: { condition: 'team', write: memberId, read: memberRead },
	phonenumber: { condition: 'phone', write: phoneFrom, read: asStored },
	timezone: { condition: 'single', write: zoneFrom, read: zoneRead },
	files: { condition: 'files', write: fileId, read: fileRead },
};

/** A related record as it is answered inside another one and by …/field-values/. */
export function relatedRead(business: Business, row: Row): Record<string, unknown> {
	const displayName = business.displayName(row);
	if (row.object.name !== 'client_client') {
		return { id: row.id, name: business.identity(row), display_name: displayName };
	}
	const part = (name: string) => {
		const field = fieldNamed(row.object, name);
		return (field && row.values.get(field.id)) ?? '';
	};
	return {
		id: row.id,
		first_name: part('first_name'),
		last_name: part('last_name'),
		full_name: `${part('first_name')} ${part('last_name')}`.trim(),
		email: part('email'),
		display_name: displayName,
	};
}

function stringFrom(value: unknown, { switches }: Place): string {
	if (typeof value === 'string') return atEnds(switches, value);
	if (typeof value === 'number' && switches.looseScalars === 'accepted') return String(value);
	throw invalid('Not a valid string.');
}

function limited(value: string, most: number): string {
	if ([...value].length <= most) return value;
	const message = `Ensure this field has no more than ${most} characters.`;
	throw new ValueError({ message, code: 'max_length' });
}

function emailFrom(value: string): string {
	if (/^[^\s@"(),:;<>[\]\\]+@[^\s@.][^\s@]*\.[^\s@.]{2,}$/.test(value)) return value;
	throw invalid('Enter a valid email address.');
}

function numberFrom(value: unknown, { switches }: Place): number {
	const loose = typeof value === 'string' && value.trim() !== '';
	const number = loose && switches.looseScalars === 'accepted' ? Number(value) : value;
	if (typeof number === 'number' && Number.isFinite(number)) return number;
	throw invalid('A valid number is required.');
}

/** Four bytes, signed (developer docs, custom fields). */
function integerFrom(value: unknown, place: Place): number {
	const number = numberFrom(value, place);
	if (!Number.isInteger(number)) throw invalid('A valid integer is required.');
	if (number > 2_147_483_647) throw beyond('less than or equal to 2147483647', 'max_value');
	if (number < -2_147_483_648) throw beyond('greater than or equal to -2147483648', 'min_value');
	return number;
}

function decimalFrom(value: unknown, place: Place): number {
	const number = numberFrom(value, place);
	if (Math.abs(number) < 1e15) return number;
	throw new ValueError({
		message: 'Ensure that there are no more than 15 digits before the decimal point.',
		code: 'max_whole_digits',
	});
}

function moneyFrom(value: unknown, place: Place): number {
	if (typeof value === 'object' && value !== null && 'amount' in value) {
		const currency = 'currency' in value ? value.currency : undefined;
		if (place.switches.moneyObjects === 'refused') throw invalid('A valid number is required.');
		if (currency !== undefined && currency !== place.field.money_options?.currency) {
			throw invalid(`"${String(currency)}" is not a valid choice.`);
		}
		return decimalFrom(value.amount, place);
	}
	return decimalFrom(value, place);
}

/** ISO code, name and symbol, as `GET /api/constants/currencies` lists them. */
export const currencies: ReadonlyArray<readonly [string, string, string]> = [
	['USD', 'US Dollar', '$'],
	['EUR', 'Euro', '€'],
	['GBP', 'British Pound', '£'],
	['CAD', 'Canadian Dollar', 'CA$'],
	['AUD', 'Australian Dollar', 'A$'],
	['JPY', 'Japanese Yen', '¥'],
	['INR', 'Indian Rupee', '₹'],
];

function moneyRead(stored: Scalar, { field, switches }: Place): unknown {
	const currency = field.money_options?.currency ?? 'USD';
	return {
		currency,
		symbol: currencies.find(([code]) => code === currency)?.[2] ?? currency,
		amount: switches.moneyAmount === 'string' ? Number(stored).toFixed(2) : stored,
	};
}

function ratingFrom(value: unknown, place: Place): number {
	const number = integerFrom(value, place);
	const most = place.field.rating?.max ?? 5;
	if (number < 1 || number > most) throw invalid(`"${number}" is not a valid choice.`);
	return number;
}

function ratingRead(stored: Scalar, { field, switches }: Place): unknown {
	if (switches.ratingRead === 'number') return stored;
	const found = field.options.find(({ code }) => code === String(stored));
	return found && { id: found.id, code: found.code, name: found.name };
}

function dateFrom(value: unknown): string {
	if (typeof value === 'string' && isDate(value)) return value;
	throw invalid('Date has wrong format. Use one of these formats instead: YYYY-MM-DD.');
}

function datetimeFrom(value: unknown, { business, switches }: Place): string {
	const zones = { 'business zone': business.timezone, UTC: 'UTC', refused: undefined };
	const zone = zones[switches.naiveDatetimes];
	const instant = typeof value === 'string' ? instantOf(value, zone) : undefined;
	if (instant !== undefined) return instant;
	throw invalid(
		'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
	);
}

function booleanFrom(value: unknown, { switches }: Place): boolean {
	const words: Record<string, boolean> = { true: true, false: false };
	const loose = switches.looseScalars === 'accepted' && typeof value === 'string';
	const boolean = loose ? words[value.toLowerCase()] : value;
	if (typeof boolean === 'boolean') return boolean;
	throw invalid('Must be a valid boolean.');
}

function optionId(value: unknown, { field, switches }: Place): string {
	const reference = referenceIn(value, switches.optionShapes);
	return named(field.options, reference, switches)?.id ?? notAChoice(reference);
}

function optionRead(stored: Scalar, { field, object }: Place): unknown {
	if (field.name === 'stage' && object.object_type === 'pipeline') {
		const stage = object.stages.find(({ id }) => id === stored);
		return stage && { id: stage.id, name: stage.name, status: stage.status, order: stage.order };
	}
	const found = field.options.find(({ id }) => id === stored);
	return found && { id: found.id, code: found.code, name: found.name };
}

function tagsOf({ object, field }: Place): Tag[] {
	return object.tags.get(field.id) ?? [];
}

function tagId(value: unknown, place: Place): string {
	const reference = referenceIn(value, place.switches.optionShapes);
	const found = named(tagsOf(place), reference, place.switches);
	if (found !== undefined) return found.id;
	if (reference.by === 'id' || place.switches.unknownTags === 'refused') {
		return notAChoice(reference);
	}
	const id = uuidFor(`tag ${place.field.id} ${reference.text}`);
	place.object.tags.set(place.field.id, [...tagsOf(place), { id, name: reference.text }]);
	return id;
}

function recordId(value: unknown, { field, business, switches }: Place): string {
	const reference = referenceIn(value, switches.recordShapes);
	const related = business.object(field.relation?.related_object ?? '');
	const matches =
		reference.by === 'id'
			? [business.row(reference.text)]
			: related
				? business.withIdentity(related, reference.text)
				: [];
	const active = matches.filter(
		(row): row is Row => row !== undefined && row.object === related && !row.archived,
	);
	return onlyOne(active, reference).id;
}

function recordRead(stored: Scalar, { business }: Place): unknown {
	const row = business.row(String(stored));
	return row && !row.archived ? relatedRead(business, row) : undefined;
}

function memberId(value: unknown, { business, switches }: Place): string {
	const reference = referenceIn(value, switches.memberShapes);
	const matches = business.team.filter(
		({ id, first_name: first, last_name: last, deleted }) =>
			!deleted && reference.text === (reference.by === 'id' ? id : `${first} ${last}`),
	);
	return onlyOne(matches, reference).id;
}

function memberRead(stored: Scalar, { business }: Place): unknown {
	const found = business.team.find(({ id }) => id === stored);
	if (found === undefined) return undefined;
	const { id, deleted, first_name, last_name, email } = found;
	return { id, deleted, first_name, last_name, email };
}

/** E.164 with an extension after `x`; a national number belongs to the business's region. */
function phoneFrom(value: unknown, place: Place): string {
	const [number, extension] = stringFrom(value, place).split('x', 2);
	const bare = number.replace(/[ ().-]/g, '');
	const national = /^1?[2-9]\d{9}$/.test(bare) && place.business.phoneRegion === 'US';
	const full = national ? `+1${bare.slice(-10)}` : bare;
	const isUs = full.startsWith('+1');
	const form = isUs ? /^\+1[2-9]\d{9}$/ : /^\+[2-9]\d{6,14}$/;
	const valid = form.test(full) && (extension === undefined || /^\s*\d{1,8}$/.test(extension));
	if (!valid) throw invalid('The phone number entered is not valid.');
	return extension === undefined ? full : `${full}x${extension.trim()}`;
}

function zoneFrom(value: unknown, place: Place): string {
	const name = stringFrom(value, place);
	if (place.field.options.some(({ id }) => id === name)) return name;
	throw invalid(`"${name}" is not a valid choice.`);
}

function zoneRead(stored: Scalar, { field, switches }: Place): unknown {
	if (switches.timezoneRead === 'text') return stored;
	const found = field.options.find(({ id }) => id === stored);
	return found && { id: found.id, name: found.name, code: found.code };
}

function fileId(value: unknown, { business, switches }: Place): string {
	const reference = referenceIn(value, switches.fileShapes);
	return business.files.get(reference.text)?.id ?? missing(reference);
}

/** Keys of `GET /api/files/{id}` as the docs list them; inside a record they are a guess. */
function fileRead(stored: Scalar, { business }: Place): unknown {
	const file = business.files.get(String(stored));
	if (file === undefined) return undefined;
	return {
		id: file.id,
		name: file.name,
		url: `/api/files/${file.id}/download`,
		thumbnail_url: null,
		content_type: file.content_type,
		is_public: false,
		is_common: false,
		common_key: null,
	};
}

function named<T extends { id: string; name: string }>(
	candidates: readonly T[],
	reference: Reference,
	switches: Switches,
): T | undefined {
	if (reference.by === 'id') return candidates.find(({ id }) => id === reference.text);
	const fold = (name: string) => (switches.optionNames === 'any case' ? name.toLowerCase() : name);
	return candidates.find(({ name }) => fold(name) === fold(reference.text));
}

function onlyOne<T>(found: readonly T[], reference: Reference): T {
	if (found.length > 1) throw invalid(`Several records are named "${reference.text}".`);
	return found[0] ?? missing(reference);
}

function missing({ text: sent }: Reference): never {
	const message = `Invalid pk "${sent}" - object does not exist.`;
	throw new ValueError({ message, code: 'does_not_exist' });
}

function notAChoice({ text: sent }: Reference): never {
	throw new ValueError({ message: `"${sent}" is not a valid choice.`, code: 'invalid_choice' });
}

function beyond(bound: string, code: string): ValueError {
	return new ValueError({ message: `Ensure this value is ${bound}.`, code });
}

function invalid(message: string): ValueError {
	return new ValueError({ message, code: 'invalid' });
}
