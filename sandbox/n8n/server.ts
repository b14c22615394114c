import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { newUserFolder } from './data';
import { n8nEnvironment } from './environment';
import type { N8nInstall } from './install';
import { signalGroup } from './lifetime';
import { freePorts } from './ports';
import { step } from './progress';
import { N8nRest, type Login } from './rest';
import { startService, type Service } from './service';

export interface N8nOptions {
	/** What it is for; names its data folder and its log. */
	name: string;
	/** Version of n8n; the current one when left out. */
	version?: string;
	/** More of n8n's environment variables. */
	env?: Record<string, string>;
}

export interface N8n extends Service {
	url: string;
	install: N8nInstall;
	/** The owner, chosen for this run. */
	login: Login;
	/** n8n's own interface, signed in as the owner. */
	rest: N8nRest;
	/** The folder with its database, its binary data and the installed package. */
	userFolder: string;
	/** Ends it as a power cut does, and starts it again with what it had stored. */
	killAndStartAgain(): Promise<N8n>;
}

/**
 * Starts a real n8n of its own, with this package packed and installed in it as a user would have
 * it, on free ports of this computer and in a fresh folder of the sandbox.
 */
export async function startN8n({ name, version, env }: N8nOptions): Promise<N8n> {
	const { userFolder, install } = await newUserFolder(name, version);
	const [port, brokerPort] = await freePorts(2);
	const url = `http://127.0.0.1:${port}`;
	const options = {
		title: `n8n ${install.version}`,
		args: ['start'],
		name,
		userFolder,
		install,
		env: {
			N8N_PORT: String(port),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_SECURE_COOKIE: 'false',
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			...env,
		},
		// A 200 alone says nothing: while it starts, n8n 2 answers every address with a waiting page,
		// and n8n 1 calls itself ready before its interface exists.
		isReady: async () => (await answerOf(`${url}/rest/settings`)).includes('"settingsMode"'),
	};
	const service = await run(options);
	try {
		const login = { email: 'owner@example.com', password: newPassword() };
		const rest = await N8nRest.asNewOwner(url, login, join(install.folder, 'node_modules'));
		const withService = (running: Service): N8n => ({
			...running,
			...{ url, install, login, rest, userFolder },
			async killAndStartAgain() {
				signalGroup(running, 'SIGKILL');
				await running.ended;
				return withService(await run(options));
			},
		});
		return withService(service);
	} catch (error) {
		await service.stop();
		throw error;
	}
}

/**
 * Starts a worker of an n8n in queue mode, which takes executions from the queue, `concurrency` of
 * them at a time. It has this package in a folder of its own, as on a machine of its own.
 */
export async function startWorker(
	{ name, version, env }: N8nOptions,
	concurrency: number,
): Promise<Service> {
	const { userFolder, install } = await newUserFolder(name, version);
	const [port, brokerPort] = await freePorts(2);
	const health = `http://127.0.0.1:${port}/healthz/readiness`;
	return await run({
		title: name,
		args: ['worker', `--concurrency=${concurrency}`],
		name,
		userFolder,
		install,
		env: {
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			...env,
		},
		isReady: async () => (await answerOf(health)).includes('"ok"'),
	});
}

interface Run {
	title: string;
	/** n8n's command. */
	args: string[];
	name: string;
	userFolder: string;
	install: N8nInstall;
	env: Record<string, string>;
	isReady(): Promise<boolean>;
}

async function run({
	title,
	args,
	name,
	userFolder,
	install,
	env,
	isReady,
}: Run): Promise<Service> {
	return await step(
		`Starting ${title}`,
		async () =>
			await startService({
				title,
				program: install.node,
				args: [install.script, ...args],
				env: { ...n8nEnvironment(install, userFolder), ...env },
				folder: userFolder,
				log: `n8n-${name}`,
				isReady,
			}),
	);
}

/** The body of an answer; empty while nobody answers. */
async function answerOf(url: string): Promise<string> {
	return await fetch(url).then(
		async (response) => await response.text(),
		() => '',
	);
}

/** n8n asks for a digit and a capital letter. */
function newPassword(): string {
	return `Kz1${randomBytes(6).toString('hex')}`;
}
