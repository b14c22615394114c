import { readFileSync } from 'node:fs';

import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRetext from 'remark-retext';
import retextEnglish from 'retext-english';
import retextIndefiniteArticle from 'retext-indefinite-article';
import retextPassive from 'retext-passive';
import retextReadability from 'retext-readability';
import retextRepeatedWords from 'retext-repeated-words';
import retextSimplify from 'retext-simplify';
import retextStringify from 'retext-stringify';
import { unified, type Preset } from 'unified';
import { VFile } from 'vfile';

import '../sandbox/n8n/output.js';
import { OUR_WORDS, PASSIVE_IS_FINE, PHRASES } from './rules';
import { filesIn, sentencesOf } from './sentences';

/**
 * `npm run prose`: reads every page, and every sentence that the node can say, for plain English. With
 * `-- <file> …` it reads only these.
 */

const named = process.argv.slice(2);
const isMeantToBeRead = (file: string) => named.length === 0 || named.includes(file);
const ALL_PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...filesIn('docs', '.md')];
const ALL_CODE = [...filesIn('nodes', '.ts'), ...filesIn('credentials', '.ts')];
const PAGES = ALL_PAGES.filter(isMeantToBeRead);
const CODE = ALL_CODE.filter(isMeantToBeRead);
const unknown = named.filter((file) => ![...ALL_PAGES, ...ALL_CODE].includes(file));

const rules: Preset = {
	plugins: [
		retextRepeatedWords,
		retextIndefiniteArticle,
		[retextSimplify, { ignore: OUR_WORDS }],
		[retextPassive, { ignore: PASSIVE_IS_FINE }],
		// Hard for somebody of 18 years, by most of seven measures.
		[retextReadability, { age: 18, threshold: 5 / 7, minWords: 12 }],
		retextStringify,
	],
};

const ofText = unified().use(retextEnglish).use(rules);
const ofPage = unified()
	.use(remarkParse)
	.use(remarkGfm)
	.use(remarkRetext, unified().use(retextEnglish))
	.use(rules);

async function messagesOfPage(file: string): Promise<string[]> {
	const page = new VFile({ value: readFileSync(file, 'utf8') });
	const lines = String(page).split('\n');
	await ofPage.process(page);
	const phrases = lines.flatMap((line, index) =>
		phrasesIn(line).map((said) => `${file}:${index + 1}: ${said}`),
	);
	return [...messagesOf(page, file), ...phrases];
}

async function messagesOfCode(file: string): Promise<string[]> {
	const messages: string[] = [];
	for (const { line, text } of sentencesOf(file)) {
		const sentence = new VFile({ value: text });
		await ofText.process(sentence);
		const said = [...reasonsOf(sentence), ...phrasesIn(text)];
		messages.push(...said.map((reason) => `${file}:${line}: ${reason}\n    ${text}`));
	}
	return messages;
}

function messagesOf(page: VFile, file: string): string[] {
	return page.messages
		.filter(({ reason }) => isMeant(reason))
		.map(({ line, reason }) => `${file}:${line ?? 1}: ${reason}`);
}

function reasonsOf(sentence: VFile): string[] {
	return sentence.messages.map(({ reason }) => reason).filter(isMeant);
}

/** One says "an n8n". */
function isMeant(reason: string): boolean {
	return !reason.includes('before `n8n`');
}

function phrasesIn(text: string): string[] {
	return PHRASES.flatMap(([pattern, instead]) => {
		const found = pattern.exec(text);
		return found ? [`Unexpected \`${found[0]}\`, say: ${instead}`] : [];
	});
}

async function main(): Promise<void> {
	for (const file of unknown) console.error(`${file} is not among what is read`);
	if (unknown.length > 0) process.exitCode = 1;
	const found = [
		...(await Promise.all(PAGES.map(messagesOfPage))),
		...(await Promise.all(CODE.map(messagesOfCode))),
	].flat();
	for (const message of found) console.error(message);
	console.log(
		`${PAGES.length} pages and ${CODE.length} files of code read: ${found.length} to mend`,
	);
	if (found.length > 0) process.exitCode = 1;
}

void main();
