import type { Settings } from './settings';

/** What was found for one question, a line for each part of it. */
export interface Finding {
	number: number;
	asks: string;
	found: string[];
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/**
 * A table in Markdown, ready to be pasted into a public issue: no key, no ids, and no email but
 * those that the checks made up.
 *
 * @param isOwn whether an id is that of a record the checks made
 */
export function table(
	findings: Finding[],
	settings: Settings,
	isOwn: (id: string) => boolean,
): string {
	const rows = new Map<number, { asks: string; found: string[] }>();
	for (const { number, asks, found } of findings) {
		const row = rows.get(number) ?? { asks, found: [] };
		row.found.push(...found);
		rows.set(number, row);
	}
	const lines = [...rows]
		.sort(([a], [b]) => a - b)
		.map(
			([number, { asks, found }]) => `| ${number} | ${asks} | ${found.map(cell).join('<br>')} |`,
		);
	const text = ['| # | Question | Found |', '|---|---|---|', ...lines].join('\n');
	return anonymous(text, settings, isOwn);
}

export function anonymous(
	text: string,
	{ apiKey, businessId, userId }: Settings,
	isOwn: (id: string) => boolean = () => false,
): string {
	return text
		.replaceAll(apiKey, '(API key)')
		.replaceAll(businessId, '(business id)')
		.replaceAll(userId, '(user id)')
		.replace(UUID, (id) => (isOwn(id) ? '(id of a test record)' : '(id)'))
		.replace(EMAIL, (email) => (email.endsWith('@example.com') ? email : '(email)'));
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}
