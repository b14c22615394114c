import { cpus, type } from 'node:os';
import { parseArgs } from 'node:util';

import { installN8n } from '../sandbox/n8n/install';
import { nodeForN8n } from '../sandbox/n8n/node';
import { duration } from '../sandbox/n8n/progress';
import { CASES, setStage, type Case } from './cases';
import { writeDocument } from './document';
import { startKizenProcess } from './kizenProcess';
import type { Stage } from './trial';

const USAGE = `npm run bench [-- options]
  Measures Kizen Records against what people use instead, in a real n8n, and writes
  docs/benchmarks.md. Takes about twenty minutes.

  --case a,b   only these: ${CASES.map(({ name }) => name).join(', ')}
  --rounds 3   how often each contender has its turn
  --quick      a tenth of the rows, one round

  With --case or --quick the figures are only shown.`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			case: { type: 'string' },
			rounds: { type: 'string', default: '3' },
			quick: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(USAGE);
	const chosen = values.case?.split(',').map(caseNamed) ?? CASES;
	const rounds = values.quick ? 1 : Number(values.rounds);
	if (!Number.isInteger(rounds) || rounds < 1) throw new Error(USAGE);

	const started = Date.now();
	const measured = await measure(chosen, rounds, values.quick ? 0.1 : 1);
	const text = `${await circumstances(rounds)}\n\n${measured}`;
	if (values.case || values.quick) console.log(`\n${text}`);
	else writeDocument('measured', text);
	console.log(`\nTook ${duration(Date.now() - started)}.`);
}

function caseNamed(name: string): Case {
	const found = CASES.find((one) => one.name === name);
	if (found === undefined) throw new Error(`There is no case "${name}".\n\n${USAGE}`);
	return found;
}

async function measure(cases: Case[], rounds: number, scale: number): Promise<string> {
	const kizen = await startKizenProcess();
	let shared: Stage | undefined;
	try {
		const stage = async () => (shared ??= await setStage(kizen));
		const parts: string[] = [];
		for (const { title, run } of cases) {
			console.log(title);
			parts.push(`## ${title}\n\n${await run({ kizen, stage, rounds, scale })}`);
		}
		return parts.join('\n\n');
	} finally {
		await shared?.n8n.stop();
		kizen.stop();
	}
}

async function circumstances(rounds: number): Promise<string> {
	const [n8n, node] = [await installN8n(), nodeForN8n()];
	const [cpu] = cpus();
	return [
		`Measured with n8n ${n8n.version} on Node.js ${node.version}, SQLite, ${cpus().length} cores (${cpu.model.trim()}), ${type()}; the embedded Kizen in a process of its own on Node.js ${process.versions.node}.`,
		`${rounds === 1 ? 'One round' : `${rounds} rounds`}, in which every contender has its turn.`,
	].join(' ');
}

main().then(
	() => process.exit(),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
