import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import type { FaultRule } from '../../sandbox/kizen/faults';
import { runInEngine } from './engine';

/** What a person reads above the items: short sentences that name what matters first. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

const MAX_LENGTH = 120;

/** The hints of an upsert of contacts whose columns find their own fields. */
async function hintsOf(
	rows: IDataObject[],
	options: INodeParameters = {},
	onError: INode['onError'] = 'continueRegularOutput',
): Promise<string[]> {
	const { hints } = await runInEngine({
		credential: kizen.credential,
		parameters: {
			operation: 'upsert',
			object: { __rl: true, mode: 'name', value: 'Contacts' },
			lookupValue: '={{ $json.Email }}',
			specifyFields: 'map',
			fields: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema: [] },
			options,
		},
		rows,
		node: { onError },
	});
	const messages = hints.map(({ message }) => message);
	expect(messages.filter((message) => message.length > MAX_LENGTH)).toEqual([]);
	return messages;
}

const THROTTLED: FaultRule = {
	match: { path: '/upsert$' },
	fault: { kind: 'status', status: 429, retryAfter: 1 },
};

const contact = (n: number) => `person.number.${n}@long-name-of-a-company.example.com`;

it('The first three reasons are named, with the row that met them first, and how many there are', async () => {
	const wrong = (n: number, more: IDataObject) => ({ Email: contact(n), ...more });
	const messages = await hintsOf([
		wrong(0, { 'Email Status': 'Subscribed' }),
		wrong(1, { Birthday: '03/04/1990' }),
		wrong(2, { Birthday: 'a day in spring, which nobody remembers, or only roughly' }),
		wrong(3, { 'Email Status': 'Subscribed' }),
		wrong(4, { 'Email Status': 'None' }),
		wrong(5, {}),
	]);
	expect(messages).toEqual([
		'1 created, 5 failed. The first 3 of 4 reasons:',
		`"Email Status" has no option "Subscribed". (${contact(0)}) [item 0]`,
		expect.stringMatching(
			/^"Birthday" takes a date; "03\/04\/1990" may be.*… \(person\.number\.1@.*\) \[item 1\]$/,
		),
		expect.stringMatching(/^"Birthday" .*… \(person\.number\.2@.*\) \[item 2\]$/),
	]);
});

it('A name with a point in it is not taken for the end of a sentence', async () => {
	const [, reason] = await hintsOf([
		{ Email: contact(0), 'Email Status': 'Opted in, acc. to Dr. Who' },
	]);
	expect(reason).toMatch(
		/^"Email Status" has no option "Opted in, acc. to Dr. Who"\. \(.*\) \[item 0\]$/,
	);
});

it('A reason that fits is quoted as a whole', async () => {
	const messages = await hintsOf([{ Email: 'ada@example.com', Birthday: 'tomorrow' }]);
	expect(messages[1]).toMatch(/^[^…]+ \(ada@example\.com\) \[item 0\]$/);
});

it('Columns that Kizen does not have are named one by one', async () => {
	const columns = (count: number) =>
		Object.fromEntries(Array.from({ length: count }, (_, n) => [`Remark ${n} of the office`, 'x']));
	expect(await hintsOf([{ Email: contact(0), ...columns(1) }])).toEqual([
		'1 created.',
		'Left out (Kizen has no such field, or it is read-only): "Remark 0 of the office".',
	]);
	const some = await hintsOf([{ Email: contact(1), ...columns(6) }]);
	expect(some.join(' ').match(/"Remark \d of the office"/g)).toHaveLength(6);
	const [, first, second, third, ...rest] = await hintsOf([{ Email: contact(2), ...columns(30) }]);
	expect(rest).toEqual([]);
	expect(first).toMatch(/^Left out \(/);
	expect(second).toMatch(/^Also left out: "/);
	const named = `${first} ${second} ${third}`.match(/"Remark \d+ of the office"/g) ?? [];
	expect(third).toMatch(new RegExp(`^Also left out: ".* and ${30 - named.length} more\\.$`));
});

it('One column with a name as long as a sentence is cut', async () => {
	const name = 'Please write here what else we should know about you, in a few words of your own';
	const [, hint] = await hintsOf([{ Email: contact(0), [name]: 'x', Other: 'y' }]);
	expect(hint).toMatch(/: "Please write here what else we should…"/);
});

it.each([
	[1, "1 created. Waited 1 s for Kizen's rate limit. Sent 1 request again."],
	[2, "1 created. Waited 2 s for Kizen's rate limit. Sent 2 requests again."],
])('Waiting and retries are said as well: %i', async (times, message) => {
	kizen.faults.queue.push({ ...THROTTLED, times });
	expect(await hintsOf([{ Email: contact(0) }])).toEqual([message]);
});

it('What is too much for one hint is said in the next', async () => {
	kizen.faults.queue.push(THROTTLED);
	kizen.add('client_client', { email: contact(1) });
	kizen.add('client_client', { email: contact(2) }, { archived: true });
	const wrong = [3, 4, 5, 6].map((n) => ({ Email: contact(n), 'Email Status': `None ${n}` }));
	const [first, second] = await hintsOf([
		...[0, 1, 2].map((n) => ({ Email: contact(n), 'First Name': 'Ada' })),
		...wrong,
	]);
	expect(first).toMatch(
		/^1 created, 1 updated, .*4 failed\. Waited 1 s .* Sent 1 request again\.$/,
	);
	expect(second).toBe('The first 3 of 4 reasons:');
});
