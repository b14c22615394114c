import { isAccepted, isDict, rowsIn, type Received } from '../connection';
import { said, heldIn, type ObjectLab, type Question } from '../lab';
import { identifierOf, type Made, type OwnRecord } from '../workspace';

/** Names that meet another record's, archived or active. */
export const archiveQuestions: Array<Question<ObjectLab>> = [
	{
		number: 1,
		asks: 'Status and body when add or upsert meets an archived record under `prompt`; is it named?',
		async find({ workspace, object }) {
			const met = async (
				what: string,
				write: (archived: OwnRecord & { name: string }) => Promise<Made>,
			) => {
				const archived = await workspace.archived(object, 'archived');
				return `${what}: ${meeting((await write(archived)).received, archived)}`;
			};
			const named = (name: string) => [workspace.identity(object, name)];
			return [
				await met('`add`, `prompt`', ({ name }) => workspace.add(object, named(name), 'prompt')),
				await met('`upsert`, `prompt`', ({ name }) => workspace.upsert(object, name, [], 'prompt')),
				await met('`add` without a mode', ({ name }) => workspace.add(object, named(name))),
				await met('`upsert` without a mode', ({ name }) => workspace.upsert(object, name, [])),
				await met('`add`, `prompt`, the name in upper case', ({ name }) =>
					workspace.add(object, named(name.toUpperCase()), 'prompt'),
				),
				await met('`add`, `unarchive`', ({ name }) =>
					workspace.add(object, named(name), 'unarchive'),
				),
			];
		},
	},
	{
		number: 2,
		asks: 'Does add refuse a second active record of one name?',
		async find({ workspace, object }) {
			const { name } = await workspace.record(object, 'twice');
			const { received, record } = await workspace.add(
				object,
				[workspace.identity(object, name)],
				'prompt',
			);
			return [record ? `no, a second one was made: HTTP ${received.status}` : said(received)];
		},
	},
	{
		number: 4,
		asks: 'What does `overwrite` do on create?',
		async find({ workspace, object }) {
			const archived = await workspace.archived(object, 'overwritten');
			const { received, record } = await workspace.add(
				object,
				[workspace.identity(object, archived.name)],
				'overwrite',
			);
			if (!record) return [`it was refused: ${said(received)}`];
			if (record.id === archived.id) return ['the archived record itself comes back (same id)'];
			const back = await workspace.unarchive(archived);
			if (!isAccepted(back)) {
				return [
					`a new record with another id; the archived one can't be brought back beside it: ${said(back)}`,
				];
			}
			const now = await heldIn(workspace, archived, identifierOf(object));
			return [
				`a new record with another id; the archived one was called \`${archived.name}\` and is now \`${String(now)}\``,
			];
		},
	},
	{
		number: 14,
		asks: 'Upsert with another name in `fields` than `lookup_value`: rename or refusal?',
		async find({ workspace, object }) {
			const record = await workspace.record(object, 'renamed');
			const other = workspace.freshName(object, 'other');
			const { received } = await workspace.upsert(
				object,
				record.name,
				[workspace.identity(object, other)],
				'prompt',
			);
			if (!isAccepted(received)) return [`it is refused: ${said(received)}`];
			const now = await heldIn(workspace, record, identifierOf(object));
			const [action] = isDict(received.body) ? [received.body.action] : [];
			if (now === other) return [`the record is renamed (action \`${String(action)}\`)`];
			return [
				now === record.name ? 'the other name is ignored' : `the name is now \`${String(now)}\``,
			];
		},
	},
	{
		number: 18,
		asks: 'Are archived records visible through any flag?',
		async find({ workspace, object, connection }) {
			const archived = await workspace.archived(object, 'hidden');
			const holds = (received: Received) => rowsIn(received).some(({ id }) => id === archived.id);
			const lookup = `/records/${object.id}/lookup?identifier=${encodeURIComponent(archived.name)}`;
			const shown: string[] = [];
			for (const flag of FLAGS) {
				if (holds(await workspace.search(object, `&${flag}`))) shown.push(`\`${flag}\``);
			}
			return [
				`by id: HTTP ${(await workspace.read(archived)).status}`,
				`lookup: HTTP ${(await connection.ask('GET', lookup)).status}`,
				`search: ${holds(await workspace.search(object)) ? 'found' : 'not found'}`,
				`search with ${FLAGS.map((flag) => `\`${flag}\``).join(', ')}: ${shown.length > 0 ? `found with ${shown.join(', ')}` : 'not found with any'}`,
			];
		},
	},
];

const FLAGS = [
	'archived=true',
	'is_archived=true',
	'include_archived=true',
	'show_archived=true',
	'deleted=true',
	'include_deleted=true',
];

/** What became of a write whose name an archived record holds. */
function meeting(received: Received, archived: OwnRecord): string {
	if (!isAccepted(received)) {
		const names = JSON.stringify(received.body).includes(archived.id);
		return `${said(received)}; the archived record's id is ${names ? '' : 'not '}in it`;
	}
	const { id, action } = isDict(received.body) ? received.body : {};
	const same = id === archived.id ? 'the archived record came back' : 'a new record was made';
	return `${same}, HTTP ${received.status}, action ${action === undefined ? 'absent' : `\`${String(action)}\``}`;
}
