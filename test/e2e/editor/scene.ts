import type { IDataObject, INode } from 'n8n-workflow';
import { join } from 'node:path';
import { startKizen, type EmbeddedKizen } from '../../../sandbox/kizen';
import type { SavedCredential, SavedWorkflow } from '../../../sandbox/n8n/rest';
import { credentialFor, sharedN8n, type SharedN8n } from '../meeting';
import { kizenNode, node, workflow } from '../../../sandbox/n8n/workflows';
import { aPerson, type Person } from './panel';

export const ROWS = [
	{ Email: 'ada.lovelace@example.com', 'First Name': 'Ada', 'Last Name': 'Lovelace' },
	{ Email: 'nova@example.com', 'First Name': 'Nova', 'Last Name': 'Rivers' },
	{ Email: 'blaise.pascal@example.com', 'First Name': 'Blaise', 'Last Name': 'Pascal' },
];

/** Contacts, as someone who typed their name has it stored. */
export const CONTACTS = { __rl: true, mode: 'name', value: 'Contacts' };

/** One person at the editor of the shared n8n, and a Kizen of their own. */
export interface Scene {
	readonly n8n: SharedN8n;
	readonly kizen: EmbeddedKizen;
	readonly credential: SavedCredential;
	readonly person: Person;
	/** Opens a new workflow: Start gives the rows to "Kizen Records", behind which stands "Next". */
	open(
		parameters: INode['parameters'],
		settings?: Partial<INode>,
		/** Other rows than those of the file. */
		rows?: IDataObject[],
	): Promise<SavedWorkflow>;
}

/** Sets the scene before the tests of a file, and clears it after them. */
export function aScene(rowsOfFile: IDataObject[] = ROWS): Scene {
	const n8n = sharedN8n();
	let kizen: EmbeddedKizen;
	let credential: SavedCredential;
	let person: Person;
	beforeAll(async () => {
		kizen = await startKizen();
		credential = await credentialFor(n8n, kizen);
		person = await aPerson(n8n);
	});
	afterAll(async () => {
		await person.close();
		await kizen.stop();
	});
	beforeEach(() => kizen.reset());
	// Where a test of the editor fails, the words of an error say little.
	afterEach(async () => {
		const { currentTestName = '' } = expect.getState();
		await person.shot(join('at-the-end-of', currentTestName.replace(/\W+/g, '-')));
	});
	return {
		n8n,
		get kizen() {
			return kizen;
		},
		get credential() {
			return credential;
		},
		get person() {
			return person;
		},
		async open(parameters, settings, rows = rowsOfFile) {
			const jsCode = `return ${JSON.stringify(rows.map((json) => ({ json })))};`;
			const nodes = [
				node('Start', 'n8n-nodes-base.manualTrigger', 1),
				node('Rows', 'n8n-nodes-base.code', 2, { jsCode }),
				{ ...kizenNode(credential, parameters, settings), name: 'Kizen Records' },
				node('Next', 'n8n-nodes-base.noOp', 1),
			].map((one, column) => ({ ...one, position: [column * 240, 0] as [number, number] }));
			const lines = { Start: ['Rows'], Rows: ['Kizen Records'], 'Kizen Records': ['Next'] };
			const saved = await n8n.rest.createWorkflow(workflow('Contacts', nodes, lines));
			await person.openWorkflow(saved.id);
			return saved;
		},
	};
}
