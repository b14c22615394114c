import '../../test/engine/environment';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInEngine } from '../../test/engine/engine';
import type { EmbeddedKizen } from '../kizen';
import { exampleNode } from '../n8n/example';
import { outcomesOf, WRITE, type Outcome, type Row } from './outcomes';

/**
 * Runs the example's Kizen node on the lines of a CSV file in n8n's engine, which is among this
 * project's tools: what n8n itself does with them, without n8n's editor, server and database.
 */
export async function outcomesInEngine(kizen: EmbeddedKizen, file: string): Promise<Outcome[]> {
	const { parameters, onError } = exampleNode('csv-to-contacts.json', WRITE);
	const rows = rowsIn(readFileSync(join(__dirname, file), 'utf8'));
	const { outputs, error } = await runInEngine({
		credential: kizen.credential,
		parameters,
		rows,
		node: { onError },
	});
	if (error) throw new Error(`The engine stopped: ${error.message}`);
	return outcomesOf(rows, outputs.flat());
}

/** The lines of a CSV file by the names in its first one. A cell in quotes may hold commas. */
function rowsIn(csv: string): Row[] {
	const cells = (line: string) =>
		[...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain);
	const [names, ...lines] = csv.trim().split('\n').map(cells);
	return lines.map((line) => Object.fromEntries(names.map((name, column) => [name, line[column]])));
}
