import { createRequire } from 'node:module';
import { startKizen, type EmbeddedKizen } from '../kizen';
import { hasN8n } from '../n8n/install';
import { contactsIn, mistakes } from './check';
import type * as InEngine from './inEngine';
import type { Outcome } from './outcomes';
import { setScene, type Scene } from './scene';
import { table } from './table';

const USAGE = `npm run demo [-- --open]
  Runs examples/csv-to-contacts.json in a real n8n against the embedded Kizen, on contacts.csv.
  --open  keeps both running afterwards, for a look at the editor`;

const FILE = 'contacts.csv';
const ACTIONS = ['created', 'updated', 'unarchived', 'conflict', 'failed'];
const WIDTH = 140;

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
		await show(kizen, async () => (await scene.upload(FILE)).outcomes);
		if (keepOpen) await stayOpen(scene);
	} finally {
		await scene.end();
		await kizen.stop();
	}
}

/** Shows what became of the rows in a table, and whether Kizen holds the same. */
async function show(kizen: EmbeddedKizen, write: () => Promise<Outcome[]>): Promise<void> {
	const before = contactsIn(kizen);
	const outcomes = await write();
	const wrong = mistakes(outcomes, before, contactsIn(kizen));
	console.log(`\n${table(outcomes, process.stdout.columns || WIDTH)}\n`);
	console.log(verdict(outcomes, wrong));
	process.exitCode = (process.exitCode ?? 0) || (wrong.length === 0 ? 0 : 1);
}

function verdict(outcomes: Outcome[], wrong: string[]): string {
	const counts = ACTIONS.map((action) => {
		const count = outcomes.filter((outcome) => outcome.action === action).length;
		return `${count} ${action}`;
	});
	const summary = `${outcomes.length} rows: ${counts.join(', ')}.`;
	return wrong.length === 0
		? `${summary}\nChecked against what the embedded Kizen holds: all of it is as the table says.`
		: `${summary}\nBut the embedded Kizen holds something else:\n  ${wrong.join('\n  ')}`;
}

/** Keeps everything running until this process is told to end, or n8n is. */
async function stayOpen({ n8n, workflow, form }: Scene): Promise<void> {
	const { url, login } = n8n;
	console.log(`
The workflow    ${url}/workflow/${workflow.id}
Its runs        ${url}/workflow/${workflow.id}/executions
Its form        ${form}
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
