import { convertRow } from '../../nodes/Kizen/fields';
import { CONTEXT, DEALS, given } from './everyField';

const ROWS = 10_000;
const ONE_SECOND_IN_MICROSECONDS = 1_000_000;

/** Twenty fields, no two rows alike, as they come from a sheet. */
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

it('10,000 rows of 20 fields take less than a second of CPU', () => {
	const rows = Array.from({ length: ROWS }, (_, n) => row(n));
	const once = () => {
		const before = process.cpuUsage();
		for (const one of rows) {
			const converted = convertRow(DEALS, one, CONTEXT);
			if (converted.status !== 'ready') throw new Error(JSON.stringify(converted));
		}
		const { user, system } = process.cpuUsage(before);
		return user + system;
	};
	expect(Math.min(once(), once(), once())).toBeLessThan(ONE_SECOND_IN_MICROSECONDS);
});
