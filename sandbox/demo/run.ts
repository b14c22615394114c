import { contactsIn, mistakes } from './check';
import { outcomesOf, type Outcome } from './outcomes';
import { setScene, type Scene } from './scene';
import { table } from './table';

const USAGE = `npm run demo [-- --open]
  Runs examples/csv-to-contacts.json in a real n8n against the embedded Kizen, on contacts.csv.
  --open  keeps both running afterwards, for a look at the editor`;

const ACTIONS = ['created', 'updated', 'unarchived', 'conflict', 'failed'];
const WIDTH = 140;

/** Runs the demo. Its exit code says whether Kizen holds what the table says. */
async function demo(keepOpen: boolean): Promise<void> {
	const scene = await setScene();
	try {
		const before = contactsIn(scene.kizen);
		const outcomes = outcomesOf(await scene.upload('contacts.csv'));
		const wrong = mistakes(outcomes, before, contactsIn(scene.kizen));
		console.log(`\n${table(outcomes, process.stdout.columns || WIDTH)}\n`);
		console.log(verdict(outcomes, wrong));
		process.exitCode = wrong.length === 0 ? 0 : 1;
		if (keepOpen) await stayOpen(scene);
	} finally {
		await scene.end();
	}
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

/** Keeps everything running until this process is told to end. */
async function stayOpen({ n8n: { url, login }, workflow, form }: Scene): Promise<never> {
	console.log(`
The workflow    ${url}/workflow/${workflow.id}
Its runs        ${url}/workflow/${workflow.id}/executions
Its form        ${form}
Sign in as      ${login.email}
with password   ${login.password}

It runs until you press Ctrl+C; then all of it is gone.`);
	return await new Promise(() => {});
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
