import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { exampleWorkflow, withCredential } from '../../sandbox/n8n/example';
import { until, type SavedWorkflow } from '../../sandbox/n8n/rest';
import { openMailbox, type Mailbox } from './mailbox';
import { credentialFor, sharedN8n } from './meeting';

/** The example in which a person decides, with a real mail and its buttons. */

const n8n = sharedN8n();
let kizen: EmbeddedKizen;
let mailbox: Mailbox;
let workflow: SavedWorkflow;

beforeAll(async () => {
	kizen = await startKizen();
	mailbox = await openMailbox();
	const example = exampleWorkflow('ask-about-archived.json', await credentialFor(n8n, kizen));
	workflow = await n8n.rest.createWorkflow(
		withCredential(example, await mailbox.credential(n8n), ({ name }) => name === 'Ask a Person'),
	);
	await n8n.rest.activate(workflow);
});
afterAll(async () => {
	await mailbox.close();
	await kizen.stop();
});
beforeEach(() => {
	kizen.reset();
	mailbox.mails.length = 0;
});

async function submit(email: string, first: string): Promise<void> {
	const body = new FormData();
	body.append('field-0', email);
	body.append('field-1', first);
	body.append('field-2', 'Pascal');
	const answer = await fetch(`${n8n.url}/form/new-contact-for-kizen`, { method: 'POST', body });
	expect(answer.status).toBe(200);
}

/** Opens the address behind a button of the mail, as a person's browser does. */
async function choose(label: string): Promise<void> {
	const mail = await until('the mail arrives', async () => mailbox.mails[0]);
	const html = mail
		.replace(/=\r?\n/g, '')
		.replace(/=3D/gi, '=')
		.replace(/&amp;/g, '&');
	const links = [...html.matchAll(/<a[^>]*href="([^"]+)"[^>]*>([^<]*)</g)];
	const link = links.find(([, , words]) => words.trim() === label);
	if (!link) throw new Error(`The mail has no button "${label}": ${html}`);
	const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' };
	// A test reads the mail before n8n has laid the workflow by to wait for the answer.
	const status = await until('n8n takes the answer', async () => {
		const answer = await fetch(link[1], { headers });
		return answer.status === 409 ? undefined : answer.status;
	});
	expect(status).toBe(200);
}

const pascal = () => kizen.find('client_client', { email: 'blaise.pascal@example.com' });

it('brings an archived contact back when a person says so', async () => {
	await submit('blaise.pascal@example.com', 'Blaise the Second');
	await choose('Unarchive');
	await until('the contact is back', async () => (pascal()?.archived ? undefined : pascal()));
	expect(pascal()?.values).toMatchObject({ first_name: 'Blaise the Second' });
	expect(mailbox.mails[0]).toContain(
		'Subject: Bring blaise.pascal@example.com back from the archive?',
	);
});

it('leaves it in the archive when they say so', async () => {
	const sent = () => kizen.log.filter(({ path }) => path.endsWith('/upsert')).length;
	await submit('blaise.pascal@example.com', 'Blaise the Third');
	await choose('Leave It');
	await until('the workflow ends', async () => {
		const [id] = await n8n.rest.executionIds(workflow.id);
		const execution = await n8n.rest.finished(id);
		return execution.status === 'success' ? execution : undefined;
	});
	expect(pascal()?.archived).toBe(true);
	expect(sent()).toBe(1);
});

it('asks nobody about a row that fails, and goes on', async () => {
	kizen.faults.queue.push({
		match: { path: '/upsert' },
		fault: { kind: 'status', status: 400, body: { non_field_errors: ['Not today.'] } },
	});
	await submit('somebody.else@example.com', 'Somebody');
	const failed = await until('the row is set aside', async () => {
		const [id] = await n8n.rest.executionIds(workflow.id);
		return (await n8n.rest.finished(id)).outputs('To Be Corrected')[0];
	});
	expect(failed.map(({ json }) => json)).toEqual([
		expect.objectContaining({ action: 'failed', error: expect.stringContaining('Not today') }),
	]);
	expect(mailbox.mails).toEqual([]);
});

it('asks nobody about a contact that is not archived', async () => {
	await submit('somebody.new@example.com', 'Somebody');
	await until('the contact is there', async () =>
		kizen.find('client_client', { email: 'somebody.new@example.com' }),
	);
	expect(mailbox.mails).toEqual([]);
});
