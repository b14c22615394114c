import fc from 'fast-check';

import { searchRecords, type RecordSearch } from '../../nodes/Kizen/kizen/searchRecords';
import type { Kizen } from '../../nodes/Kizen/kizen/client';
import { filterOn, type Filter } from '../../nodes/Kizen/kizen/filter';
import { KizenClock } from '../../nodes/Kizen/kizen/clock';
import { readSchema } from '../../nodes/Kizen/fields';
import { collect, type SightingPage } from '../../nodes/Kizen/trigger/collect';
import {
	advance,
	CREATION,
	startingAt,
	isPosition,
	type EventAction,
	type Position,
	type Rules,
	type Sighting,
	type TriggerEvent,
} from '../../nodes/Kizen/trigger/cursor';
import { instantOf, isoInstant } from '../../nodes/Kizen/trigger/instant';
import {
	NATURES,
	SECOND,
	World,
	type Answer,
	type Nature,
	type Question,
	type Version,
} from './world';

const schema = readSchema(
	{ id: 'object', name: 'deals', object_name: 'Deals' },
	['created', 'updated'].map((name) => ({
		id: name,
		name,
		field_type: 'datetime',
		is_default: true,
	})),
);
const iso = (time: number) => {
	const micros = String(Math.floor(time % 1000)).padStart(3, '0');
	return new Date(Math.floor(time / 1000)).toISOString().replace('Z', `${micros}+00:00`);
};

/** The trigger as the node runs it, with n8n's storage and the records of a model. */
class Trigger {
	position: Position | undefined;
	/** What n8n has in its database: JSON, saved with events and at activation only. */
	stored = 'null';
	colour: number | undefined;
	readonly sent: Array<{ id: string; time: number; action: EventAction; poll: number }> = [];
	polls = 0;
	largest = 0;

	constructor(
		readonly world: World,
		readonly rules: Rules,
	) {}

	get by(): Question['by'] {
		return this.rules.event === 'created' ? 'created' : 'updated';
	}

	async poll({ duringPage = () => {}, failsAtPage = Infinity, pagesInTime = Infinity } = {}) {
		this.polls += 1;
		let pages = 0;
		const clock = this.world.clock();
		const ask = (question: Omit<Question, 'by' | 'colour'>) => {
			duringPage();
			if (++pages >= failsAtPage) throw new Error('Kizen is not available');
			return this.world.page({ ...question, by: this.by, colour: this.colour });
		};
		const isFirst = this.position === undefined;
		let position = this.position;
		let mine = this.rules;
		if (position === undefined) {
			const [newest] = ask({ page: 1, size: 1, descending: true }).rows;
			const times = [clock, newest?.[this.by]].filter((time) => time !== undefined);
			const now = times.length > 0 ? Math.max(...times) : undefined;
			position = startingAt('deals', now, this.rules.overlap);
			mine = { ...this.rules, maxEvents: Infinity };
		}
		const late = () => !isFirst && pages >= pagesInTime;
		const watch = { isLate: late, clock: () => clock };
		const reading = await collect(this.pages(position, ask), { ...mine, position }, watch);
		const after = advance(position, reading, mine);
		this.position = JSON.parse(JSON.stringify(after.position)) as Position;
		this.largest = Math.max(this.largest, Object.values(after.position.seen).flat().length);
		if (isFirst || after.events.length > 0) this.stored = JSON.stringify(after.position);
		if (isFirst) return;
		for (const { action, record } of after.events) {
			const time = record[this.by];
			this.sent.push({ id: record.id, time, action, poll: this.polls });
		}
	}

	restart() {
		const stored: unknown = JSON.parse(this.stored);
		this.position = isPosition(stored) ? stored : undefined;
	}

	/** The node's own paging, over the pages of the model. */
	private async *pages(
		{ floor }: Position,
		ask: (question: Omit<Question, 'by' | 'colour'>) => Answer,
	): AsyncGenerator<SightingPage<Sighting<undefined>>> {
		const kizen: Kizen = {
			base: 'model',
			business: 'model',
			clock: new KizenClock(),
			isPolled: true,
			async pause() {},
			async send({ query, body }) {
				const groups = body?.query as Array<{ filters: Filter[] }>;
				const bounds = groups.flatMap(({ filters }) => filters);
				const times = (condition: string) =>
					bounds
						.filter((one) => one.condition === condition)
						.map(({ value }) => Date.parse(String(value)) * 1000);
				const found = ask({
					page: Number(query?.page),
					size: Number(query?.page_size),
					descending: String(query?.ordering).startsWith('-'),
					from: Math.max(...times('>=')),
					to: Math.min(...times('<=')),
				});
				const results = found.rows.map((row) => ({
					...row,
					fields: {
						created: { id: 'created', name: 'created', value: iso(row.created) },
						updated: { id: 'updated', name: 'updated', value: iso(row.updated) },
					},
				}));
				return {
					response: {
						accepted: true,
						status: 200,
						body: { results, next: found.more, count: found.count },
					},
					exchange: { sentAt: 0, receivedAt: 0 },
					mayHaveExecuted: false,
					mayHaveExecutedBefore: false,
				};
			},
		};
		const field = schema.fields.find(({ name }) => name === this.by);
		if (field === undefined) throw new Error('no field');
		const from = { condition: '>=', value: new Date(floor / 1000).toISOString() };
		const search: RecordSearch = {
			groups: [{ and: true, filters: [filterOn(schema, field, from)] }],
			query: {},
			fieldNames: undefined,
			order: { field, descending: false },
			maxRecords: Infinity,
			pageSize: this.world.nature.pageSize,
		};
		for await (const { records, isInOrder } of searchRecords(kizen, schema, search)) {
			const sightings = records.map((row) => {
				const sighting = row as unknown as Sighting<undefined>;
				return { ...sighting, record: sighting };
			});
			yield { sightings, isInOrder };
		}
	}
}

const most = { create: 25, lag: 200 * SECOND };
const count = fc.integer({ min: 1, max: most.create });
const lag = fc.oneof(
	{ weight: 3, arbitrary: fc.constant(0) },
	fc.integer({ min: 0, max: 2 * SECOND }),
	fc.integer({ min: 0, max: most.lag }),
);
/** Which records a write concerns: some from a place in the list on. */
const some = fc.record({ from: fc.nat(), count });

type Write = (world: World, lags: boolean) => void;
const few = (world: World, { from, count: length }: { from: number; count: number }) => {
	const live = world.entries.filter(({ versions }) => !versions[versions.length - 1].archived);
	if (live.length === 0) return [];
	const start = from % live.length;
	return live.slice(start, start + length);
};
const write: fc.Arbitrary<Write> = fc.oneof(
	fc.tuple(count, fc.nat(2), lag, fc.nat(3 * SECOND)).map(
		([length, colour, late, gap]): Write =>
			(world, lags) => {
				for (let n = 0; n < length; n++) {
					world.create((colour + n) % 3, lags ? late : 0);
					world.pass(Math.floor(gap / length));
				}
			},
	),
	fc.tuple(some, fc.nat(2), lag, fc.nat(SECOND)).map(
		([chosen, colour, late, gap]): Write =>
			(world, lags) => {
				for (const entry of few(world, chosen)) {
					world.change([entry], { colour }, () => (lags ? late : 0));
					world.pass(Math.floor(gap / 10));
				}
			},
	),
	// A bulk write: one instant for many, which the search shows one after another.
	fc.tuple(some, fc.nat(2), lag).map(
		([chosen, colour, late]): Write =>
			(world, lags) => {
				const entries = few(world, { ...chosen, count: chosen.count * 4 });
				world.change(entries, { colour }, (n) =>
					lags ? Math.floor((late * n) / entries.length) : 0,
				);
			},
	),
	fc.tuple(some).map(
		([chosen]): Write =>
			(world) => {
				world.change(few(world, { ...chosen, count: 1 }), { archived: true }, () => 0);
			},
	),
	fc.constant<Write>((world) => {
		const gone = world.entries.find(({ versions }) => versions[versions.length - 1].archived);
		if (gone) world.change([gone], { archived: false }, () => 0);
	}),
);

type Step =
	| { kind: 'write'; write: Write }
	| { kind: 'pass'; time: number }
	| { kind: 'poll'; meanwhile: Write[]; failsAtPage?: number; pagesInTime?: number }
	| { kind: 'restart' }
	| { kind: 'conditions'; colour: number | undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 5, arbitrary: write.map((one): Step => ({ kind: 'write', write: one })) },
	{
		weight: 2,
		arbitrary: fc
			.oneof(fc.nat(20 * SECOND), fc.nat(3600 * SECOND))
			.map((time): Step => ({ kind: 'pass', time })),
	},
	{
		weight: 5,
		arbitrary: fc
			.record({
				meanwhile: fc.array(write, { maxLength: 6 }),
				failsAtPage: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 5 }),
				pagesInTime: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 3 }),
			})
			.map((poll): Step => ({ kind: 'poll', ...poll })),
	},
	{ weight: 1, arbitrary: fc.constant<Step>({ kind: 'restart' }) },
	{
		weight: 1,
		arbitrary: fc
			.option(fc.nat(2), { nil: undefined })
			.map((colour): Step => ({ kind: 'conditions', colour })),
	},
);

const events: TriggerEvent[] = ['created', 'createdOrUpdated', 'updated'];
const nature = fc.record<Nature>({
	resolution: fc.constantFrom(...NATURES.resolutions),
	ordered: fc.constant(true),
	clock: fc.oneof(
		{ weight: 4, arbitrary: fc.constant({ skew: 0 }) },
		fc.integer({ min: -60 * SECOND, max: 60 * SECOND }).map((skew) => ({ skew })),
		fc.constant(undefined),
	),
	pageSize: fc.constantFrom(5, 10, 40),
	ties: fc.constantFrom('same', 'changing'),
	requestTakes: fc.nat(2 * SECOND),
	staleBy: fc.constantFrom(0, 5 * SECOND),
});

interface Scenario {
	event: TriggerEvent;
	maxEvents: number;
	nature: Nature;
	before: Write[];
	steps: Step[];
}

const scenario = fc.record<Scenario>({
	event: fc.constantFrom(...events),
	maxEvents: fc.oneof(fc.constant(1000), fc.integer({ min: 1, max: 20 })),
	nature,
	before: fc.array(write, { maxLength: 3 }),
	steps: fc.array(step, { minLength: 1, maxLength: 25 }),
});

/** A kind of Kizen, and how the trigger is set for it. */
interface Kind {
	nature?: Partial<Nature>;
	event?: TriggerEvent;
	lags?: boolean;
	rules?: Partial<Rules>;
}

interface Played {
	trigger: Trigger;
	world: World;
	since: number;
	/** When the conditions were changed, if they were. */
	conditionsSince: number | undefined;
}

async function play(
	{ event, maxEvents, nature: given, before, steps }: Scenario,
	{ lags = true, rules = {}, ...kind }: Kind,
): Promise<Played> {
	const world = new World({ ...given, ...kind.nature });
	const trigger = new Trigger(world, { event: kind.event ?? event, maxEvents, ...rules });
	before.forEach((one) => one(world, lags));
	world.pass(SECOND);
	await trigger.poll();
	const since = world.now;
	let conditionsSince: number | undefined;
	for (const one of steps) {
		if (one.kind === 'write') one.write(world, lags);
		if (one.kind === 'pass') world.pass(one.time);
		if (one.kind === 'restart') trigger.restart();
		if (one.kind === 'conditions') {
			trigger.colour = one.colour;
			conditionsSince = world.now;
		}
		if (one.kind === 'poll') {
			const meanwhile = [...one.meanwhile];
			const duringPage = () => meanwhile.shift()?.(world, lags);
			await trigger.poll({ ...one, duringPage }).catch(() => {});
		}
	}
	// Then all is quiet, until nothing comes any more.
	for (let quiet = 0; quiet < 8; ) {
		world.pass(60 * SECOND);
		const sent = trigger.sent.length;
		await trigger.poll();
		quiet = trigger.sent.length > sent ? 0 : quiet + 1;
	}
	return { trigger, world, since, conditionsSince };
}

/** What must have been sent in the end: the last state of every record that changed meanwhile. */
function missed({ trigger, world, since, conditionsSince = since }: Played) {
	const { event } = trigger.rules;
	const sent = new Set(trigger.sent.map(({ id, time }) => `${id} ${time}`));
	return world.entries.filter(({ id, created, versions }) => {
		const last = versions[versions.length - 1];
		const fits = ({ archived, colour }: Version) =>
			!archived && (trigger.colour === undefined || colour === trigger.colour);
		if (!fits(last)) return false;
		const time = event === 'created' ? created : last.time;
		// Conditions are those at the time of reading.
		if (last.time < Math.max(since, conditionsSince) || time < since) return false;
		if (event === 'created' && (created < conditionsSince || !versions.every(fits))) return false;
		if (event === 'updated' && last.time - created <= CREATION) return false;
		return !sent.has(`${id} ${time}`);
	});
}

/** What came into being meanwhile, met the conditions all the time, and was not sent as created. */
function missedAsCreated({ trigger, world, since, conditionsSince }: Played) {
	if (trigger.rules.event !== 'createdOrUpdated' || conditionsSince !== undefined) return [];
	const created = trigger.sent.filter(({ action }) => action === 'created').map(({ id }) => id);
	return world.entries.filter(
		({ id, created: time, versions }) =>
			time >= since && versions.every(({ archived }) => !archived) && !created.includes(id),
	);
}

function doubled(keys: string[]): string[] {
	return keys.filter((key, n) => keys.indexOf(key) !== n);
}

/** What is not shown late has no copies that lag behind, either. */
const AT_ONCE: Partial<Nature> = { staleBy: 0 };

const kinds: Record<string, Kind> = {
	'that shows writes late, and from copies that lag behind': {},
	'that does not keep the order by time of change': {
		event: 'createdOrUpdated',
		nature: { ordered: false, ties: 'same', pageSize: 5 },
	},
	'that shows writes at once, while few records are remembered': {
		lags: false,
		nature: AT_ONCE,
		rules: { remembered: 20 },
	},
	'that shows writes at once, while only what is new is read again': {
		lags: false,
		nature: { ...AT_ONCE, clock: { skew: 0 }, pageSize: 5 },
		rules: { overlap: 0 },
	},
};

/** `RUNS=10000 SEED=7 npx jest test/trigger` looks for what these runs do not meet. */
const { RUNS = 150, SEED = 1 } = process.env;

describe('Nothing is missed and nothing is sent twice by a Kizen', () => {
	it.each(Object.entries(kinds))('%s', async (_, kind) => {
		await fc.assert(
			fc.asyncProperty(scenario, async (given) => {
				const played = await play(given, kind);
				const { trigger } = played;
				expect(missed(played)).toEqual([]);
				expect(missedAsCreated(played)).toEqual([]);
				expect(doubled(trigger.sent.map(({ id, time }) => `${id} ${time}`))).toEqual([]);
				const created = trigger.sent.filter(({ action }) => action === 'created');
				expect(doubled(created.map(({ id }) => id))).toEqual([]);
				// By Kizen's clock, nothing is remembered once it lies far enough back.
				if (played.world.clock() !== undefined) expect(trigger.position?.seen).toEqual({});
				for (let poll = 1; poll <= trigger.polls; poll++) {
					const times = trigger.sent.filter((one) => one.poll === poll).map(({ time }) => time);
					expect(times).toEqual([...times].sort((a, b) => a - b));
					expect(times.length).toBeLessThanOrEqual(trigger.rules.maxEvents);
				}
			}),
			{ numRuns: Number(RUNS), seed: Number(SEED) },
		);
	});
});

describe('A position', () => {
	const sighting = (id: string, created: number, updated: number): Sighting<string> => ({
		id,
		created: created * SECOND,
		updated: updated * SECOND,
		record: id,
	});
	const after = (position: Position, event: TriggerEvent, ...sightings: Array<Sighting<string>>) =>
		advance(position, { sightings, end: undefined, clock: undefined }, { event, maxEvents: 1000 });
	const start = startingAt('deals', 1000 * SECOND);

	it('remembers records by their time, and is JSON', () => {
		const same = ['a', 'b', 'c'].map((id) => sighting(id, 900, 1200));
		const { position } = after(start, 'updated', ...same);
		expect(position).toEqual({
			v: 1,
			of: 'deals',
			floor: 900 * SECOND,
			top: 1200 * SECOND,
			since: 900 * SECOND,
			isBehind: false,
			seen: { [1200 * SECOND]: ['a', 'b', 'c'] },
		});
		expect(JSON.parse(JSON.stringify(position))).toEqual(position);
		expect(isPosition(position)).toBe(true);
	});

	it('remembers no more than it needs, however many records there are', () => {
		let position = start;
		for (let poll = 1; poll <= 20; poll++) {
			const many = Array.from({ length: 1500 }, (_, n) =>
				sighting(`${poll} ${n}`, 0, 1000 + poll * 20 + n / 100),
			);
			position = after(position, 'updated', ...many).position;
			expect(Object.values(position.seen).flat().length).toBeLessThan(2000 + 2 * 1500);
		}
	});

	it('does not take for an update what belongs to the creation', () => {
		const first = after(start, 'updated', sighting('a', 1001, 1003));
		expect(first.events).toEqual([]);
		// But n8n has seen the record before this change.
		const second = after(first.position, 'updated', sighting('a', 1001, 1005));
		expect(second.events).toEqual([{ action: 'updated', record: 'a' }]);
		expect(after(start, 'updated', sighting('b', 1001, 1012)).events).toHaveLength(1);
	});

	it('takes for created what came into being since, once', () => {
		const first = after(start, 'createdOrUpdated', sighting('a', 1001, 1100));
		const again = after(first.position, 'createdOrUpdated', sighting('a', 1001, 1200));
		const old = after(first.position, 'createdOrUpdated', sighting('b', 500, 1300));
		const actions = [first, again, old].map(({ events }) => events.map(({ action }) => action));
		expect(actions).toEqual([['created'], ['updated'], ['updated']]);
	});

	it('takes for created what changed before it was read, also while polls leave something for later', () => {
		const rules = { event: 'createdOrUpdated', maxEvents: 2, overlap: 0 } as const;
		const records = [1001, 1002, 1003, 1004, 1005].map((time) => sighting(`${time}`, time, time));
		const changed = sighting('changed', 1000, 1500);
		let position = startingAt('deals', 1000 * SECOND, 0);
		const sent: string[] = [];
		for (let poll = 0; poll < 6; poll++) {
			const later = [...records, changed].filter(({ updated }) => updated >= position.floor);
			const reading = { sightings: later, end: undefined, clock: 2000 * SECOND };
			const after = advance(position, reading, rules);
			sent.push(...after.events.map(({ action, record }) => `${action} ${record}`));
			position = after.position;
		}
		expect(sent).toEqual([...records.map(({ id }) => `created ${id}`), 'created changed']);
		expect(position.seen).toEqual({});
	});

	it.each([
		[20_000, 20_000],
		[20_001, 301],
	])(
		'remembers, of %i records that were read, %i while polls leave something for later',
		(read, kept) => {
			const rules = { event: 'createdOrUpdated', maxEvents: read } as const;
			const end = 50_000 * SECOND;
			const many = Array.from({ length: read }, (_, n) => sighting(`${n}`, 1001 + n, 1001 + n));
			const first = advance(start, { sightings: many, end, clock: undefined }, rules);
			const second = advance(first.position, { sightings: [], end, clock: undefined }, rules);
			expect(second.position.isBehind).toBe(true);
			expect(Object.values(second.position.seen).flat()).toHaveLength(kept);
		},
	);

	it('is of instants to the microsecond, whatever their offset and their digits', () => {
		const micros = Date.UTC(2026, 2, 31, 17, 27, 20, 152) * 1000;
		expect(
			[
				'2026-03-31T12:27:20.152070-05:00',
				'2026-03-31T17:27:20.152070Z',
				'2026-03-31T17:27:20.152070999Z',
				'2026-03-31T17:27:20.15207+00:00',
				'2026-03-31T17:27:20.152Z',
				'2026-03-31T17:27:20.152',
				'2026-03-31T19:27:20.1520+0200',
				'yesterday',
			].map(instantOf),
		).toEqual([70, 70, 70, 70, 0, 0, 0].map((rest): unknown => micros + rest).concat([undefined]));
		expect(isoInstant(micros + 999)).toBe('2026-03-31T17:27:20.152Z');
	});
});
