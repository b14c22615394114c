import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';

/** The node of the example workflow whose items say what became of the rows. */
export const WRITE = 'Write to Kizen';

/** A line of the CSV file, by column. */
export type Row = Record<string, string>;

/** What the workflow says became of a row. */
export interface Outcome {
	row: Row;
	action: string;
	id?: string;
	name?: string;
	/** What went wrong, in one sentence or two. */
	problem?: string;
}

/** Reads from the items of {@link WRITE} what became of each row, in the order of the file. */
export function outcomesOf(rows: Row[], written: INodeExecutionData[]): Outcome[] {
	return rows.map((row, index) => {
		const own = written.filter((item) => sourceOf(item) === index);
		const text = (key: string) => own.map(({ json }) => json[key]).find(isText);
		const problem = [
			text('error'),
			own.map(({ json }) => descriptionIn(json.details)).find(isText),
		];
		return {
			row,
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

/**
 * Reads the lines of a CSV file of this folder by the names in its first one. A cell in quotes may
 * hold commas.
 */
export function rowsIn(file: string): Row[] {
	const csv = readFileSync(join(__dirname, file), 'utf8');
	const cells = (line: string) =>
		[...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain);
	const [names, ...lines] = csv.trim().split('\n').map(cells);
	return lines.map((line) => Object.fromEntries(names.map((name, column) => [name, line[column]])));
}
