import type { IDataObject } from 'n8n-workflow';

import { choiceOf, event as eventParameter, type Item } from '../description';
import type { Field, ObjectSchema } from '../fields';
import {
	fieldText,
	filterOn,
	stopwatch,
	type FilterGroup,
	type Records,
	type RecordSearch,
} from '../kizen';
import { ProblemError } from '../outcome';
import {
	chosenRecords,
	conditionGroups,
	outputFormOf,
	searchedFields,
	segmentQuery,
	type OutputForm,
	type Session,
} from '../records';
import type { SightingPage } from './collect';
import type { EventAction, Instant, Position, Sighting, TriggerEvent } from './cursor';
import { instantOf, isoInstant } from './instant';

/** How many records are asked for in one request. */
const RECORDS_PER_PAGE = 500;

/** What the node's parameters ask for. */
interface Watched {
	event: TriggerEvent;
	form: OutputForm;
	groups: FilterGroup[];
	query: IDataObject;
	created: Field;
	/** Undefined where only creations count. */
	updated: Field | undefined;
}

/** The records of an object that meet the node's conditions, by the time of the event. */
export class Changes {
	private constructor(
		private readonly records: Records,
		private readonly watched: Watched,
	) {}

	/**
	 * Reads the node's parameters.
	 *
	 * @throws ProblemError
	 */
	static async of(item: Item, session: Session): Promise<Changes> {
		const event = choiceOf(item, eventParameter);
		const records = await chosenRecords(item, session);
		const { schema } = records;
		return new Changes(records, {
			event,
			form: outputFormOf(item, schema),
			groups: await conditionGroups(item, session, schema),
			query: await segmentQuery(item, session, schema),
			created: timeField(schema, 'created'),
			updated: event === 'created' ? undefined : timeField(schema, 'updated'),
		});
	}

	get event(): TriggerEvent {
		return this.watched.event;
	}

	get schema(): ObjectSchema {
		return this.records.schema;
	}

	get isLimited(): boolean {
		const { groups, query } = this.watched;
		return groups.length > 0 || Object.keys(query).length > 0;
	}

	/** What Kizen's clock shows at least. */
	clock(): Instant | undefined {
		const shown = this.records.kizen.clock.at(stopwatch());
		return shown && Math.floor(shown.earliest) * 1000;
	}

	/** Reads the record with the latest event; undefined if there is none. */
	async newest(): Promise<Sighting<IDataObject> | undefined> {
		const search = this.search([], { descending: true, maxRecords: 1 });
		for await (const { records } of this.records.search(search)) {
			return records[0] && this.sighting(records[0]);
		}
		return undefined;
	}

	/** Reads the records from a position's `floor` on, the earliest first. */
	async *since({ floor }: Position): AsyncGenerator<SightingPage<IDataObject>> {
		const from = filterOn(this.schema, this.time, {
			condition: '>=',
			value: isoInstant(floor),
		});
		const search = this.search([{ and: true, filters: [from] }], { descending: false });
		for await (const { records, isInOrder } of this.records.search(search)) {
			yield { sightings: records.map((record) => this.sighting(record)), isInOrder };
		}
	}

	/** Returns what starts the workflow. */
	item(record: IDataObject, action: EventAction): IDataObject {
		return this.watched.form.item(record, action);
	}

	private get time(): Field {
		return this.watched.updated ?? this.watched.created;
	}

	private search(
		more: FilterGroup[],
		{ descending, maxRecords = Infinity }: { descending: boolean; maxRecords?: number },
	): RecordSearch {
		const { form, groups, query, updated } = this.watched;
		return {
			groups: [...groups, ...more],
			query,
			fieldNames: searchedFields(this.schema, form, ['created', ...(updated ? ['updated'] : [])]),
			order: { field: this.time, descending },
			maxRecords,
			pageSize: RECORDS_PER_PAGE,
		};
	}

	private sighting(record: IDataObject): Sighting<IDataObject> {
		const { created, updated = created } = this.watched;
		return {
			id: String(record.id),
			created: this.instant(record, created),
			updated: this.instant(record, updated),
			record,
		};
	}

	private instant(record: IDataObject, field: Field): Instant {
		const instant = instantOf(fieldText(this.schema, record, field));
		if (instant !== undefined) return instant;
		throw new ProblemError(
			`Kizen returned a record of "${this.schema.label}" without "${field.label}"`,
			`The trigger needs this time. Ask the person who manages permissions in Kizen to let the user of this API key see the field "${field.label}".`,
		);
	}
}

function timeField(schema: ObjectSchema, name: 'created' | 'updated'): Field {
	const field = schema.fields.find((one) => one.name === name && one.isDefault);
	if (field) return field;
	throw new ProblemError(
		`Kizen does not show when records of "${schema.label}" were ${name}`,
		`The trigger needs the field "${name}". Ask the person who manages permissions in Kizen to let the user of this API key see it.`,
	);
}
