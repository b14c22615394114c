import type { INodeExecutionData } from 'n8n-workflow';
import type { Execution } from '../n8n/rest';

/** A line of the CSV file, by column; empty cells are absent. */
export type Row = Partial<Record<string, string>>;

/** What the workflow says became of a row. */
export interface Outcome {
	row: Row;
	action: string;
	id?: string;
	name?: string;
	/** What went wrong, in one sentence or two. */
	problem?: string;
}

/** Reads from a run of the example workflow what became of each row, in the order of the file. */
export function outcomesOf(execution: Execution): Outcome[] {
	const rows = execution.outputs('Read Rows').flat();
	const written = execution.outputs('Write to Kizen').flat();
	return rows.map((row, index) => {
		const own = written.filter((item) => sourceOf(item) === index);
		const text = (key: string) => own.map(({ json }) => json[key]).find(isText);
		const problem = [
			text('error'),
			own.map(({ json }) => descriptionIn(json.details)).find(isText),
		];
		return {
			row: row.json as Row,
			action: own.length === 1 ? (text('action') ?? 'nothing') : `${own.length} items came out`,
			id: text('id'),
			name: text('name'),
			problem: problem.filter(isText).join(' ') || undefined,
		};
	});
}

function sourceOf({ pairedItem }: INodeExecutionData): number | undefined {
	if (Array.isArray(pairedItem)) return undefined;
	return typeof pairedItem === 'object' ? pairedItem.item : pairedItem;
}

function descriptionIn(details: unknown): unknown {
	return typeof details === 'object' && details !== null && 'description' in details
		? details.description
		: undefined;
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}
