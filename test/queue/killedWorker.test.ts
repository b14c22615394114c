import { credentialFor, sharedN8n } from '../e2e/meeting';
import { kizenNode, splitRows, webhook, workflow } from '../../sandbox/n8n/workflows';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { until, type SavedCredential, type Workflow } from '../../sandbox/n8n/rest';
import { sharedWorkers } from './workers';

const DELIVERIES = 100;
const PEOPLE_IN_EACH = 20;
const PEOPLE = DELIVERIES * PEOPLE_IN_EACH;
const ATTEMPTS = 3;
const PATH = 'deliveries';
// Slow enough for a worker to be at several executions whenever it is killed.
const KIZEN_TAKES_MS = 100;
const HALF_TAKES_AT_MOST_MS = 600_000;

const contacts = { __rl: true, mode: 'name', value: 'client_client' };
const deals = { __rl: true, mode: 'name', value: 'deals' };

/** What a sender posts at once, which makes one execution. */
interface Delivery {
	name: string;
	rows: Array<{ email: string }>;
}

const deliveries = Array.from(
	{ length: DELIVERIES },
	(_, number): Delivery => ({
		name: `Delivery ${number}`,
		rows: Array.from({ length: PEOPLE_IN_EACH }, (_person, index) => ({
			email: `person.${number}.${index}@example.com`,
		})),
	}),
);

const n8n = sharedN8n();
const [victim, survivor] = sharedWorkers();
let kizen: EmbeddedKizen;
/** For each delivery, in their order: the status of each answer that its sender got. */
let answers: number[][];
/** Ids of the executions that n8n says went wrong. */
let lost: string[];
let survivorHadStarted: number;

beforeAll(async () => {
	kizen = await startKizen({
		faults: { latencyMs: KIZEN_TAKES_MS },
		switches: { activeDuplicates: 'allowed' },
	});
	const credential = await credentialFor(n8n, kizen);
	const saved = await n8n.rest.createWorkflow(dealAndContacts(credential));
	await n8n.rest.activate(saved);

	const sending = Promise.all(deliveries.map(send));
	await until('half of the rows are written', killable, HALF_TAKES_AT_MOST_MS);
	victim.kill();
	survivorHadStarted = survivor.started().length;
	answers = await sending;
	lost = await n8n.rest.executionIds(saved.id, ['error', 'crashed']);
	process.stdout.write(`${summary()}\n`);
});

afterAll(async () => await kizen.stop());

/** Adds a deal for each delivery, and then upserts the contacts in it. */
function dealAndContacts(credential: SavedCredential): Workflow {
	const deal = kizenNode(
		credential,
		{
			operation: 'add',
			object: deals,
			specifyFields: 'json',
			jsonFields: '={{ { "name": $json.body.name, "Next Step": $execution.id } }}',
		},
		// Of two branches n8n runs the upper one first.
		{ name: 'Deal', position: [0, -100] },
	);
	const contact = kizenNode(
		credential,
		{
			operation: 'upsert',
			object: contacts,
			lookupValue: '={{ $json.email }}',
			specifyFields: 'json',
			jsonFields: '={{ { "First Name": "Ada" } }}',
		},
		{ name: 'Contact' },
	);
	const made = workflow('Deliveries', [webhook(PATH), deal, splitRows(), contact], {
		Webhook: ['Rows'],
		Rows: ['Contact'],
	});
	made.connections.Webhook.main[0]?.push({ node: 'Deal', type: 'main', index: 0 });
	return made;
}

/** Posts a delivery, and again while it is not taken, as senders of webhooks do. */
async function send(delivery: Delivery): Promise<number[]> {
	const statuses: number[] = [];
	do {
		const response = await fetch(`${n8n.url}/webhook/${PATH}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(delivery),
		});
		await response.text();
		statuses.push(response.status);
	} while (statuses.at(-1) !== 200 && statuses.length < ATTEMPTS);
	return statuses;
}

/** True at half-way, while the victim is at an execution of whose contacts Kizen has some, not all. */
async function killable(): Promise<true | undefined> {
	const underWay = new Set(victim.underWay());
	const names = kizen
		.all('deals')
		.filter(({ values }) => underWay.has(String(values.next_step)))
		.map(({ identity }) => identity);
	const stored = new Set(kizen.all('client_client').map(({ identity }) => identity));
	const hit = deliveries.some(({ name, rows }) => {
		const written = rows.filter(({ email }) => stored.has(email)).length;
		return names.includes(name) && written > 0 && written < rows.length;
	});
	return (hit && upserts() >= PEOPLE / 2) || undefined;
}

/** How many times Kizen took a contact. */
function upserts(): number {
	const taken = kizen.log.filter(({ status }) => status === 200 || status === 201);
	return taken.filter(({ path }) => path.endsWith('/upsert')).length;
}

function summary(): string {
	return (
		`${PEOPLE} rows in ${DELIVERIES} executions. The killed worker began ` +
		`${victim.started().length}, the other ${survivor.started().length}. ${lost.length} were lost ` +
		`and sent again. Kizen took ${upserts()} upserts. Add wrote ${addedTwice().length} deals twice.`
	);
}

/** Deliveries of which Kizen holds more than one deal. */
function addedTwice(): Delivery[] {
	const names = kizen.all('deals').map(({ identity }) => identity);
	return deliveries.filter(({ name }) => names.indexOf(name) !== names.lastIndexOf(name));
}

describe('n8n in queue mode, one of its two workers killed half-way through 100 executions', () => {
	it('tells the senders of what the dead worker was at, who are the only ones to send again', () => {
		expect(lost.length).toBeGreaterThan(0);
		expect(victim.underWay().filter((id) => lost.includes(id))).not.toEqual([]);
		expect(answers.flat().filter((status) => status !== 200)).toEqual(lost.map(() => 500));
	});

	it('runs nothing a second time by itself', () => {
		const again = survivor.started().filter((id) => [...victim.started(), ...lost].includes(id));
		expect(again).toEqual([]);
	});

	it('works with both workers until then, and goes on with the other', () => {
		expect(victim.started()).not.toEqual([]);
		expect(survivorHadStarted).toBeGreaterThan(0);
		expect(survivor.started().length).toBeGreaterThan(survivorHadStarted);
		expect(survivor.underWay()).toEqual([]);
	});

	it('takes every delivery in the end', () => {
		expect(answers.map((statuses) => statuses.at(-1))).toEqual(deliveries.map(() => 200));
	});

	it('has each of 2,000 rows in Kizen exactly once by its lookup value, though some came twice', () => {
		const expected = deliveries.flatMap(({ rows }) => rows.map(({ email }) => email));
		const known = new Set(expected);
		const stored = kizen.all('client_client').map(({ identity }) => identity);
		expect(stored.filter((email) => known.has(email)).sort()).toEqual(expected.sort());
		expect(upserts()).toBeGreaterThan(PEOPLE);
	});

	it('has twice what Add wrote for a delivery that was sent again: Add can not be repeated', () => {
		const sentAgain = deliveries.filter((_, index) => answers[index].length > 1);
		expect(addedTwice()).not.toEqual([]);
		expect(sentAgain).toEqual(expect.arrayContaining(addedTwice()));
	});
});
