import '../../test/engine/environment';
import { runInEngine } from '../../test/engine/engine';
import type { EmbeddedKizen } from '../kizen';
import { exampleNode } from '../n8n/example';
import { outcomesOf, rowsIn, WRITE, type Outcome } from './outcomes';

/**
 * Runs the example's Kizen node on the lines of a CSV file in n8n's engine, which is among this
 * project's tools: what n8n itself does with them, without n8n's editor, server and database.
 */
export async function outcomesInEngine(kizen: EmbeddedKizen, file: string): Promise<Outcome[]> {
	const { parameters, onError } = exampleNode('csv-to-contacts.json', WRITE);
	const rows = rowsIn(file);
	const { outputs, error } = await runInEngine({
		credential: kizen.credential,
		parameters,
		rows,
		node: { onError },
	});
	if (error) throw new Error(`The engine stopped: ${error.message}`);
	return outcomesOf(rows, outputs.flat());
}
