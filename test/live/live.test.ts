import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { ask, plan, prepare } from '../../live/check';
import { Connection } from '../../live/connection';
import { table } from '../../live/report';
import { readSettings, type Settings } from '../../live/settings';
import { startKizen, type EmbeddedKizen, type Switches } from '../../sandbox/kizen';
import { until } from '../until';

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

/** The checks against a real Kizen, here against the embedded one: what they find is what it is set to. */

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
	const { apiKey, baseUrl, businessId, userId } = kizen.credential;
	return {
		KIZEN_API_KEY: apiKey,
		KIZEN_BUSINESS_ID: businessId,
		KIZEN_USER_ID: userId,
		KIZEN_BASE_URL: baseUrl,
		KIZEN_OBJECT: 'engagement',
		...more,
	};
}

interface Run {
	/** The table, as it is printed. */
	printed: string;
	mark: string;
	/** What could not be archived. */
	left: string[];
}

/** Runs the checks as `npm run live` does, and cleans up. */
async function run(
	env: NodeJS.ProcessEnv = environment(),
	only?: number[],
	signal?: AbortSignal,
): Promise<Run> {
	const settings: Settings = readSettings(env);
	const prepared = await prepare(settings, new Connection(settings, signal));
	const { workspace } = prepared.lab;
	const clean = async () => await workspace.cleanUp(new Connection(settings));
	const findings = await ask(prepared, { only }).catch(() => []);
	const left = await clean();
	const printed = table(findings, settings, (id) => workspace.isOwn(id));
	return { printed, mark: workspace.mark, left };
}

/** Every record of the business, as it stands. */
const everything = () => kizen.objects().flatMap(({ name }) => kizen.all(name));
const ownOf = ({ mark }: Run) =>
	everything().filter(({ identity, values }) =>
		[identity, values.first_name].some((name) => String(name).toLowerCase().startsWith(mark)),
	);

describe('Before it begins', () => {
	it('refuses without the three values, and says which are missing', () => {
		expect(() => readSettings({ KIZEN_USER_ID: 'x' })).toThrow(
			/Nothing was sent\. KIZEN_API_KEY, KIZEN_BUSINESS_ID are not set/,
		);
	});

	it('refuses an address that would send the key unprotected', () => {
		const env = environment({ KIZEN_BASE_URL: 'http://kizen.example.com' });
		expect(() => readSettings(env)).toThrow(/would send the API key unprotected/);
	});

	it.each([
		['an object that is not there', 'no_such_object', /asked for the object "no_such_object"/],
		['contacts, unless they are allowed', 'client_client', /only made with KIZEN_LIVE_CONTACTS=1/],
	])('refuses %s', async (_what, object, message) => {
		await expect(run(environment({ KIZEN_OBJECT: object }))).rejects.toThrow(message);
	});

	it('refuses an object whose records need what can not be made up', async () => {
		kizen.addField('engagement', { name: 'paper', field_type: 'files', is_required: true });
		await expect(run()).rejects.toThrow(/requires a value of the type files/);
	});

	it('refuses values that do not belong together', async () => {
		await expect(run(environment({ KIZEN_USER_ID: 'somebody' }))).rejects.toThrow(/HTTP 401/);
	});

	it('has only read, and says what it will do', async () => {
		const settings = readSettings(environment({ KIZEN_LIVE_CONTACTS: '1' }));
		const said = plan(await prepare(settings, new Connection(settings)));
		expect(new Set(kizen.log.map(({ method }) => method))).toEqual(new Set(['GET']));
		expect(said).toContain(kizen.url);
		expect(said).toMatch(/makes up to \d+ records in "Engagements".* and "Contacts"/);
		expect(said).toMatch(/archives all of them in the end, also if something goes wrong/);
		expect(said).toMatch(/Their names begin with n8n-live-\w+\. No other record is changed/);
		expect(said).toMatch(/Automations/);
	});
});

describe('In the business', () => {
	it('makes records of its own, leaves every other one as it was, and archives its own', async () => {
		const before = everything();
		const done = await run(environment({ KIZEN_LIVE_CONTACTS: '1' }));
		const own = ownOf(done);
		const ids = new Set(own.map(({ id }) => id));
		expect(own.length).toBeGreaterThan(20);
		expect(own.filter(({ archived }) => !archived)).toEqual([]);
		expect(done.left).toEqual([]);
		// A relation to one of ours is gone with it: the other side shows active records only.
		expect(everything().filter(({ id }) => !ids.has(id))).toEqual(before);
	});

	it('makes no more records than it said', async () => {
		const settings = readSettings(environment({ KIZEN_LIVE_CONTACTS: '1' }));
		const prepared = await prepare(settings, new Connection(settings));
		const [, most] = /up to (\d+) records/.exec(plan(prepared)) ?? [];
		await ask(prepared);
		expect(prepared.lab.workspace.count).toBeLessThanOrEqual(Number(most));
	});

	it('writes nothing at all without an object to write in', async () => {
		const { printed } = await run(environment({ KIZEN_OBJECT: '' }));
		expect(new Set(kizen.log.map(({ method }) => method))).toEqual(new Set(['GET']));
		expect(printed).toMatch(/\| 2 \|.*not asked: KIZEN_OBJECT names no object/);
		expect(printed).toMatch(/\| 5 \|.*Invalid API key/);
	});

	it('archives also the records whose answers were lost', async () => {
		kizen.faults.queue.push({
			fault: { kind: 'drop' },
			match: { path: /\/(add|upsert)$/ },
			when: 'after',
			times: Infinity,
		});
		const done = await run();
		expect(ownOf(done).length).toBeGreaterThan(5);
		expect(ownOf(done).filter(({ archived }) => !archived)).toEqual([]);
		expect(done.printed).toMatch(/could not be found out: fetch failed/);
	});

	it('archives its records also when it is stopped half-way', async () => {
		const stop = new AbortController();
		kizen.faults.queue.push({
			fault: { kind: 'hang' },
			match: { path: /upsert$/ },
			skip: 1,
		});
		const running = run(environment(), undefined, stop.signal);
		while (kizen.faults.queue.length > 0) await new Promise(setImmediate);
		stop.abort();
		const done = await running;
		expect(ownOf(done).length).toBeGreaterThan(0);
		expect(ownOf(done).filter(({ archived }) => !archived)).toEqual([]);
	});

	it('says which records it could not archive', async () => {
		const fault = { kind: 'status', status: 403 } as const;
		const match = { method: 'DELETE' };
		kizen.faults.queue.push({ fault, match, times: Infinity });
		const { left } = await run(environment(), [3]);
		expect(left.length).toBeGreaterThan(0);
		expect(left[0]).toMatch(/^Engagements [0-9a-f-]{36}: HTTP 403$/);
	});

	it('waits when Kizen says so, and tells of it', async () => {
		const fault = { kind: 'status', status: 429, retryAfter: 0 } as const;
		kizen.faults.queue.push({ fault, match: { path: /\/add$/ }, times: 2 });
		const { printed } = await run(environment(), [3, 12]);
		expect(printed).toMatch(/2 answered 429.*`retry-after: 0`/);
		expect(printed).toMatch(/\| 3 \|.*add: HTTP 200/);
	});
});

describe('What is printed', () => {
	it('has a row for every open question', async () => {
		const { printed } = await run();
		const numbers = [...printed.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
		expect(numbers).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
	});

	it('holds no key, no ids and nobody’s email, even where Kizen repeats them', async () => {
		const { apiKey, businessId, userId } = kizen.credential;
		const email = 'maya.lindqvist@northwind.example';
		const body = { detail: [apiKey, businessId, userId, kizen.team[1].id, email].join(' ') };
		const fault = { kind: 'status', status: 400, body } as const;
		kizen.faults.queue.push({ fault, match: { path: /\/add$/ }, times: Infinity });
		const { printed } = await run();
		expect(printed).toContain('(API key) (business id) (user id) (id) (email)');
		for (const secret of [apiKey, businessId, userId, kizen.team[1].id, email]) {
			expect(printed).not.toContain(secret);
		}
	});
});

type Case = [question: number, switches: Partial<Switches>, found: RegExp, env?: NodeJS.ProcessEnv];

const contacts = { KIZEN_LIVE_CONTACTS: '1' };
const deals = { KIZEN_OBJECT: 'deals' };

const cases: Case[] = [
	[1, {}, /`add`, `prompt`: HTTP 400, .*An archived record.*; the archived record's id is not in/],
	[1, { conflictStatus: 409 }, /`add`, `prompt`: HTTP 409.*`upsert`, `prompt`: HTTP 409/],
	[1, { conflictBody: 'detail', conflictCode: 'archived' }, /"code":"archived"/],
	[1, { conflictNamesRecord: 'id' }, /`add`, `prompt`: [^<]*the archived record's id is in it/],
	[1, { unarchiveOmitted: 'create' }, /`add` without a mode: a new record was made, HTTP 200/],
	[1, { archivedMatch: 'exact' }, /in upper case: a new record was made/],
	[2, {}, /\| 2 \|.*HTTP 400, .*already exists/],
	[2, { duplicateStatus: 409, duplicateCode: 'conflict' }, /\| 2 \|.*HTTP 409/],
	[2, { activeDuplicates: 'allowed' }, /no, a second one was made: HTTP 200/],
	[3, {}, /add: HTTP 200.*creates: HTTP 201, `action` is `created`.*updates: HTTP 200/],
	[3, { addStatus: 201 }, /add: HTTP 201/],
	[4, {}, /a new record with another id; the archived one was called .* and is now/],
	[4, { overwrite: 'same record' }, /the archived record itself comes back/],
	[5, {}, /wrong key: HTTP 401, `{"detail":"Invalid API key.".*permission_required/],
	[5, { unauthorizedBody: 'empty' }, /wrong key: HTTP 401, empty/],
	[5, { unauthorizedBody: 'html' }, /wrong key: HTTP 401, a web page/],
	[5, { wrongBusinessStatus: 404, wrongUserStatus: 403 }, /business: HTTP 404.*user: HTTP 403/],
	[6, {}, /not asked: KIZEN_OBJECT is no pipeline/],
	[6, {}, /as `{id}`: on add refused, HTTP 403.*; on update refused, HTTP 403/, deals],
	[6, { stageInFields: 'accepted' }, /as `{id}`: on add accepted; on update accepted/, deals],
	[6, { stageInFields: 'ignored' }, /as `{id}`: on add ignored; on update ignored/, deals],
	[7, {}, /option: `{id}` accepted, the bare id accepted, `{name}` accepted/],
	[7, { optionShapes: ['bare'] }, /option: `{id}` refused .*, the bare id accepted, `{name}` ref/],
	[7, { optionNames: 'any case' }, /`{name}` in upper case: accepted/],
	[7, {}, /`{name}` in upper case: refused \(HTTP 400\)/],
	[7, { memberShapes: ['id'] }, /members: `{id}` accepted, the bare id refused/],
	[7, {}, /new tags: not asked/],
	[7, {}, /new tags: refused, HTTP 400/, { KIZEN_LIVE_TAGS: '1' }],
	[7, { unknownTags: 'created' }, /new tags: the tag is created/, { KIZEN_LIVE_TAGS: '1' }],
	[7, {}, /related records: not asked/],
	[7, { recordShapes: ['bare'] }, /related records: `{id}` refused .*the bare id acc/, contacts],
	[8, {}, /`null` in a text: clears it.*`""` in a text: refused.*`\[\]` in [^:]*: clears it/],
	[8, { nullValue: 'refused' }, /`null` in a number: refused/],
	[8, { nullValue: 'ignored' }, /`null` in an option: is ignored/],
	[8, { emptyText: 'clears' }, /`""` in a text: clears it/],
	[8, { emptyList: 'ignored' }, /`\[\]` in several options: is ignored/],
	[9, {}, /rating: `3`.*decimal: `2.5`.*\{amount, currency\}: refused/],
	[9, { ratingRead: 'option', decimals: 'string' }, /rating: `\{"id".*decimal: `"2.5"`/],
	[9, { timezoneRead: 'option' }, /timezone: `\{"id":"America\/Chicago"/],
	[9, { moneyObjects: 'accepted' }, /written as \{amount, currency\}: accepted/],
	[9, { valueShape: 'array' }, /a list of `{id, name, …, value}`/],
	[9, { valueShape: 'raw' }, /an object by field id of bare values.*rating: `3`/],
	[9, { valueShape: 'nested' }, /`{value: {value}}`.*rating: `3`/],
	[10, {}, /in the business's zone/],
	[10, { naiveDatetimes: 'UTC' }, /in UTC/],
	[10, { naiveDatetimes: 'refused' }, /it is refused: HTTP 400/],
	[11, {}, /only the fields that were written.*`action` is `created`/],
	[11, { addFields: 'all', addAction: 'absent' }, /all fields \(among them.*`action` is absent/],
	[12, {}, /256 characters in a text: HTTP 400.*none answered 429/],
	[13, {}, /not asked: KIZEN_LIVE_CONTACTS=1/],
	[13, {}, /add keyed by name: HTTP 403.*upsert keyed by name: HTTP 403/, contacts],
	[13, { contactsByName: 'refused on add' }, /upsert keyed by name: HTTP 201/, contacts],
	[13, { contactsByApiName: 'refused' }, /under `client_client`: HTTP 403/, contacts],
	[13, { contactWithoutEmail: 'refused' }, /add without an email: HTTP 400/, contacts],
	[14, {}, /the record is renamed \(action `updated`\)/],
	[14, { upsertRename: 'refused' }, /it is refused: HTTP 400/],
	[14, { upsertRename: 'ignored' }, /the other name is ignored/],
	[16, {}, /so it is the user; with the employee's id: HTTP 401/],
	[16, { userIdIs: 'either' }, /with the employee's id: accepted as well/],
	[17, {}, /`name`: orders.*`no_such_field`: changes nothing/],
	[17, { unknownOrdering: 'refused' }, /`no_such_field`: HTTP 400/],
	[18, {}, /by id: HTTP 404<br>lookup: HTTP 404<br>search: not found/],
	[19, {}, /another value: yes<br>the same value again: yes<br>tags alone: yes.*unarchive: yes/],
	[19, { updatedByEqualValues: 'no' }, /another value: yes<br>the same value again: no/],
	[19, { updatedByTags: 'no' }, /tags alone: no/],
	[19, {}, /a move to another stage: not asked/],
	[19, {}, /a move to another stage: yes/, deals],
	[19, { updatedByMove: 'no' }, /a move to another stage: no/, deals],
	[19, {}, /points to it: not asked/],
	[19, {}, /points to it: no</, contacts],
	[19, { updatedByRelation: 'yes' }, /points to it: yes/, contacts],
	[19, { updatedByUnarchive: 'no' }, /unarchive: no/],
	[20, {}, /\| to the microsecond \(`created` reads `\d/],
	[20, { filterResolution: 'millisecond' }, /to the millisecond/],
	[20, { filterResolution: 'second' }, /to the second/],
	[20, { filterResolution: 'day' }, /to the day/],
	[21, {}, /\| it is kept<br>a new record: within [\d.]+ s<br>a change: within \d/],
	[21, { orderingByUpdated: 'ignored' }, /it is not kept/],
	[21, { searchLagMs: 1500 }, /a change: within [\d.]+ s/],
];

describe('What is found', () => {
	it.each(cases)('of question %i under %j', async (...[question, switches, found, env]: Case) => {
		Object.assign(kizen.switches, switches);
		const done = await run(environment(env), [question]);
		expect(done.printed).toMatch(found);
		expect(done.left).toEqual([]);
	});
});

describe('The program', () => {
	function start(env: NodeJS.ProcessEnv, ...args: string[]) {
		const main = join(__dirname, '../../live/main.ts');
		const own = Object.entries(process.env).filter(([name]) => !name.startsWith('KIZEN_'));
		return spawn(process.execPath, ['--import', 'tsx', main, ...args], {
			env: { ...Object.fromEntries(own), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	}

	async function live(env: NodeJS.ProcessEnv, ...args: string[]) {
		const child = start(env, ...args);
		const [out, err, [code]] = await Promise.all([
			text(child.stdout),
			text(child.stderr),
			once(child, 'exit'),
		]);
		return { out, err, code: Number(code) };
	}

	function settingsFor({ credential }: EmbeddedKizen) {
		const { apiKey, baseUrl, businessId, userId } = credential;
		return {
			KIZEN_API_KEY: apiKey,
			KIZEN_BUSINESS_ID: businessId,
			KIZEN_USER_ID: userId,
			KIZEN_BASE_URL: baseUrl,
			KIZEN_OBJECT: 'engagement',
		};
	}

	it('npm run live says what it does, prints the table alone, and never the key', async () => {
		const kizen = await startKizen();
		const { out, err, code } = await live(settingsFor(kizen), '--only', '3');
		await kizen.stop();
		expect(code).toBe(0);
		expect(out).toMatch(/^\| # \| Question \| Found \|\n\|---\|---\|---\|\n\| 3 \| [^\n]*\n$/);
		expect(err).toMatch(/makes up to \d+ records[^]*3\. Status[^]*Archiving the 2 records/);
		expect(out + err).not.toContain(kizen.credential.apiKey);
	});

	it.each(['nobody reads what it prints', 'its terminal is closed'])(
		'npm run live archives what it made when %s',
		async (ending) => {
			const kizen = await startKizen();
			const active = () => kizen.all('engagement').filter(({ archived }) => !archived).length;
			const before = active();
			const child = start(settingsFor(kizen));
			const made = () => active() > before;
			await until(() => made() || child.exitCode !== null);
			child.stderr.destroy();
			if (ending === 'its terminal is closed') child.kill('SIGHUP');
			const [code] = await once(child, 'exit');
			await kizen.stop();
			expect({ code: Number(code), active: active() }).toEqual({ code: 130, active: before });
		},
	);

	it('npm run live without the values sends nothing and says what is missing', async () => {
		const { out, err, code } = await live({});
		expect(code).toBe(1);
		expect(out).toBe('');
		expect(err).toMatch(
			/Nothing was sent\. KIZEN_API_KEY, KIZEN_BUSINESS_ID, KIZEN_USER_ID are not set/,
		);
	});
});
