import type { Shape } from './references';

/**
 * What nobody outside Kizen knows for sure, one row each. `unknown` says what is not known; the
 * default is the choice that asks more of a client, or the one an official page leans to.
 * A row with `allowed` holds one of the values, a row with `subsetOf` holds a list of them.
 */
const table = {
	addStatus: {
		default: 200,
		allowed: [200, 201],
		unknown: 'Status of a successful add: 200 in the OpenAPI document, 201 in app-engine’s docs.',
	},
	addAction: {
		default: 'given',
		allowed: ['given', 'absent'],
		unknown: 'Whether the answer of add carries "action": listed for upsert only on the page.',
	},
	addFields: {
		default: 'written',
		allowed: ['written', 'all'],
		unknown: 'Whether add answers all fields of the new record or those that were written.',
	},
	conflictStatus: {
		default: 400,
		allowed: [400, 409],
		unknown: 'Status when an archived record matches and the request says "prompt".',
	},
	conflictBody: {
		default: 'positional',
		allowed: ['positional', 'non_field_errors', 'detail', 'errors', 'list', 'keyed'],
		unknown: 'Body of the answer to an archived match under "prompt".',
	},
	conflictCode: {
		default: 'conflict',
		allowed: ['conflict', 'archived', 'unique'],
		unknown: 'Code inside the answer to an archived match under "prompt".',
	},
	conflictWording: {
		default: 'archived',
		allowed: ['archived', 'as a duplicate'],
		unknown: 'Whether the message for an archived match differs from that for an active one.',
	},
	conflictNamesRecord: {
		default: 'no',
		allowed: ['no', 'id', 'record'],
		unknown: 'Whether the answer to an archived match says which record it is.',
	},
	overwrite: {
		default: 'new record',
		allowed: ['new record', 'same record'],
		unknown:
			'What "overwrite" does on create: a new record whose name displaces the archived one’s, or the archived record emptied and filled anew.',
	},
	activeDuplicates: {
		default: 'refused',
		allowed: ['refused', 'allowed'],
		unknown: 'Whether an object other than contacts takes a second active record of one name.',
	},
	duplicateStatus: {
		default: 400,
		allowed: [400, 409],
		unknown: 'Status when an active record holds the name or email already.',
	},
	duplicateCode: {
		default: 'unique',
		allowed: ['unique', 'conflict'],
		unknown: 'Code when an active record holds the name or email already.',
	},
	unarchiveOmitted: {
		default: 'prompt',
		allowed: ['prompt', 'create'],
		unknown:
			'What an add or upsert without an archive mode (or with null) does on an archived match.',
	},
	archivedMatch: {
		default: 'any case',
		allowed: ['any case', 'exact'],
		unknown: 'Whether archived records are matched regardless of case, as active ones are.',
	},
	surroundingSpace: {
		default: 'kept',
		allowed: ['kept', 'trimmed'],
		unknown:
			'Whether white space at the ends of lookup_value, of a searched text and of written texts and emails counts. Django REST framework, which Kizen seems to be built with, trims it unless told otherwise; lookup is documented as untrimmed.',
	},
	upsertRename: {
		default: 'renames',
		allowed: ['renames', 'refused', 'ignored'],
		unknown: 'What upsert does when fields hold another name or email than lookup_value.',
	},
	errors: {
		default: 'plain',
		allowed: ['plain', 'coded'],
		unknown: 'When a message is a string and when it is {message, code}.',
	},
	missingRequired: {
		default: 'non_field_errors',
		allowed: ['non_field_errors', 'keyed'],
		unknown: 'Where the answer names a required field that was not sent at all.',
	},
	unauthorizedBody: {
		default: 'detail and code',
		allowed: ['detail and code', 'detail', 'code', 'empty', 'html'],
		unknown: 'Body of 401 for a wrong key, business or user.',
	},
	wrongBusinessStatus: {
		default: 401,
		allowed: [401, 403, 404],
		unknown: 'Status for a business id that the key does not belong to.',
	},
	wrongUserStatus: {
		default: 401,
		allowed: [401, 403],
		unknown: 'Status for a user id that is not the key’s.',
	},
	userIdIs: {
		default: 'user',
		allowed: ['user', 'employee', 'either'],
		unknown: 'Whether X-USER-ID is the id of the user or of the employee (team member).',
	},
	hiddenObjectStatus: {
		default: 404,
		allowed: [404, 403],
		unknown: 'Status for an object that exists but that the key may not see.',
	},
	stageInFields: {
		default: 'refused',
		allowed: ['refused', 'accepted', 'ignored'],
		unknown: 'Whether a pipeline’s stage can be set among the fields of add, upsert and update.',
	},
	stageInSearch: {
		default: 'when asked',
		allowed: ['when asked', 'always'],
		unknown: 'Whether search answers the stage without being asked for it by name or id.',
	},
	optionShapes: {
		default: ['bare', 'id', 'name'],
		subsetOf: ['bare', 'id', 'name'],
		unknown: 'Shapes in which a write may name an option or a tag.',
	},
	recordShapes: {
		default: ['bare', 'id'],
		subsetOf: ['bare', 'id', 'name'],
		unknown: 'Shapes in which a write may name a related record.',
	},
	memberShapes: {
		default: ['bare', 'id'],
		subsetOf: ['bare', 'id', 'name'],
		unknown: 'Shapes in which a write may name a team member.',
	},
	fileShapes: {
		default: ['bare', 'id'],
		subsetOf: ['bare', 'id'],
		unknown: 'Shapes in which a write may name an uploaded file.',
	},
	optionNames: {
		default: 'exact',
		allowed: ['exact', 'any case'],
		unknown: 'Whether the name of an option or tag is matched regardless of case.',
	},
	unknownTags: {
		default: 'refused',
		allowed: ['refused', 'created'],
		unknown: 'Whether writing a tag name that does not exist creates the tag.',
	},
	nullValue: {
		default: 'clears',
		allowed: ['clears', 'refused', 'ignored'],
		unknown: 'Whether null clears a field that allows nulls.',
	},
	emptyText: {
		default: 'refused',
		allowed: ['refused', 'clears', 'ignored'],
		unknown: 'Whether "" clears a field.',
	},
	emptyList: {
		default: 'clears',
		allowed: ['clears', 'refused', 'ignored'],
		unknown: 'Whether [] clears a field of many values.',
	},
	looseScalars: {
		default: 'refused',
		allowed: ['refused', 'accepted'],
		unknown: 'Whether "12" is taken for a number, "true" for a boolean and 12 for a text.',
	},
	moneyObjects: {
		default: 'refused',
		allowed: ['refused', 'accepted'],
		unknown: 'Whether money can be written as {amount, currency} as it is read.',
	},
	naiveDatetimes: {
		default: 'business zone',
		allowed: ['business zone', 'UTC', 'refused'],
		unknown: 'In which zone a date and time without offset is read.',
	},
	contactsByName: {
		default: 'refused',
		allowed: ['refused', 'refused on add', 'accepted'],
		unknown:
			'Whether writing contacts with fields keyed by api name is still refused with 403, and whether upsert is affected like add.',
	},
	contactsByApiName: {
		default: 'accepted',
		allowed: ['accepted', 'refused'],
		unknown: 'Whether contacts can be added under client_client or only under the object’s UUID.',
	},
	contactWithoutEmail: {
		default: 'accepted',
		allowed: ['accepted', 'refused'],
		unknown: 'Whether add takes a contact without an email.',
	},
	readOnlyMarks: {
		default: 'absent',
		allowed: ['absent', 'given'],
		unknown:
			'Whether the schema marks created, updated, display_name, stage and actual_close_date is_read_only.',
	},
	fieldsByApiName: {
		default: 'refused',
		allowed: ['refused', 'accepted'],
		unknown: 'Whether …/fields and …/categories take an object’s api name or only its UUID.',
	},
	valueShape: {
		default: 'wrapped',
		allowed: ['wrapped', 'raw', 'nested', 'array'],
		unknown:
			'How a record holds its values: {id, name, …, value} as captured; raw, one deeper, or as a list as app-engine’s docs warn.',
	},
	decimals: {
		default: 'number',
		allowed: ['number', 'string'],
		unknown: 'Whether decimals are read as numbers (captured) or strings (app-engine’s docs).',
	},
	moneyAmount: {
		default: 'number',
		allowed: ['number', 'string'],
		unknown: 'Whether the amount of money is read as number (captured) or string.',
	},
	ratingRead: {
		default: 'number',
		allowed: ['number', 'option'],
		unknown: 'How a rating is read.',
	},
	timezoneRead: {
		default: 'text',
		allowed: ['text', 'option'],
		unknown: 'How a time zone is read.',
	},
	lookupShape: {
		default: 'record',
		allowed: ['record', 'results'],
		unknown: 'Whether lookup answers the record or a page that holds it.',
	},
	listShape: {
		default: 'bare',
		allowed: ['bare', 'paged'],
		unknown: 'Whether stages and the team typeahead answer a bare list or a page.',
	},
	next: {
		default: 'absolute',
		allowed: ['absolute', 'relative', 'elsewhere'],
		unknown: 'Whether the next page’s address is absolute, relative or on plain http elsewhere.',
	},
	unknownOrdering: {
		default: 'ignored',
		allowed: ['ignored', 'refused'],
		unknown: 'What search does with an ordering it does not know.',
	},
	clockAheadMs: {
		default: 0,
		allowed: [0, 137_420, -137_420],
		unknown: 'How far Kizen’s clock is ahead of the one of the computer that n8n runs on.',
	},
	searchLagMs: {
		default: 0,
		allowed: [0, 1500, 9000, 3_600_000],
		unknown:
			'How long after a write a search shows it, at most: new records were seen at once, archived ones after up to 9 seconds. The longest hides a write from every search.',
	},
	filterResolution: {
		default: 'microsecond',
		allowed: ['microsecond', 'millisecond', 'second', 'day'],
		unknown: 'To which unit a filter compares times, "created" and "updated" among them.',
	},
	orderingByUpdated: {
		default: 'kept',
		allowed: ['kept', 'ignored'],
		unknown: 'Whether search keeps the ordering "updated": no source shows it.',
	},
	tieOrder: {
		default: 'same',
		allowed: ['same', 'changing'],
		unknown:
			'Whether records that have the same value of the ordering come in the same order in every page; databases do not promise it.',
	},
	updatedByMove: {
		default: 'yes',
		allowed: ['yes', 'no'],
		unknown: 'Whether a move to another stage sets "updated".',
	},
	updatedByTags: {
		default: 'yes',
		allowed: ['yes', 'no'],
		unknown: 'Whether a change of nothing but tags sets "updated".',
	},
	updatedByRelation: {
		default: 'no',
		allowed: ['no', 'yes'],
		unknown: 'Whether a record that another one begins or ceases to point to gets a new "updated".',
	},
	updatedByUnarchive: {
		default: 'yes',
		allowed: ['yes', 'no'],
		unknown: 'Whether a record that comes back from the archive gets a new "updated".',
	},
	updatedByEqualValues: {
		default: 'yes',
		allowed: ['yes', 'no'],
		unknown: 'Whether a write that changes no value sets "updated".',
	},
	bulkStamp: {
		default: 'one for all',
		allowed: ['one for all', 'one for each'],
		unknown:
			'Whether a bulk write stamps all of its records with one instant, as two captured records suggest.',
	},
	dateHeader: {
		default: 'given',
		allowed: ['given', 'absent'],
		unknown:
			'Whether every response carries the header Date, as HTTP demands of a server with a clock.',
	},
	writeLock: {
		default: 'conflict',
		allowed: ['conflict', 'none'],
		unknown:
			'Whether a write to a record that is being written is refused with 409; that there is such a lock is documented, its reach is not.',
	},
} as const satisfies Record<string, Row>;

type Value = string | number;
type Row = { unknown: string } & (
	| { default: Value; allowed: readonly Value[] }
	| { default: readonly Shape[]; subsetOf: readonly Shape[] }
);

export type SwitchName = keyof typeof table;

export type Switches = {
	-readonly [Name in SwitchName]: (typeof table)[Name] extends { allowed: readonly (infer V)[] }
		? V
		: Shape[];
};

/** A text as Kizen takes it: with or without the white space at its ends. */
export function atEnds({ surroundingSpace }: Switches, text: string): string {
	return surroundingSpace === 'trimmed' ? text.trim() : text;
}

/** The table as data, for whoever lists the switches or tries all their values. */
export const switchTable: Readonly<Record<SwitchName, Row>> = table;

/** Every switch at its default, a list of its own each time. */
export function defaultSwitches(): Switches {
	const entries = Object.entries(switchTable).map(([name, row]) => [name, fresh(row.default)]);
	return Object.fromEntries(entries) as Switches;
}

/**
 * Sets switches in place from data that came from outside (`{name: value}`; lists also as
 * 'bare,id'). Throws an Error that says which name or value is not known.
 */
export function setSwitches(switches: Switches, given: Record<string, unknown>): void {
	const checked = Object.entries(given).map(([name, value]) => {
		const row: Row | undefined = switchTable[name as SwitchName];
		if (row === undefined) throw new Error(`There is no switch "${name}".`);
		return [name, checkedValue(name, row, value)];
	});
	Object.assign(switches, Object.fromEntries(checked));
}

function checkedValue(name: string, row: Row, value: unknown): Value | Shape[] {
	if ('subsetOf' in row) {
		const list = typeof value === 'string' ? value.split(',') : value;
		if (!Array.isArray(list)) throw new Error(`Switch "${name}" takes a list.`);
		return list.map((entry) => oneOf(name, row.subsetOf, entry));
	}
	return oneOf(name, row.allowed, value);
}

function oneOf<V extends Value>(name: string, allowed: readonly V[], value: unknown): V {
	const found = allowed.find((candidate) => String(candidate) === String(value));
	if (found !== undefined) return found;
	throw new Error(`Switch "${name}" takes ${allowed.join(', ')}; got ${JSON.stringify(value)}.`);
}

function fresh(value: Row['default']): Value | Shape[] {
	return typeof value === 'object' ? [...value] : value;
}
