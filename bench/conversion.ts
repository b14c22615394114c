import { convertRow } from '../nodes/Kizen/fields';
import { CONTEXT, DEALS, given } from '../test/fields/everyField';

/** Twenty fields of twelve types, no two rows alike, as they come from a sheet. */
function row(n: number) {
	const day = String(1 + (n % 28)).padStart(2, '0');
	return [
		given('Deal Name', `Deal ${n}`),
		given('Owner', 'ada@example.com'),
		given('note', `Note ${n}`),
		given('story', 'A longer story. '.repeat(10)),
		given('Billing Email', `person${n}@example.com`),
		given('Phone', `+1312555${String(n).padStart(4, '0')}`),
		given('Seats', `${n}`),
		given('Weight', n / 8),
		given('Amount', `$${n.toLocaleString('en-US')}.50`),
		given('Score', 1 + (n % 5)),
		given('Due', `2026-03-${day}`),
		given('Call', `${1990 + (n % 100)}-11-${day}T09:30`),
		given('Active', n % 2 ? 'yes' : 'no'),
		given('Likes', 'Maybe'),
		given('Region', 'north'),
		given('Size', 'LARGE'),
		given('Interests', 'Ships, Bread, Butter, Cars'),
		given('Tags', ['VIP', 'Late']),
		given('Company', 'Acme, Inc.'),
		given('Time Zone', 'America/New York'),
	];
}

/** The CPU time, in milliseconds, that it takes to convert that many rows of twenty fields. */
export function conversionMs(count: number): number {
	const rows = Array.from({ length: count }, (_, n) => row(n));
	const before = process.cpuUsage();
	for (const one of rows) {
		const { status } = convertRow(DEALS, one, CONTEXT);
		if (status !== 'ready') throw new Error(`A row is ${status}`);
	}
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
}
