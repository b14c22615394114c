import { isAccepted, isDict, rowsIn, type Received } from '../connection';
import { fieldOf, said, type Lab, type ObjectLab, type Question } from '../lab';
import { valueIn, type LiveObject } from '../objects';
import { isToFill, type Made } from '../workspace';

/** What add answers, and what it takes. */
export const writingQuestions: Array<Question<ObjectLab>> = [
	{
		number: 3,
		asks: 'Status of a successful add and upsert',
		async find({ workspace, object }) {
			const name = workspace.freshName(object, 'added');
			const added = await workspace.add(object, [workspace.identity(object, name)], 'prompt');
			if (!added.record) return [`add: ${said(added.received)}`];
			const updating = await workspace.upsert(object, name, [], 'prompt');
			const fresh = workspace.freshName(object, 'upserted');
			const creating = await workspace.upsert(object, fresh, [], 'prompt');
			return [
				`add: HTTP ${added.received.status}`,
				`upsert that creates: HTTP ${creating.received.status}, ${actionIn(creating.received)}`,
				`upsert that updates: HTTP ${updating.received.status}, ${actionIn(updating.received)}`,
			];
		},
	},
	{
		number: 11,
		asks: 'Does the answer of add hold all fields, and does it say `action`?',
		async find({ workspace, object }) {
			const name = workspace.freshName(object, 'answered');
			const { received } = await workspace.add(
				object,
				[workspace.identity(object, name)],
				'prompt',
			);
			if (!isAccepted(received)) return [`add: ${said(received)}`];
			const beside = object.fields.filter(
				(field) =>
					!['name', 'email', 'updated'].includes(field.name) &&
					!isToFill(field) &&
					valueIn(received.body, field) !== undefined,
			);
			return [
				beside.length > 0
					? `all fields (among them \`${beside[0].name}\`, which was not written)`
					: 'only the fields that were written (and `updated`)',
				actionIn(received),
			];
		},
	},
	{
		number: 12,
		asks: 'Limits: request rate, sizes',
		async find(lab) {
			const field = fieldOf(lab, 'text');
			if (!field) return ['256 characters in a text: not asked, the object has no such field'];
			const record = await lab.workspace.record(lab.object, 'long');
			const text = lab.workspace.mark.padEnd(256, 'x');
			const received = await lab.workspace.update(record, [{ id: field.id, value: text }]);
			return [`256 characters in a text: ${isAccepted(received) ? 'accepted' : said(received)}`];
		},
	},
	{
		number: 17,
		asks: 'Which `ordering` does search take, and what does an unknown one do?',
		async find({ workspace, object }) {
			await workspace.record(object, 'b');
			await workspace.record(object, 'a');
			const found: string[] = [];
			for (const key of ORDERINGS) {
				const up = await workspace.search(object, `&ordering=${key}`);
				const down = await workspace.search(object, `&ordering=-${key}`);
				const differ = idsOf(up).join() !== idsOf(down).join();
				const effect = differ ? 'orders' : 'changes nothing';
				found.push(`\`${key}\`: ${isAccepted(up) && isAccepted(down) ? effect : said(up)}`);
			}
			return found;
		},
	},
];

const ORDERINGS = ['name', 'created', 'updated', 'no_such_field'];

function idsOf(received: Received): unknown[] {
	return rowsIn(received).map(({ id }) => id);
}

function actionIn({ body }: Received): string {
	const action = isDict(body) ? body.action : undefined;
	return action === undefined ? '`action` is absent' : `\`action\` is \`${String(action)}\``;
}

export interface ContactsLab extends Lab {
	contacts: LiveObject;
}

/** Contacts are an object of their own kind. */
export const contactQuestions: Array<Question<ContactsLab>> = [
	{
		number: 13,
		asks: 'Contacts: are fields keyed by name refused? Without an email?',
		async find({ workspace, contacts }) {
			const email = () => workspace.freshName(contacts, 'contact');
			const byName = (value: string) => [{ name: 'email', value }];
			const firstName = contacts.fields.find(({ name }) => name === 'first_name');
			const first = { id: firstName?.id, value: `${workspace.mark} without email` };
			const lookup = email();
			const tries: Array<[string, () => Promise<Made>]> = [
				['add keyed by name', () => workspace.add(contacts, byName(email()), 'prompt')],
				[
					'add keyed by id, under `client_client`',
					() => workspace.add(contacts, [workspace.identity(contacts, email())], 'prompt', 'name'),
				],
				[
					"add keyed by id, under the object's id",
					() => workspace.add(contacts, [workspace.identity(contacts, email())], 'prompt'),
				],
				[
					'upsert keyed by name',
					() => workspace.upsert(contacts, lookup, byName(lookup), 'prompt'),
				],
				['add without an email', () => workspace.add(contacts, [first], 'prompt')],
			];
			const found: string[] = [];
			for (const [what, make] of tries) {
				const { received } = await make();
				found.push(`${what}: ${isAccepted(received) ? `HTTP ${received.status}` : said(received)}`);
			}
			return found;
		},
	},
];
