import { isAccepted, type Connection, type Received } from './connection';
import { valueIn, type LiveField, type LiveObject } from './objects';
import type { Settings } from './settings';
import type { OwnRecord, Workspace } from './workspace';

/** What the questions are asked with. */
export interface Lab {
	settings: Settings;
	connection: Connection;
	workspace: Workspace;
	/** IANA name of the business's time zone, where Kizen says it. */
	timezone: string | undefined;
	/** Id of the employee whose key it is, where Kizen says it. */
	employee: string | undefined;
	/** Contacts, where they may be made. */
	contacts: LiveObject | undefined;
}

export interface ObjectLab extends Lab {
	/** The object in which records may be made. */
	object: LiveObject;
}

/** One of the open questions: what to do, and what came of it as one line each. */
export interface Question<L extends Lab = Lab> {
	/** As the open questions are numbered. */
	number: number;
	asks: string;
	find(lab: L): Promise<string[]>;
}

/** An answer as it reads in a table. */
export function said({ status, body }: Received): string {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	const isPage = /^\s*</.test(text);
	if (text === '') return `HTTP ${status}, empty`;
	return `HTTP ${status}, ${isPage ? 'a web page' : `\`${shortened(text)}\``}`;
}

function shortened(text: string): string {
	const most = 300;
	return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** What a written value came to. */
export type Effect = 'accepted' | 'ignored' | 'refused';

/** Writes a value into a field of a record of ours, and looks whether it is there then. */
export async function tryValue(
	{ workspace }: Lab,
	record: OwnRecord,
	field: LiveField,
	value: unknown,
	isThere: (held: unknown) => boolean,
): Promise<{ effect: Effect; received: Received; held: unknown }> {
	const received = await workspace.update(record, [{ id: field.id, value }]);
	const held = await heldIn(workspace, record, field);
	if (!isAccepted(received)) return { effect: 'refused', received, held };
	return { effect: isThere(held) ? 'accepted' : 'ignored', received, held };
}

export async function heldIn(
	workspace: Workspace,
	record: OwnRecord,
	field: Pick<LiveField, 'id' | 'name'>,
): Promise<unknown> {
	return valueIn((await workspace.read(record)).body, field);
}

/** The first field of one of these types that may be written. */
export function fieldOf({ object }: ObjectLab, ...types: string[]): LiveField | undefined {
	return object.fields.find(
		(field) =>
			types.includes(field.type) && field.writable && !['name', 'stage'].includes(field.name),
	);
}
