import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startKizen } from '../kizen';
import { exampleWorkflow } from '../n8n/example';
import { step } from '../n8n/progress';
import type { Execution, SavedWorkflow } from '../n8n/rest';
import { startN8n, type N8n } from '../n8n/server';
import { contactsIn, mistakes } from './check';
import { outcomesOf, type Outcome } from './outcomes';
import { table } from './table';

const USAGE = `npm run demo [-- --open]
  Runs examples/csv-to-contacts.json in a real n8n against the embedded Kizen, on contacts.csv.
  --open  keeps both running afterwards, for a look at the editor`;

const FORM_PATH = '/form/contacts-for-kizen';
const ACTIONS = ['created', 'updated', 'unarchived', 'conflict', 'failed'];
const WIDTH = 140;

/** Runs the demo. Returns whether Kizen holds what the table says. */
async function demo(keepOpen: boolean): Promise<boolean> {
	const kizen = await startKizen();
	console.log(`Embedded Kizen, which stands in for a Kizen account, runs at ${kizen.url}`);
	const n8n = await startN8n({ name: 'demo' });
	try {
		const data = kizen.credential;
		const credential = await n8n.rest.createCredential({
			name: 'Embedded Kizen',
			type: 'kizenApi',
			data,
		});
		const example = exampleWorkflow('csv-to-contacts.json', credential);
		const workflow = await n8n.rest.createWorkflow(example);
		await n8n.rest.activate(workflow);

		const before = contactsIn(kizen);
		const outcomes = outcomesOf(
			await step('Sending contacts.csv to the workflow "Contacts from CSV to Kizen"', async () => {
				await upload(n8n, 'contacts.csv');
				return finishedWell(await n8n.rest.firstExecution(workflow.id));
			}),
		);
		console.log(`\n${table(outcomes, process.stdout.columns || WIDTH)}\n`);

		const wrong = mistakes(outcomes, before, contactsIn(kizen));
		console.log(verdict(outcomes, wrong));
		process.exitCode = wrong.length === 0 ? 0 : 1;
		if (keepOpen) await look(n8n, workflow);
		return wrong.length === 0;
	} finally {
		await n8n.stop();
		await kizen.stop();
	}
}

/** Fills in the workflow's form as a browser does. */
async function upload(n8n: N8n, file: string): Promise<void> {
	const form = new FormData();
	const content = readFileSync(join(__dirname, file));
	form.append('field-0', new File([content], file, { type: 'text/csv' }));
	const response = await fetch(`${n8n.url}${FORM_PATH}`, { method: 'POST', body: form });
	if (!response.ok) {
		throw new Error(`The form answered ${response.status}: ${await response.text()}`);
	}
}

function finishedWell(execution: Execution): Execution {
	if (execution.status === 'success') return execution;
	const { message = 'no reason given', description } = execution.error ?? {};
	throw new Error(`The workflow stopped: ${[message, description].filter(Boolean).join(' ')}`);
}

function verdict(outcomes: Outcome[], wrong: string[]): string {
	const counts = ACTIONS.map((action) => {
		const count = outcomes.filter((outcome) => outcome.action === action).length;
		return `${count} ${action}`;
	});
	const summary = `${outcomes.length} rows: ${counts.join(', ')}.`;
	return wrong.length === 0
		? `${summary} Checked against what the embedded Kizen holds: all of it is as the table says.`
		: `${summary} But the embedded Kizen holds something else:\n  ${wrong.join('\n  ')}`;
}

/** Keeps everything running until this process is told to end. */
async function look({ url, login }: N8n, { id }: SavedWorkflow): Promise<never> {
	console.log(`
The workflow    ${url}/workflow/${id}
Its run         ${url}/workflow/${id}/executions
Its form        ${url}${FORM_PATH}
Sign in as      ${login.email}
with password   ${login.password}

All of it is gone when you press Ctrl+C.`);
	return await new Promise(() => {});
}

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--open')) {
	console.error(USAGE);
	process.exitCode = 2;
} else {
	demo(args.includes('--open')).then(
		(good) => process.exit(good ? 0 : 1),
		(error: unknown) => {
			console.error(`\n${error instanceof Error ? error.message : String(error)}`);
			process.exit(1);
		},
	);
}
