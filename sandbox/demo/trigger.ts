import type { EmbeddedKizen } from '../kizen';
import { step } from '../n8n/progress';
import { until, type SavedCredential, type SavedWorkflow } from '../n8n/rest';
import type { N8n } from '../n8n/server';
import { kizenTrigger, node, workflow } from '../n8n/workflows';

const TRIGGER = 'A Contact Changes';
/** After so many polls, all is sent that will be. */
const POLLS = 3;

/** An item that Kizen Trigger sent. */
export interface Sent {
	action: string;
	id: string;
	name: string;
	email: string;
}

/** What Kizen Trigger sent, by execution. */
export type SentByExecution = Sent[][];

/** Publishes a workflow that starts with each contact that is created or updated. */
export async function publishTrigger(
	{ rest }: N8n,
	credential: SavedCredential,
): Promise<SavedWorkflow> {
	const parameters = {
		event: 'createdOrUpdated',
		object: { __rl: true, mode: 'name', value: 'Contacts' },
	};
	const saved = await rest.createWorkflow(
		workflow(
			'When a contact changes',
			[
				kizenTrigger(credential, parameters, { name: TRIGGER }),
				node('Do Something', 'n8n-nodes-base.noOp', 1, {}, { position: [240, 0] }),
			],
			{ [TRIGGER]: ['Do Something'] },
		),
	);
	await rest.activate(saved);
	return saved;
}

/** Waits until the trigger has sent so many items, or has had the polls to. */
export async function sentByTrigger(
	{ rest }: N8n,
	{ id, name }: SavedWorkflow,
	{ kizen, items }: { kizen: EmbeddedKizen; items: number },
): Promise<SentByExecution> {
	const polls = () => kizen.log.filter(({ path }) => path.endsWith('/search')).length;
	const last = polls() + POLLS;
	return await step(
		`Waiting for Kizen Trigger, which starts the workflow "${name}": here, n8n polls every 10 seconds`,
		async () =>
			await until('Kizen Trigger has asked Kizen', async () => {
				const isLast = polls() >= last;
				const ids = (await rest.executionIds(id)).reverse();
				const executions = await Promise.all(ids.map(async (one) => await rest.finished(one)));
				const sent = executions.map(({ outputs }) =>
					outputs(TRIGGER)
						.flat()
						.map(({ json }) => json as unknown as Sent),
				);
				return isLast || sent.flat().length >= items ? sent : undefined;
			}),
	);
}
