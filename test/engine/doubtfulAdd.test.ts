import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { ADD_FOUND } from '../../nodes/Kizen/outcome/outcome';
import {
	startKizen,
	switchTable,
	type EmbeddedKizen,
	type SwitchName,
	type Switches,
} from '../../sandbox/kizen';
import type { Fault, FaultRule } from '../../sandbox/kizen/faults';
import { silence, until } from '../until';
import { byName, runInEngine, type Result } from './engine';
import { chance, seedsOf } from './seeds';
import { withKizen } from './withKizen';

/** An Add whose response is lost is looked for in Kizen, and never sent again. */

const COMPANIES = 'companies_company';
const website = (name: unknown) => `https://${String(name).replace(/\W/g, '-')}.example`;

interface Adding {
	parameters?: INodeParameters;
	node?: Partial<INode>;
	object?: string;
	credential?: EmbeddedKizen['credential'];
	stopWhen?(): boolean;
}

const row = (name: string): IDataObject => ({ name, website: website(name) });

/**
 * The request takes so long to Kizen that the record is certainly created in a later second than the
 * one in which it was sent, on the slowest machine.
 */
const SLOW = 2200;

/** The response to the Add of a name is lost, by default a dropped connection after Kizen's work. */
const lossOf = (name: string, rule: Partial<FaultRule> = {}): FaultRule => ({
	match: { path: '/add$', contains: `"${name}"` },
	fault: { kind: 'drop' },
	when: 'after',
	delayMs: SLOW,
	...rule,
});
/** What a test does at its own Kizen. Most of them wait, and so they wait side by side. */
function sceneAt(kizen: EmbeddedKizen) {
	const add = async (rows: IDataObject[], adding: Adding = {}): Promise<Result> =>
		await runInEngine({
			credential: adding.credential ?? kizen.credential,
			parameters: {
				operation: 'add',
				object: byName(adding.object ?? COMPANIES),
				specifyFields: 'json',
				jsonFields: '={{ $json }}',
				...adding.parameters,
			},
			rows,
			node: { onError: 'continueRegularOutput', ...adding.node },
			stopWhen: adding.stopWhen,
		});
	const sent = () => kizen.log.filter(({ path }) => path.endsWith('/add'));
	const held = (name: string) =>
		kizen.all(COMPANIES).filter(({ identity }) => identity.toLowerCase() === name.toLowerCase());
	const lose = (name: string, rule?: Partial<FaultRule>) =>
		kizen.faults.queue.push(lossOf(name, rule));
	return { kizen, add, sent, held, lose };
}

type Scene = ReturnType<typeof sceneAt>;

const inScene = <Given extends unknown[]>(test: (scene: Scene, ...given: Given) => Promise<void>) =>
	withKizen<Given>(async (kizen, ...given) => await test(sceneAt(kizen), ...given));

const status = (code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault => ({
	kind: 'status',
	status: code,
	...more,
});

/** Ways in which a response is lost, by the name of the row that it befalls. */
const LOSSES: Record<string, Fault> = {
	'A dropped connection': { kind: 'drop' },
	'A 408': status(408),
	'A 500': status(500),
	'A 502': status(502),
	'A 503': status(503),
	'A 503 with a time': status(503, { retryAfter: 1 }),
	'A 503 with a date': status(503, { retryAfter: 'date' }),
	'A 503 with no time': status(503, { retryAfter: 0 }),
	'A 504': status(504),
	'A 522': status(522),
	'A 530': status(530, { body: '<html></html>' }),
	'A web page': { kind: 'html' },
	'Nothing at all': { kind: 'empty' },
	'Half an answer': { kind: 'truncated' },
	'A broken answer': { kind: 'broken' },
	'An answer that is not gzip': { kind: 'unpackable' },
	'No record in it': status(200, { body: { action: 'created' } }),
};

/** As well, where only Timeout ends the request. */
const ENDLESS: Record<string, Fault> = {
	'An answer that drips': { kind: 'drip' },
	'No answer': { kind: 'hang' },
};

const outcomes = ({ json }: Result) => json.map(({ action, note }) => ({ action, note }));

it.concurrent.each([
	['whatever became of the response', LOSSES, {}],
	// So long that a busy machine answers all else in time.
	['if Timeout ends the request', ENDLESS, { timeout: 20 }],
])(
	'An Add whose response is lost is created if Kizen has it, %s',
	inScene(
		async (
			{ add, sent, held, lose },
			_: string,
			losses: typeof LOSSES,
			options: INodeParameters,
		) => {
			const names = Object.keys(losses);
			for (const [name, fault] of Object.entries(losses)) lose(name, { fault });
			const result = await add(names.map(row), { parameters: { options } });
			expect(outcomes(result)).toEqual(names.map(() => ({ action: 'created', note: ADD_FOUND })));
			expect(result.json.map(({ id }) => id)).toEqual(names.map((name) => held(name)[0]?.id));
			expect(result.json.map((item) => item.website)).toEqual(names.map(website));
			expect(sent()).toHaveLength(names.length);
			expect(result.hints.map(({ message }) => message)).toContain(`${ADD_FOUND}.`);
		},
	),
);

it.concurrent(
	'An Add whose response is lost stays in doubt if Kizen does not have it, and says so',
	inScene(async ({ add, sent, held, lose }) => {
		const names = Object.keys(LOSSES).slice(0, 6);
		for (const name of names) lose(name, { fault: LOSSES[name], when: 'before', delayMs: 0 });
		const { json } = await add(names.map(row));
		for (const [n, name] of names.entries()) {
			expect(json[n]).toMatchObject({ ...row(name), action: 'failed' });
			expect(json[n]?.error).toMatch(
				`Kizen may still have created "${name}". It was not there when the node looked for it. `,
			);
			expect((json[n]?.details as IDataObject).description).toContain(
				`Look for "${name}" under "Companies" in Kizen before you add it again.`,
			);
			expect(held(name)).toEqual([]);
		}
		expect(sent()).toHaveLength(names.length);
	}),
);

it.concurrent(
	'An Add whose response is lost is found whatever Kizen does that nobody knows',
	inScene(async ({ add }) => {
		const settings: Array<Partial<Switches>> = [
			{ searchLagMs: 3_600_000, lookupShape: 'results' },
			{ activeDuplicates: 'allowed', addFields: 'all', addAction: 'absent' },
			{ clockAheadMs: 137_420, duplicateStatus: 409 },
			{ clockAheadMs: -137_420, archivedMatch: 'exact' },
			{ valueShape: 'raw' },
			{ valueShape: 'nested' },
			{ valueShape: 'array' },
		];
		const found = await Promise.all(
			settings.map(async (switches) => {
				const own = await startKizen({ switches, faults: { queue: [lossOf('Acme')] } });
				const result = await add([row('Acme')], { credential: own.credential });
				await own.stop();
				return outcomes(result);
			}),
		);
		expect(found).toEqual(settings.map(() => [{ action: 'created', note: ADD_FOUND }]));
	}),
);

it.concurrent(
	'An Add whose response is lost is a contact found by its email, with every kind of value',
	inScene(async ({ add, lose }) => {
		const email = 'Ada@Example.com';
		lose(email);
		const result = await add(
			[
				{
					email,
					'First Name': 'Ada',
					birthday: '1815-12-10',
					timezone: 'Europe/London',
					mobile_phone: '+1 213 373 4253',
					email_status: 'Opted In',
				},
			],
			{ object: 'client_client' },
		);
		expect(outcomes(result)).toEqual([{ action: 'created', note: ADD_FOUND }]);
		expect(result.json[0]).toMatchObject({ first_name: 'Ada', birthday: '1815-12-10' });
	}),
);

it.concurrent(
	'An Add whose response is lost comes out raw if that is asked for, and moves to its stage',
	inScene(async ({ kizen, add, lose }) => {
		lose('Big Deal');
		const { json } = await add([{ name: 'Big Deal', Region: 'North' }], {
			object: 'deals',
			parameters: {
				output: 'raw',
				options: { stage: byName('Proposal') },
			},
		});
		expect(json[0]).toMatchObject({ action: 'created', note: ADD_FOUND, fields: {} });
		const [deal] = kizen.all('deals').filter(({ identity }) => identity === 'Big Deal');
		expect(deal?.values).toMatchObject({ stage: 'Proposal', region: 'North' });
	}),
);

it.concurrent(
	'An Add whose response is lost is not sent again by Retry On Fail either',
	inScene(async ({ add, sent, lose }) => {
		lose('Lost', { when: 'before' });
		lose('Found');
		const { json } = await add([row('Lost'), row('Found'), row('Fine')], {
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(json.map(({ action }) => action)).toEqual(['failed', 'created', 'created']);
		expect(sent()).toHaveLength(3);
	}),
);

it.concurrent(
	'An Add whose response is lost without a name or email is not looked for',
	inScene(async ({ kizen, add }) => {
		kizen.faults.queue.push({
			match: { path: '/add$' },
			fault: { kind: 'drop' },
			when: 'after',
		});
		const { json } = await add([{ 'First Name': 'Ada' }], { object: 'client_client' });
		expect(json[0]?.error).toMatch(/^Kizen may still have created the record\. The conn/);
	}),
);

it.concurrent(
	'An Add whose response is lost may not be looked for, and says so',
	inScene(async ({ kizen, add, lose }) => {
		lose('Acme');
		kizen.faults.queue.push({ match: { path: '/search' }, fault: status(403), times: 9 });
		const { json } = await add([row('Acme')]);
		expect(json[0]?.error).toMatch(
			/may still have created .*\. The node could not look for it\. The connection/,
		);
	}),
);

it.concurrent(
	'An Add whose response is lost is no longer looked for when the workflow is stopped',
	inScene(async ({ kizen, add, lose }) => {
		lose('Acme', { when: 'before' });
		const dropped = () => kizen.log.some(({ outcome }) => outcome === 'dropped-before');
		const result = await add([row('Acme')], { stopWhen: dropped });
		expect(result.status).toBe('canceled');
		await silence(kizen);
		expect(kizen.log.filter(({ path }) => path.endsWith('/lookup'))).toEqual([]);
	}),
);

const OTHER =
	/^Kizen may still have created "Acme"\. Kizen has a record with this name, but the node can't tell whether this row created it\. /;

it.concurrent(
	'An Add whose response is lost may be carried out late, and so is looked for again after a pause',
	inScene(async ({ kizen, add, lose }) => {
		lose('Acme', { when: 'before', delayMs: 0 });
		const looks = () => kizen.log.filter(({ path }) => path.endsWith('/lookup'));
		// More than a second after the response was lost, which is as well as the node may know Kizen's clock.
		void until(() => looks().length > 1).then(() => kizen.add(COMPANIES, row('Acme')));
		const { json } = await add([row('Acme')]);
		expect(json[0]?.error).toMatch(OTHER);
		const [first, second] = looks();
		expect(second.at - first.at).toBeGreaterThan(900);
	}),
);

it.concurrent.each(['refused', 'allowed'] as const)(
	'Another record of that name that was there before is not taken for it (namesakes are %s)',
	inScene(async ({ kizen, add, lose }, activeDuplicates: Switches['activeDuplicates']) => {
		kizen.switches.activeDuplicates = activeDuplicates;
		kizen.add(COMPANIES, row('Acme'));
		lose('Acme', { when: activeDuplicates === 'refused' ? 'after' : 'before' });
		const { json } = await add([row('Acme')]);
		expect(json[0]?.error).toMatch(OTHER);
	}),
);

it.concurrent(
	'Another record of that name that was created moments before the request is not taken for it',
	inScene(async ({ kizen, add, lose }) => {
		lose('Acme', { when: 'before' });
		kizen.faults.queue.push({ match: { path: '/fields' }, fault: status(502), delayMs: 600 });
		const added = until(() => kizen.log.some(({ path }) => path.endsWith('/fields')));
		void added.then(() => kizen.add(COMPANIES, row('acme')));
		const { json } = await add([row('Acme')]);
		expect(json[0]?.error).toMatch(OTHER);
	}),
);

it.concurrent(
	'Another record of that name that somebody else adds with other values meanwhile is not taken for it',
	inScene(async ({ kizen, add, sent, lose }) => {
		lose('Acme', { when: 'before' });
		void until(() => sent().length > 0).then(() =>
			kizen.add(COMPANIES, { name: 'Acme', website: 'https://their.example' }),
		);
		const { json } = await add([row('Acme')]);
		expect(json[0]?.error).toMatch(OTHER);
	}),
);

it.concurrent(
	'Another record of that name that somebody else adds beside it leaves both in doubt',
	inScene(async ({ kizen, add, sent, lose }) => {
		kizen.switches.activeDuplicates = 'allowed';
		lose('Acme');
		void until(() => sent().length > 0).then(() => kizen.add(COMPANIES, row('ACME')));
		const { json } = await add([row('Acme')]);
		expect(json[0]?.error).toMatch(OTHER);
	}),
);

it.concurrent(
	'Another record of that name that came back from the archive is not taken for a new one',
	inScene(async ({ kizen, add, held, lose }) => {
		kizen.add(COMPANIES, row('Acme'), { archived: true });
		lose('Acme');
		const { json } = await add([row('Acme')], { parameters: { unarchive: 'unarchive' } });
		expect(held('Acme')).toMatchObject([{ archived: false }]);
		expect(json[0]?.error).toMatch(OTHER);
	}),
);

it.concurrent(
	'Another record of that name that Kizen does not say when it was created of is not taken for it',
	inScene(async ({ kizen, add, lose }) => {
		kizen.switches.dateHeader = 'absent';
		lose('Acme');
		const { json } = await add([row('Acme')]);
		expect(json[0]?.error).toMatch(OTHER);
	}),
);

it.concurrent(
	'Rows with the same name do not get the record of one another',
	inScene(async ({ kizen, add }) => {
		kizen.switches.activeDuplicates = 'allowed';
		kizen.faults.queue.push({
			match: { path: '/add$', contains: 'row-2' },
			fault: { kind: 'drop' },
			when: 'before',
			delayMs: SLOW,
		});
		const rows = [1, 2, 3].map((n) => ({ name: 'Acme', website: `https://row-${n}.example` }));
		const { json } = await add(rows);
		expect(json.map(({ action }) => action)).toEqual(['created', 'failed', 'created']);
		expect(json[1]?.error).toMatch(/It was not there when the node looked for it/);
	}),
);

it.concurrent(
	'Rows with the same name find their own beside those that others got',
	inScene(async ({ kizen, add }) => {
		kizen.switches.activeDuplicates = 'allowed';
		kizen.faults.queue.push({
			match: { path: '/add$', contains: 'row-2' },
			fault: { kind: 'drop' },
			when: 'after',
			delayMs: SLOW,
		});
		const rows = [1, 2, 3].map((n) => ({ name: 'Acme', website: `https://row-${n}.example` }));
		const { json } = await add(rows);
		expect(json.map(({ action }) => action)).toEqual(['created', 'created', 'created']);
		expect(json.map((item) => item.website)).toEqual(rows.map((each) => each.website));
		expect(new Set(json.map(({ id }) => id)).size).toBe(3);
	}),
);

it.concurrent(
	'Rows with the same name stay in doubt once one of them is, as that may be carried out late',
	inScene(async ({ kizen, add, lose }) => {
		kizen.switches.activeDuplicates = 'allowed';
		const [first, second] = [{ name: 'Acme' }, { name: 'acme' }];
		lose('Acme', { when: 'before' });
		lose('acme');
		const { json } = await add([first, second]);
		expect(json.map(({ action }) => action)).toEqual(['failed', 'failed']);
		expect(json[0]?.error).toMatch(/It was not there/);
		expect(json[1]?.error).toMatch(/can't tell whether this row created it/);
	}),
);

/** Rows, losses, other writers and what nobody knows of Kizen, drawn from a seed. */
const seeds = seedsOf(3);

const drawnSwitch = (name: SwitchName, oneOf: ReturnType<typeof chance>['oneOf']) => {
	const known = switchTable[name];
	return { [name]: 'allowed' in known ? oneOf(known.allowed) : known.default };
};

const DRAWN: SwitchName[] = [
	...(['activeDuplicates', 'duplicateStatus', 'duplicateCode', 'addAction', 'addFields'] as const),
	...(['archivedMatch', 'overwrite', 'conflictStatus', 'conflictWording'] as const),
	...(['searchLagMs', 'clockAheadMs', 'lookupShape', 'valueShape', 'writeLock'] as const),
];

it.concurrent.each(seeds)(
	'seed %i',
	inScene(async ({ kizen, add, sent, held }, seed: number) => {
		const { next, oneOf } = chance(seed);
		Object.assign(kizen.switches, ...DRAWN.map((name) => drawnSwitch(name, oneOf)));
		const spelled = (name: string) => oneOf([name, name.toUpperCase(), name.toLowerCase()]);
		const names = Array.from({ length: 20 }, (_, n) => `Doubt ${n}`);
		const rows = Array.from({ length: 40 }, (_, n) => ({
			name: spelled(oneOf(names)),
			website: `https://row-${n}.example`,
		}));
		let others = 0;
		const addOther = (archived: boolean) => {
			const name = spelled(oneOf(names));
			const isTaken = held(name).some((record) => !record.archived);
			if (isTaken && kizen.switches.activeDuplicates === 'refused') return;
			kizen.add(COMPANIES, { name, website: `https://other-${others++}.example` }, { archived });
		};
		for (let n = 0; n < 8; n++) addOther(next() < 0.5);
		const before = new Set(kizen.all(COMPANIES).map(({ id }) => id));
		for (let n = 0; n < 12; n++) {
			kizen.faults.queue.push({
				match: { path: '/add$' },
				fault: oneOf(Object.values({ ...LOSSES, ...ENDLESS })),
				when: oneOf(['before', 'after'] as const),
				delayMs: oneOf([0, 0, 50, 1500]),
				skip: Math.floor(next() * 20),
			});
		}
		const writer = setInterval(() => addOther(false), 100);
		const { json } = await add(rows, {
			parameters: {
				unarchive: oneOf(['prompt', 'unarchive', 'overwrite']),
				options: { timeout: 2, maxParallel: oneOf([1, 4, 16]) },
			},
		}).finally(() => clearInterval(writer));

		const found = json.filter(({ note }) => note === ADD_FOUND);
		for (const item of found) expect(before).not.toContain(item.id);
		const done = json.filter(({ id }) => id !== undefined);
		expect(new Set(done.map(({ id }) => id)).size).toBe(done.length);
		const byId = new Map(kizen.all(COMPANIES).map((record) => [record.id, record.values.website]));
		for (const [n, item] of json.entries()) {
			if (item.id !== undefined) expect(byId.get(String(item.id))).toBe(rows[n]?.website);
			else if (!/may still have created/.test(String(item.error))) {
				expect([...byId.values()]).not.toContain(rows[n]?.website);
			}
		}
		const times = rows.map(
			(each) =>
				sent().filter(({ body }) => JSON.stringify(body).includes(`"${each.website}"`)).length,
		);
		expect(Math.max(...times)).toBeLessThanOrEqual(1);
	}),
);
