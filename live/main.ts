import { once } from 'node:events';
import { parseArgs } from 'node:util';

import '../sandbox/n8n/output.js';
import { ask, plan, prepare } from './check';
import { Connection } from './connection';
import { anonymous, table, type Finding } from './report';
import { readSettings, Unusable } from './settings';

const usage = `Usage: npm run live -- [options]

  --only 1,7   asks only the questions with these numbers
  --help

docs/live-checks.md says what it needs.
`;

/** @returns the exit code */
async function main(): Promise<number> {
	const { values } = parseArgs({
		options: { only: { type: 'string' }, help: { type: 'boolean', default: false } },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const only = values.only?.split(',').map(Number);
	const settings = readSettings(process.env);
	const stop = new AbortController();
	process.once('SIGINT', () => stop.abort());
	process.once('SIGTERM', () => stop.abort());
	// A closed terminal sends it more than once, and nobody chooses to.
	process.on('SIGHUP', () => stop.abort());
	const say = (text: string) => console.error(anonymous(text, settings));

	const prepared = await prepare(settings, new Connection(settings, stop.signal));
	const { workspace } = prepared.lab;
	say(`\n${plan(prepared)}\n`);
	if (process.stdin.isTTY && (prepared.object ?? prepared.lab.contacts)) {
		console.error('Enter continues. Ctrl+C ends it before anything is written.');
		await once(process.stdin, 'data', { signal: stop.signal });
		process.stdin.pause();
	}
	let findings: Finding[] = [];
	let stopped = false;
	try {
		findings = await ask(prepared, { only, begin: say });
	} catch (error) {
		if (!stop.signal.aborted) throw error;
		stopped = true;
	} finally {
		say(`\nArchiving the ${workspace.count} records that were made.`);
		const left = await workspace.cleanUp(new Connection(settings));
		if (left.length > 0) {
			console.error(
				`These could not be archived; archive what begins with ${workspace.mark} in Kizen:\n${left.join('\n')}`,
			);
			process.exitCode = 1;
		}
	}
	if (stopped) {
		say('Stopped.');
		return 130;
	}
	console.log(table(findings, settings, (id) => workspace.isOwn(id)));
	return Number(process.exitCode ?? 0);
}

main().then(
	(code) => (process.exitCode = code),
	(error: unknown) => {
		const stopped = error instanceof Error && error.name === 'AbortError';
		if (error instanceof Unusable) console.error(error.message);
		else if (!stopped) console.error(error instanceof Error ? error.message : error);
		process.exitCode = stopped ? 130 : 1;
	},
);
