import { createRequire } from 'node:module';
import { startKizen, type EmbeddedKizen } from '../kizen';
import { hasN8n } from '../n8n/install';
import { changesIn, contactsIn, type Contacts, mistakes, mistakesOfTrigger } from './check';
import type * as InEngine from './inEngine';
import type { Outcome } from './outcomes';
import { setScene, type Scene } from './scene';
import { outcomesTable, sentTable } from './table';

const USAGE = `npm run demo [-- --open]
  Runs examples/csv-to-contacts.json in a real n8n against the embedded Kizen, on contacts.csv, and
  shows what Kizen Trigger sends to another workflow meanwhile.
  --open  keeps both running afterwards, for a look at the editor`;

const FILE = 'contacts.csv';
const ACTIONS = ['created', 'updated', 'unarchived', 'conflict', 'failed'];
const EVENTS = ['created', 'updated'];
const WIDTH = process.stdout.columns || 140;

/**
 * Runs the demo: while n8n is not installed, first in its engine, which is there in a moment. Its
 * exit code says whether Kizen holds what the tables say.
 */
async function demo(keepOpen: boolean): Promise<void> {
	const kizen = await startKizen();
	console.log(`Embedded Kizen, which stands in for a Kizen account, runs at ${kizen.url}`);
	if (!hasN8n()) {
		// Loaded when it is needed: n8n's engine takes seconds for that.
		const { outcomesInEngine } = createRequire(__filename)('./inEngine') as typeof InEngine;
		await show(kizen, async () => await outcomesInEngine(kizen, FILE));
		console.log(
			"\nThat was the node in n8n's own engine. Next, the whole workflow in n8n itself.\n",
		);
		kizen.reset();
	}
	const scene = await setScene(kizen);
	try {
		const before = contactsIn(kizen);
		const outcomes = await show(kizen, async () => (await scene.upload(FILE)).outcomes);
		await showTrigger(kizen, scene, { before, outcomes });
		process.exitCode ??= 0;
		if (keepOpen) await stayOpen(scene);
	} finally {
		await scene.end();
		await kizen.stop();
	}
}

/** Shows what became of the rows in a table, and whether Kizen holds the same. */
async function show(kizen: EmbeddedKizen, write: () => Promise<Outcome[]>): Promise<Outcome[]> {
	const before = contactsIn(kizen);
	const outcomes = await write();
	const wrong = mistakes(outcomes, before, contactsIn(kizen));
	console.log(`\n${outcomesTable(outcomes, WIDTH)}\n`);
	console.log(`${outcomes.length} rows: ${counts(outcomes, ACTIONS)}.`);
	say(wrong, 'all of it is as the table says');
	return outcomes;
}

/** Shows what Kizen Trigger has sent since, and whether it is what was written. */
async function showTrigger(
	kizen: EmbeddedKizen,
	scene: Scene,
	{ before, outcomes }: { before: Contacts; outcomes: Outcome[] },
): Promise<void> {
	const after = contactsIn(kizen);
	console.log();
	const executions = await scene.sent(changesIn(before, after).size);
	const sent = executions.flat();
	const wrong = mistakesOfTrigger(sent, before, after);
	console.log(`\n${sentTable(sent, outcomes, WIDTH)}\n`);
	console.log(
		`${sent.length} items in ${executions.length} ${executions.length === 1 ? 'execution' : 'executions'}: ` +
			`${counts(sent, EVENTS)}. Rows that wrote nothing do not start the workflow.`,
	);
	say(wrong, 'each contact that was written was sent once');
}

function counts(all: Array<{ action: string }>, actions: string[]): string {
	const count = (action: string) => all.filter((one) => one.action === action).length;
	return actions.map((action) => `${count(action)} ${action}`).join(', ');
}

/** Says whether Kizen holds what was shown; if not, the exit code will say so, too. */
function say(wrong: string[], right: string): void {
	if (wrong.length === 0) {
		console.log(`Checked against what the embedded Kizen holds: ${right}.`);
	} else {
		console.log(`But the embedded Kizen holds something else:\n  ${wrong.join('\n  ')}`);
		process.exitCode = 1;
	}
}

/** Keeps everything running until this process is told to end, or n8n is. */
async function stayOpen({ n8n, workflow, triggered, form }: Scene): Promise<void> {
	const { url, login } = n8n;
	console.log(`
The workflow    ${url}/workflow/${workflow.id}
Its runs        ${url}/workflow/${workflow.id}/executions
Its form        ${form}
The trigger     ${url}/workflow/${triggered.id}
Its runs        ${url}/workflow/${triggered.id}/executions
Sign in as      ${login.email}
with password   ${login.password}

It runs until you press Ctrl+C; then all of it is gone.`);
	await n8n.ended;
}

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--open')) {
	console.error(USAGE);
	process.exit(2);
}
demo(args.includes('--open')).then(
	() => process.exit(),
	(error: unknown) => {
		console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		process.exit(1);
	},
);
