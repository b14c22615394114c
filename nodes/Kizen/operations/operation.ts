import type { INodeProperties } from 'n8n-workflow';

import type { Kizen } from '../kizen/client';
import type { ObjectChoice } from '../kizen/objects';
import type { References } from '../records/referenceLookup';
import type { Segment } from '../kizen/segments';
import type { Stage } from '../kizen/stages';
import type { ObjectSchema } from '../fields';
import type { Action, Done, Outcome } from '../outcome/outcome';
import type { SharedParameters } from '../description/parameters';
import type { ShapeMemory } from '../records/referenceFormat';

/** What all items of a run share. */
export interface Session {
	kizen: Kizen;
	/** The object's schema, read once per run. Throws Refused. */
	schemaOf(choice: ObjectChoice): Promise<ObjectSchema>;
	/** The stages of a pipeline in their order, read once per run. Throws Refused. */
	stagesOf(schema: ObjectSchema): Promise<Stage[]>;
	/** The segments people saved for an object, read once per run. Throws Refused. */
	segmentsOf(schema: ObjectSchema): Promise<Segment[]>;
	references: References;
	shapes: ShapeMemory;
	/** The workflow's time zone, an IANA name. */
	timezone: string;
	/** Notes keys of the input that Kizen has no field for, for the run's hint. */
	ignored(keys: string[]): void;
}

/** One input item as an operation sees it: its parameters, with every expression resolved for it. */
export interface Item {
	json: Readonly<Record<string, unknown>>;
	parameter(name: string, fallback: unknown): unknown;
}

/** One item, read and understood, but not sent. */
export interface Job {
	/** Rows with the same key concern the same record and keep their order among themselves. */
	key: string | undefined;
	/** Throws Refused. */
	send(): Promise<Outcome>;
	/** Does the rest, where an earlier try of the run came as far as this. Throws Refused. */
	resume?(written: Done): Promise<Outcome>;
}

/**
 * One thing the node can do, as the user sees it and as it is done for one item. An operation knows
 * no loop, no pairing and no error mode: the run has those.
 */
export interface Operation {
	name: string;
	value: string;
	description: string;
	action: string;
	/** What can happen, in the order of the separate outputs. */
	outputs: Action[];
	/** Parameters of its own; what operations share stands in `parameters.ts`. */
	parameters: INodeProperties[];
	/** Which of the shared parameters it has beside Object. */
	shares: SharedParameters[];
	/** What its Options offer: one of the lists in `parameters.ts`, or a list of its own. */
	options: INodeProperties[];
	/** Reads the item. Throws Refused. */
	prepare(item: Item, session: Session): Promise<Job>;
}
