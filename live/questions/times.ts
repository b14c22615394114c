import { setTimeout as sleep } from 'node:timers/promises';

import { isAccepted, rowsIn, type Received } from '../connection';
import { fieldOf, heldIn, said, type ObjectLab, type Question } from '../lab';
import type { LiveField, LiveObject } from '../objects';
import { reference, wholeShapes } from '../samples';
import type { OwnRecord } from '../workspace';
import { relationOf, tagsOf } from './values';

const DAY_MS = 86_400_000;
const SHOWN_AFTER_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** When a record counts as changed, and how a search compares and sorts the times of records. */
export const timeQuestions: Array<Question<ObjectLab>> = [
	{
		number: 19,
		asks: 'What sets `updated`?',
		async find(lab) {
			const { workspace, object } = lab;
			const record = await workspace.record(object, 'touched');
			const text = fieldOf(lab, 'text', 'longtext');
			const value = `${workspace.mark} changed`;
			const write = async () =>
				text ? await workspace.update(record, [{ id: text.id, value }]) : undefined;
			return [
				`another value: ${await effectOn(lab, record, write)}`,
				`the same value again: ${await effectOn(lab, record, write)}`,
				`tags alone: ${await effectOn(lab, record, async () => await tagged(lab, record))}`,
				`a move to another stage: ${await effectOn(lab, record, async () => await moved(lab, record))}`,
				`another record that points to it: ${await pointedTo(lab)}`,
				`unarchive: ${await effectOn(lab, record, async () => {
					const archived = await workspace.archive(record);
					return isAccepted(archived) ? await workspace.unarchive(record) : archived;
				})}`,
			];
		},
	},
	{
		number: 20,
		asks: 'To which unit does search compare the times of records?',
		async find({ workspace, object }) {
			const created = timeField(object, 'created');
			const record = await workspace.record(object, 'timed');
			const held = String(await heldIn(workspace, record, created));
			const finds = async (moment: string) => {
				const filter = { condition: '>=', value: moment, ...AS_CREATED };
				const body = { query: [{ and: true, filters: [filter] }] };
				return await workspace.search(object, '', body);
			};
			const begin = Date.parse(held);
			const ends = {
				millisecond: `${iso(begin)}999Z`,
				second: `${iso(begin).slice(0, 19)}.999Z`,
				day: `${iso(begin).slice(0, 10)}T23:59:59.999Z`,
				'nothing, the filter changes nothing': `${iso(begin + 3 * DAY_MS)}Z`,
			};
			let unit = 'microsecond';
			for (const [coarser, moment] of Object.entries(ends)) {
				const received = await finds(moment);
				if (!isAccepted(received)) return [`\`>= ${moment}\`: ${said(received)}`];
				if (holds(received, record)) unit = coarser;
			}
			return [`to the ${unit} (\`created\` reads \`${held}\`)`];
		},
	},
	{
		number: 21,
		asks: 'Does search keep `ordering=updated`, and how soon does it show a write?',
		async find(lab) {
			const { workspace, object } = lab;
			const older = await workspace.record(object, 'older');
			const newer = await workspace.record(object, 'newer');
			const added = await shownAfter(async () => holds(await workspace.search(object), newer));
			const name = workspace.freshName(object, 'renamed');
			await workspace.update(older, [workspace.identity(object, name)]);
			const changed = await shownAfter(async () =>
				JSON.stringify((await workspace.search(object)).body).includes(name),
			);
			const places = async (ordering: string) => {
				const rows = rowsIn(await workspace.search(object, `&ordering=${ordering}`));
				const ids = rows.map(({ id }) => id);
				return ids.indexOf(older.id) - ids.indexOf(newer.id);
			};
			const isKept = (await places('updated')) > 0 && (await places('-updated')) < 0;
			return [
				isKept ? 'it is kept' : 'it is not kept',
				`a new record: ${added}`,
				`a change: ${changed}`,
			];
		},
	},
];

/** `created` and `updated` are default fields, which filters know by their API name. */
const AS_CREATED = { type: 'fields', subtype: 'non_custom', field: 'created' };

/** Whether `updated` is another time after a write. */
async function effectOn(
	{ workspace, object }: ObjectLab,
	record: OwnRecord,
	write: () => Promise<Received | undefined>,
): Promise<string> {
	const updated = timeField(object, 'updated');
	const before = await heldIn(workspace, record, updated);
	const received = await write();
	if (received === undefined) return 'not asked, the object has nothing to try it with';
	if (!isAccepted(received)) return `could not be found out, ${said(received)}`;
	return (await heldIn(workspace, record, updated)) === before ? 'no' : 'yes';
}

async function tagged(lab: ObjectLab, record: OwnRecord): Promise<Received | undefined> {
	const field = fieldOf(lab, 'dynamictags');
	const [tag] = field ? await tagsOf(lab, field) : [];
	if (field === undefined || tag === undefined) return undefined;
	return await written(lab, record, field, tag);
}

async function moved(
	{ workspace, object }: ObjectLab,
	record: OwnRecord,
): Promise<Received | undefined> {
	const stage = object.stages.at(-1);
	return object.isPipeline && stage ? await workspace.move(record, stage.id) : undefined;
}

async function pointedTo(lab: ObjectLab): Promise<string> {
	const { field, target } = relationOf(lab);
	if (!field || !target) return 'not asked, the object has no relation to itself or contacts';
	const from = await lab.workspace.record(lab.object, 'pointing');
	const to = await lab.workspace.record(target, 'pointed-to');
	return await effectOn(
		{ ...lab, object: target },
		to,
		async () => await written(lab, from, field, to),
	);
}

/** Writes a reference in the first form that is taken. */
async function written(
	{ workspace }: ObjectLab,
	record: OwnRecord,
	field: LiveField,
	choice: { id: string; name: string },
): Promise<Received> {
	let received: Received | undefined;
	for (const form of wholeShapes) {
		const value = reference(choice, form);
		received = await workspace.update(record, [
			{ id: field.id, value: field.many ? [value] : value },
		]);
		if (isAccepted(received)) break;
	}
	if (received === undefined) throw new Error('nothing was written');
	return received;
}

async function shownAfter(isShown: () => Promise<boolean>): Promise<string> {
	const start = Date.now();
	while (!(await isShown())) {
		if (Date.now() - start > SHOWN_AFTER_MS) return `not within ${SHOWN_AFTER_MS / 1000} s`;
		await sleep(LOOK_EVERY_MS);
	}
	return `within ${((Date.now() - start) / 1000).toFixed(1)} s`;
}

function timeField({ fields, label }: LiveObject, name: 'created' | 'updated'): LiveField {
	const field = fields.find((each) => each.name === name);
	if (field === undefined) throw new Error(`"${label}" has no field "${name}"`);
	return field;
}

function holds(received: Received, { id }: OwnRecord): boolean {
	return rowsIn(received).some((row) => row.id === id);
}

/** In UTC, to the millisecond, without its zone. */
function iso(ms: number): string {
	return new Date(ms).toISOString().slice(0, -1);
}
