import type { EmbeddedKizen, StoredRecord } from '../kizen';
import type { Outcome, Row } from './outcomes';
import type { Sent } from './trigger';

const CONTACTS = 'client_client';

/** Column of the file, and the contact's field that it goes into. */
const FIELD_OF: Record<string, string> = {
	'First Name': 'first_name',
	'Last Name': 'last_name',
	'Mobile Phone': 'mobile_phone',
	Birthday: 'birthday',
	'Email Status': 'email_status',
	Tags: 'tags',
};

/** The contacts that Kizen holds, by email; where two share one, the active one. */
export type Contacts = Map<string, StoredRecord>;

export function contactsIn(kizen: EmbeddedKizen): Contacts {
	const archivedFirst = [...kizen.all(CONTACTS)].sort(
		(one, other) => Number(other.archived) - Number(one.archived),
	);
	return new Map(archivedFirst.map((contact) => [contact.identity, contact]));
}

/**
 * What is wrong with a run, in sentences: where an outcome is not the one that Kizen's contacts
 * before the run called for, or where Kizen's contacts after it are not what the outcome says.
 */
export function mistakes(outcomes: Outcome[], before: Contacts, after: Contacts): string[] {
	return outcomes.flatMap(({ row, action, id, problem }, index) => {
		const email = row.Email ?? '';
		const [old, now] = [before.get(email), after.get(email)];
		const wanted = actionFor(row, old);
		const where = `Row ${index + 1} (${email})`;
		if (action !== wanted) return [`${where} should be ${wanted}, and is ${action}.`];
		if (wanted === 'conflict' || wanted === 'failed') {
			return [
				...(problem ? [] : [`${where} does not say what went wrong.`]),
				...(JSON.stringify(now) === JSON.stringify(old) ? [] : [`${where} was written.`]),
			];
		}
		if (!now || now.archived) return [`${where} is not among Kizen's contacts.`];
		return [
			...(now.id === id ? [] : [`${where} has another id in Kizen.`]),
			...(old === undefined || old.id === id ? [] : [`${where} became a second contact.`]),
			...Object.entries(FIELD_OF)
				.filter(([column, field]) => row[column] && String(now.values[field]) !== row[column])
				.map(([column, field]) => `${where}: ${column} is ${String(now.values[field])} in Kizen.`),
		];
	});
}

/** The file holds one phone number that is not one, which Kizen refuses. */
function actionFor(row: Row, old: StoredRecord | undefined): string {
	if (!/^(\+\d+)?$/.test(row['Mobile Phone'] ?? '')) return 'failed';
	if (old === undefined) return 'created';
	if (!old.archived) return 'updated';
	return row['If Archived'] === 'Unarchive It' ? 'unarchived' : 'conflict';
}

/** What was written between two looks at Kizen's contacts: the action of each, by its id. */
export function changesIn(before: Contacts, after: Contacts): Map<string, 'created' | 'updated'> {
	const old = new Map([...before.values()].map(({ id, updated }) => [id, updated]));
	const written = [...after.values()].filter(({ id, updated }) => old.get(id) !== updated);
	return new Map(written.map(({ id }) => [id, old.has(id) ? 'updated' : 'created']));
}

/** What is wrong with what the trigger sent, in sentences: each change is to be sent once. */
export function mistakesOfTrigger(sent: Sent[], before: Contacts, after: Contacts): string[] {
	const changes = changesIn(before, after);
	const contacts = [...after.values()];
	const wrong = contacts.flatMap(({ id, identity }) => {
		const actions = sent.filter((item) => item.id === id).map(({ action }) => action);
		const wanted = changes.get(id);
		if (actions.join() === (wanted ?? '')) return [];
		const [was, came] = [wanted ?? 'not written', actions.join(' and ') || 'not at all'];
		return [`${identity} was ${was}, and was sent: ${came}.`];
	});
	const unknown = sent.filter(({ id }) => !contacts.some((contact) => contact.id === id));
	return [...wrong, ...unknown.map(({ id }) => `Kizen has no contact ${id}, which was sent.`)];
}
