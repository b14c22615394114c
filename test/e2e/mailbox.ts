import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { SavedCredential } from '../../sandbox/n8n/rest';
import type { SharedN8n } from './meeting';

/** A mail server on this computer, which keeps what n8n sends by it. */
export interface Mailbox {
	/** Every mail as it came, oldest first; empty it as you like. */
	readonly mails: string[];
	/** Saves a credential for sending by it. */
	credential(n8n: SharedN8n): Promise<SavedCredential>;
	close(): Promise<void>;
}

export async function openMailbox(): Promise<Mailbox> {
	const mails: string[] = [];
	const post = new SMTPServer({
		disabledCommands: ['STARTTLS', 'AUTH'],
		onData(stream, _session, done) {
			void text(stream).then((mail) => {
				mails.push(mail);
				done();
			});
		},
	});
	await new Promise<void>((ready) => post.listen(0, '127.0.0.1', ready));
	const { port } = post.server.address() as AddressInfo;
	const data = {
		host: '127.0.0.1',
		port,
		user: '',
		password: '',
		secure: false,
		disableStartTls: true,
	};
	return {
		mails,
		credential: async ({ rest }) =>
			await rest.createCredential({ name: 'Mail', type: 'smtp', data }),
		close: async () => await new Promise<void>((closed) => post.close(closed)),
	};
}
