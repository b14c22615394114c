import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

/** A text that a person reads, and where it is. */
export interface Text {
	file: string;
	line: number;
	text: string;
}

/** Files of a folder with this ending, those in its folders included. */
export function filesIn(folder: string, ending: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith(ending))
		.map((file) => join(folder, file));
}

/**
 * Returns the sentences that a TypeScript file can say: its texts that begin with a capital letter
 * and have several words. What stands in `${…}` is read as a name.
 */
export function sentencesOf(file: string): Text[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(file, 'utf8'),
		ts.ScriptTarget.Latest,
		true,
	);
	const found: Text[] = [];
	const visit = (node: ts.Node) => {
		const text = textOf(node);
		if (text !== undefined && isSentence(text)) {
			const { line } = source.getLineAndCharacterOfPosition(node.getStart());
			found.push({ file, line: line + 1, text });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

function textOf(node: ts.Node): string | undefined {
	if (ts.isStringLiteralLike(node)) return node.text;
	if (!ts.isTemplateExpression(node)) return undefined;
	const rest = node.templateSpans.map(({ literal }) => `Acme${literal.text}`);
	return [node.head.text, ...rest].join('');
}

function isSentence(text: string): boolean {
	return /^["'“]?[A-Z]/.test(text) && text.trim().split(/\s+/).length > 3 && !text.includes('={{');
}
