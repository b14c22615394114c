import { isAccepted, isDict, rowsIn } from '../connection';
import { fieldOf, heldIn, said, tryValue, type ObjectLab, type Question } from '../lab';
import type { LiveField, LiveObject } from '../objects';
import { hasSample, reference, sampleValue, wholeShapes, type ReferenceForm } from '../samples';
import type { OwnRecord } from '../workspace';

/** What may be written into a field, and how it reads. */
export const valueQuestions: Array<Question<ObjectLab>> = [
	{
		number: 6,
		asks: 'Can `stage` be set inside `fields`, and in what shape?',
		async find({ workspace, object }) {
			const stage = object.fields.find(({ name }) => name === 'stage');
			const [, second] = object.stages;
			if (!object.isPipeline || stage === undefined || second === undefined) {
				return ['not asked: KIZEN_OBJECT is no pipeline with two stages'];
			}
			const isSecond = (held: unknown) => idIn(held) === second.id;
			const found: string[] = [];
			for (const form of wholeShapes) {
				const name = workspace.freshName(object, 'staged');
				const entry = { id: stage.id, value: reference(second, form) };
				const fields = [workspace.identity(object, name), entry];
				const added = await workspace.add(object, fields, 'prompt');
				const onAdd = !added.record
					? `refused, ${said(added.received)}`
					: isSecond(await heldIn(workspace, added.record, stage))
						? 'accepted'
						: 'ignored';
				// A record of its own, which still stands in the first stage.
				const record = await workspace.record(object, 'staged');
				const updated = await workspace.update(record, [entry]);
				const onUpdate = !isAccepted(updated)
					? `refused, HTTP ${updated.status}`
					: isSecond(await heldIn(workspace, record, stage))
						? 'accepted'
						: 'ignored';
				found.push(`as ${FORMS[form]}: on add ${onAdd}; on update ${onUpdate}`);
			}
			return found;
		},
	},
	{
		number: 7,
		asks: 'Which shapes of options, tags, records and members are taken? Names in any case? New tags?',
		async find(lab) {
			const record = await lab.workspace.record(lab.object, 'shapes');
			const one = fieldOf(lab, 'dropdown', 'radio', 'status', 'selector', 'choices', 'yesnomaybe');
			return [
				...(await shapesOfOptions(lab, record, one, 'option')),
				...(await shapesOfOptions(lab, record, fieldOf(lab, 'checkboxes'), 'one of several')),
				...(await shapesOfTags(lab, record)),
				...(await shapesOfRecords(lab, record)),
				...(await shapesOfMembers(lab, record)),
				'files: not asked, they would have to be uploaded',
			];
		},
	},
	{
		number: 8,
		asks: 'Do `null`, `""` and `[]` clear a field?',
		async find(lab) {
			const record = await lab.workspace.record(lab.object, 'cleared');
			const blanks: Array<[string, unknown, LiveField | undefined]> = [
				['`null` in a text', null, optional(lab, 'text', 'longtext')],
				['`null` in a number', null, optional(lab, 'integer', 'decimal', 'money')],
				['`null` in an option', null, optional(lab, 'dropdown', 'radio', 'status', 'selector')],
				['`""` in a text', '', optional(lab, 'text', 'longtext')],
				['`[]` in several options', [], optional(lab, 'checkboxes')],
				['`null` in several options', null, optional(lab, 'checkboxes')],
			];
			const found: string[] = [];
			for (const [what, blank, field] of blanks) {
				found.push(`${what}: ${field ? await cleared(lab, record, field, blank) : NO_FIELD}`);
			}
			return found;
		},
	},
	{
		number: 9,
		asks: 'How do values read? Is money taken as an object?',
		async find(lab) {
			const { workspace, object } = lab;
			const record = await workspace.record(object, 'read');
			const { body } = await workspace.read(record);
			const found = [`\`fields\` of a record: ${holder(body)}`];
			for (const type of READ_TYPES) {
				const field = fieldOf(lab, type);
				found.push(`${type}: ${field ? await readBack(lab, record, field) : NO_FIELD}`);
			}
			const money = fieldOf(lab, 'money');
			if (money) {
				const value = { amount: 20.5, currency: 'USD' };
				const { effect, received } = await tryValue(lab, record, money, value, (held) =>
					JSON.stringify(held ?? null).includes('20.5'),
				);
				const why = effect === 'refused' ? `, ${said(received)}` : '';
				found.push(`money written as {amount, currency}: ${effect}${why}`);
			}
			return found;
		},
	},
	{
		number: 10,
		asks: 'In which zone is a date and time without offset read?',
		async find(lab) {
			const field = fieldOf(lab, 'datetime');
			if (!field) return [NO_FIELD];
			const record = await lab.workspace.record(lab.object, 'naive');
			const naive = '2026-03-31T12:00:00';
			const received = await lab.workspace.update(record, [{ id: field.id, value: naive }]);
			if (!isAccepted(received)) return [`it is refused: ${said(received)}`];
			const held = String(await heldIn(lab.workspace, record, field));
			return [`${zoneOf(naive, held, lab.timezone)} (reads back as \`${held}\`)`];
		},
	},
];

const NO_FIELD = 'not asked, the object has no such field';

const FORMS: Record<ReferenceForm, string> = {
	object: '`{id}`',
	bare: 'the bare id',
	name: '`{name}`',
};

const READ_TYPES = [
	'timezone',
	'rating',
	'phonenumber',
	'decimal',
	'money',
	'datetime',
	'dropdown',
	'yesnomaybe',
];

function optional(lab: ObjectLab, ...types: string[]): LiveField | undefined {
	const fields = lab.object.fields.filter(({ required }) => !required);
	return fieldOf({ ...lab, object: { ...lab.object, fields } }, ...types);
}

type Choice = { id: string; name: string };

async function shapesOfOptions(
	lab: ObjectLab,
	record: OwnRecord,
	field: LiveField | undefined,
	what: string,
): Promise<string[]> {
	if (!field || field.options.length < 2) return [`${what}: ${NO_FIELD}`];
	return [await shapes(lab, record, field, field.options, what), await anyCase(lab, record, field)];
}

/** Writes another of the choices in each form than the one that is held. */
async function shapes(
	lab: ObjectLab,
	record: OwnRecord,
	field: LiveField,
	choices: Choice[],
	what: string,
): Promise<string> {
	const found: string[] = [];
	for (const form of wholeShapes) {
		const held = idsIn(await heldIn(lab.workspace, record, field));
		const choice = choices.find(({ id }) => !held.includes(id)) ?? choices[0];
		found.push(
			`${FORMS[form]} ${await taken(lab, record, field, choice, reference(choice, form))}`,
		);
	}
	return `${what}: ${found.join(', ')}`;
}

async function anyCase(lab: ObjectLab, record: OwnRecord, field: LiveField): Promise<string> {
	const held = idsIn(await heldIn(lab.workspace, record, field));
	const free = field.options.filter(({ id }) => !held.includes(id));
	const choice = free.find(({ name }) => name.toUpperCase() !== name) ?? free[0];
	const value = { name: choice.name.toUpperCase() };
	return `\`{name}\` in upper case: ${await taken(lab, record, field, choice, value)}`;
}

async function taken(
	lab: ObjectLab,
	record: OwnRecord,
	field: LiveField,
	choice: Choice,
	value: unknown,
): Promise<string> {
	const whole = field.many ? [value] : value;
	const isThere = (held: unknown) => idsIn(held).includes(choice.id);
	const { effect, received } = await tryValue(lab, record, field, whole, isThere);
	return effect === 'refused' ? `refused (HTTP ${received.status})` : effect;
}

/** The tags that a field has by now. */
export async function tagsOf(
	{ connection, object }: ObjectLab,
	field: LiveField,
): Promise<Choice[]> {
	const path = `/pipelines/${object.id}/fields/${field.id}/tags?page_size=10`;
	return rowsIn(await connection.ask('GET', path)).map(({ id, name }) => ({
		id: String(id),
		name: String(name),
	}));
}

async function shapesOfTags(lab: ObjectLab, record: OwnRecord): Promise<string[]> {
	const field = fieldOf(lab, 'dynamictags');
	if (!field) return [`tags: ${NO_FIELD}`];
	const tags = await tagsOf(lab, field);
	const known =
		tags.length > 0
			? await shapes(lab, record, field, tags, 'tags')
			: 'tags: not asked, there are none yet';
	if (!lab.settings.tags) {
		return [known, 'new tags: not asked (KIZEN_LIVE_TAGS=1 asks, and leaves one tag behind)'];
	}
	const name = `${lab.workspace.mark} tag`;
	const value = [{ name }];
	const { effect, received } = await tryValue(lab, record, field, value, (held) =>
		JSON.stringify(held ?? []).includes(name),
	);
	const outcome = effect === 'accepted' ? 'the tag is created' : effect;
	return [known, `new tags: ${outcome}${effect === 'refused' ? `, ${said(received)}` : ''}`];
}

/** A relation to an object in which records may be made. */
export function relationOf({ object, contacts }: ObjectLab): {
	field: LiveField | undefined;
	target: LiveObject | undefined;
} {
	const targets = [object, ...(contacts ? [contacts] : [])];
	const field = object.fields.find(
		({ type, writable, relatedObject }) =>
			type === 'relationship' && writable && targets.some(({ id }) => id === relatedObject),
	);
	return { field, target: targets.find(({ id }) => id === field?.relatedObject) };
}

/** Only with records of our own: a relation shows on the other record, too. */
async function shapesOfRecords(lab: ObjectLab, record: OwnRecord): Promise<string[]> {
	const { field, target } = relationOf(lab);
	if (!field || !target) {
		return [
			`related records: not asked, the object has no relation to ${lab.contacts ? 'itself or contacts' : 'itself (nor may contacts be made: KIZEN_LIVE_CONTACTS=1)'}`,
		];
	}
	const made = [
		await lab.workspace.record(target, 'related'),
		await lab.workspace.record(target, 'related'),
	];
	return [await shapes(lab, record, field, made, 'related records')];
}

async function shapesOfMembers(lab: ObjectLab, record: OwnRecord): Promise<string[]> {
	const field = fieldOf(lab, 'team_selector');
	const path = '/team/typeahead?page_size=20';
	const me = rowsIn(await lab.connection.ask('GET', path)).find(({ id }) => id === lab.employee);
	if (!field || !me)
		return [`members: ${field ? "not asked, the key's user is not listed" : NO_FIELD}`];
	const choice = { id: String(me.id), name: `${String(me.first_name)} ${String(me.last_name)}` };
	const found: string[] = [];
	for (const form of wholeShapes) {
		const value = reference(choice, form);
		found.push(`${FORMS[form]} ${await taken(lab, record, field, choice, value)}`);
	}
	return [`members: ${found.join(', ')}`];
}

async function cleared(
	lab: ObjectLab,
	record: OwnRecord,
	field: LiveField,
	blank: unknown,
): Promise<string> {
	const { workspace } = lab;
	let isSet = false;
	for (const form of wholeShapes) {
		const value = sampleValue(field, workspace.mark, form);
		const tried = await tryValue(lab, record, field, value, (held) => held !== undefined);
		if ((isSet = tried.effect === 'accepted')) break;
	}
	if (!isSet) return 'could not be found out, no value could be written first';
	const isBlank = (held: unknown) => held === undefined || held === '' || isEmptyList(held);
	const { effect, received } = await tryValue(lab, record, field, blank, isBlank);
	const nulls = `\`allows_nulls\` is ${String(field.allowsNulls)}`;
	if (effect === 'refused') return `refused, ${said(received)} (${nulls})`;
	return `${effect === 'accepted' ? 'clears it' : 'is ignored'} (${nulls})`;
}

async function readBack(lab: ObjectLab, record: OwnRecord, field: LiveField): Promise<string> {
	if (!hasSample(field)) return 'not asked, it has no options';
	for (const form of wholeShapes) {
		const value = sampleValue(field, lab.workspace.mark, form);
		const { effect, held } = await tryValue(lab, record, field, value, (one) => one !== undefined);
		if (effect === 'accepted') return `\`${JSON.stringify(held)}\``;
	}
	return 'could not be found out, no value could be written';
}

/** How `fields` of a record holds its values. */
function holder(record: unknown): string {
	const fields = isDict(record) ? record.fields : undefined;
	const list = Array.isArray(fields);
	const [entry]: unknown[] = list ? fields : Object.values(isDict(fields) ? fields : {});
	const kind =
		!isDict(entry) || !('value' in entry)
			? 'bare values'
			: isDict(entry.value) && 'value' in entry.value
				? '`{value: {value}}`'
				: '`{id, name, …, value}`';
	return `${list ? 'a list' : 'an object by field id'} of ${kind}`;
}

function zoneOf(naive: string, held: string, timezone: string | undefined): string {
	const shift = Date.parse(held) - Date.parse(`${naive}Z`);
	if (Number.isNaN(shift)) return 'can not be told';
	if (timezone !== undefined && shift === -offsetMs(naive, timezone)) {
		return shift === 0
			? "can not be told, the business's own zone is UTC then"
			: "in the business's zone";
	}
	return shift === 0 ? 'in UTC' : `as if its offset were ${-shift / 3_600_000} hours`;
}

/** How far the zone is ahead of UTC at that time. */
function offsetMs(naive: string, timeZone: string): number {
	const utc = new Date(`${naive}Z`);
	const there = utc.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');
	return Date.parse(`${there}Z`) - utc.getTime();
}

function isEmptyList(held: unknown): boolean {
	return Array.isArray(held) && held.length === 0;
}

function idIn(held: unknown): unknown {
	return isDict(held) ? held.id : held;
}

function idsIn(held: unknown): unknown[] {
	if (held === undefined) return [];
	return (Array.isArray(held) ? held : [held]).map(idIn);
}
