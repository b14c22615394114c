import type { TriggerEvent } from '../../nodes/Kizen/trigger/cursor';

/** A write to a record. No two writes have the same `version`. */
export interface Write {
	id: string;
	version: number;
	kind: 'created' | 'updated';
}

/** An item that the trigger sent: a version of a record. */
export interface Sent {
	id: string;
	version: number;
	action: string;
}

export interface Tally {
	/** Writes that the event is about. */
	written: number;
	sent: number;
	/** Writes after which the record was written again before a poll read it. */
	replaced: number;
	/** Records that were not sent as they are now, or not as created. */
	missed: number;
	/** Items that were sent again, or that no write explains. */
	doubled: number;
}

/** Compares what was written with what was sent. The writes are in order, the earliest first. */
export function tally(event: TriggerEvent, writes: Write[], sent: Sent[]): Tally {
	const concerned = writes.filter(({ kind }) => event === 'createdOrUpdated' || kind === event);
	const keyOf = ({ id, version }: Write | Sent) => (event === 'created' ? id : `${id} ${version}`);
	const written = new Set(concerned.map(keyOf));
	const last = new Map(concerned.map((write) => [write.id, keyOf(write)]));

	const keys = new Set(sent.map(keyOf));
	const explained = [...keys].filter((key) => written.has(key)).length;
	const unsent = [...last.values()].filter((key) => !keys.has(key)).length;

	const creations = idsOf(concerned.filter(({ kind }) => kind === 'created'));
	const asCreated = sent.filter(({ action }) => action === 'created').map(({ id }) => id);
	const known = new Set(asCreated.filter((id) => creations.has(id)));
	return {
		written: written.size,
		sent: sent.length,
		replaced: written.size - explained - unsent,
		missed: Math.max(unsent, creations.size - known.size),
		doubled: Math.max(sent.length - explained, asCreated.length - known.size),
	};
}

function idsOf(writes: Write[]): Set<string> {
	return new Set(writes.map(({ id }) => id));
}
