import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { until } from '../until';

function start(env: NodeJS.ProcessEnv, ...args: string[]) {
	const main = join(__dirname, '../../live/main.ts');
	const own = Object.entries(process.env).filter(([name]) => !name.startsWith('KIZEN_'));
	return spawn(process.execPath, ['--import', 'tsx', main, ...args], {
		env: { ...Object.fromEntries(own), ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

async function live(env: NodeJS.ProcessEnv, ...args: string[]) {
	const child = start(env, ...args);
	const [out, err, [code]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, 'exit'),
	]);
	return { out, err, code: Number(code) };
}

function settingsFor({ credential }: EmbeddedKizen) {
	const { apiKey, baseUrl, businessId, userId } = credential;
	return {
		KIZEN_API_KEY: apiKey,
		KIZEN_BUSINESS_ID: businessId,
		KIZEN_USER_ID: userId,
		KIZEN_BASE_URL: baseUrl,
		KIZEN_OBJECT: 'engagement',
	};
}

it('npm run live says what it does, prints the table alone, and never the key', async () => {
	const kizen = await startKizen();
	const { out, err, code } = await live(settingsFor(kizen), '--only', '3');
	await kizen.stop();
	expect(code).toBe(0);
	expect(out).toMatch(/^\| # \| Question \| Found \|\n\|---\|---\|---\|\n\| 3 \| [^\n]*\n$/);
	expect(err).toMatch(/makes up to \d+ records[^]*3\. Status[^]*Archiving the 2 records/);
	expect(out + err).not.toContain(kizen.credential.apiKey);
});

it.each(['nobody reads what it prints', 'its terminal is closed'])(
	'npm run live archives what it made when %s',
	async (ending) => {
		const kizen = await startKizen();
		const active = () => kizen.all('engagement').filter(({ archived }) => !archived).length;
		const before = active();
		const child = start(settingsFor(kizen));
		const made = () => active() > before;
		await until(() => made() || child.exitCode !== null);
		child.stderr.destroy();
		if (ending === 'its terminal is closed') child.kill('SIGHUP');
		const [code] = await once(child, 'exit');
		await kizen.stop();
		expect({ code: Number(code), active: active() }).toEqual({ code: 130, active: before });
	},
);

it('npm run live without the values sends nothing and says what is missing', async () => {
	const { out, err, code } = await live({});
	expect(code).toBe(1);
	expect(out).toBe('');
	expect(err).toMatch(
		/Nothing was sent\. KIZEN_API_KEY, KIZEN_BUSINESS_ID, KIZEN_USER_ID are not set/,
	);
});
