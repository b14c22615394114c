import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

it('The sandbox says what to type into n8n, answers under it, and stops when told', async () => {
	const main = join(__dirname, '../../sandbox/kizen/main.ts');
	const options = ['--port', '0', '--latency', '1', '--rate', '0', '--switch', 'addStatus=201'];
	options.push('--workers', '3', '--service', '5');
	const sandbox = spawn(process.execPath, ['--import', 'tsx', main, ...options]);
	const ended = once(sandbox, 'exit');
	let printed = '';
	for await (const chunk of sandbox.stdout) {
		printed += String(chunk);
		if (printed.includes('Ctrl+C')) break;
	}

	const said = (label: string) => new RegExp(`${label} +(\\S+)`).exec(printed)?.[1] ?? '';
	expect(printed).toMatch(/for tests and trying out only/);
	expect(printed).toMatch(/Environment +Custom URL/);
	const sandboxes = (what: string, body?: object) =>
		fetch(
			`${said('Base URL')}/_sandbox/${what}`,
			body && { method: 'POST', body: JSON.stringify(body) },
		);
	expect(await (await sandboxes('switches')).json()).toMatchObject({ addStatus: 201 });
	const request = () =>
		fetch(`${said('Base URL')}/api/custom-objects?page_size=1`, {
			headers: {
				'x-api-key': said('API Key'),
				'x-business-id': said('Business ID'),
				'x-user-id': said('User ID'),
			},
		});
	expect(await (await sandboxes('faults')).json()).toMatchObject({
		capacity: { workers: 3, serviceMs: 5 },
	});
	expect((await request()).status).toBe(429);
	await sandboxes('faults', { rateLimit: null });
	expect((await request()).status).toBe(200);

	sandbox.kill('SIGINT');
	expect(await ended).toEqual([0, null]);
});
