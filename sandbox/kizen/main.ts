import { parseArgs } from 'node:util';

import '../n8n/starter.js';
import { startKizen } from './index';
import { defaultSwitches, setSwitches, switchTable } from './switches';

const usage = `Usage: npm run sandbox -- [options]

  --port 4010          port on 127.0.0.1
  --latency 100        milliseconds that every answer takes
  --workers 16         how many requests are worked on at once; the others wait
  --service 100        milliseconds that a worker takes for a request
  --rate 40            most requests per second; more are answered 429
  --switch name=value  decides what is not known of Kizen; may be given several times
  --switches           lists all switches and ends
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			latency: { type: 'string', default: '0' },
			workers: { type: 'string' },
			service: { type: 'string', default: '100' },
			rate: { type: 'string' },
			switch: { type: 'string', multiple: true, default: [] },
			switches: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(usage);
	if (values.switches) return listSwitches();

	const switches = defaultSwitches();
	const pairs = values.switch.map((pair) => {
		const [name, ...value] = pair.split('=');
		return [name, value.join('=')];
	});
	setSwitches(switches, Object.fromEntries(pairs));
	const rate = values.rate === undefined ? undefined : number('rate', values.rate);
	const workers = values.workers === undefined ? undefined : number('workers', values.workers);
	const kizen = await startKizen({
		port: number('port', values.port),
		switches,
		faults: {
			latencyMs: number('latency', values.latency),
			capacity:
				workers === undefined ? null : { workers, serviceMs: number('service', values.service) },
			rateLimit: rate === undefined ? null : { perSecond: rate, retryAfter: 1 },
		},
	});

	const { apiKey, baseUrl, businessId, userId } = kizen.credential;
	const objects = kizen.objects().map(({ name, object_name, records, access }) => {
		const limit = access.view ? (access.edit ? '' : ', read only') : ', hidden from this user';
		return `  ${name.padEnd(20)}${object_name} (${records}${limit})`;
	});
	console.log(`
Embedded Kizen: for tests and trying out only. It is not Kizen; nothing leaves this computer, and
what is written is gone when it stops.

Kizen API credential in n8n:
  Environment   Custom URL
  Base URL      ${baseUrl}
  API Key       ${apiKey}
  Business ID   ${businessId}
  User ID       ${userId}

Objects:
${objects.join('\n')}

While it runs, for example:
  curl ${baseUrl}/_sandbox/log
  curl -X POST ${baseUrl}/_sandbox/switches -d '{"conflictStatus": 409}'
  curl -X POST ${baseUrl}/_sandbox/faults -d '{"latencyMs": 300}'
  curl -X POST ${baseUrl}/_sandbox/faults -d '{"capacity": {"workers": 8, "serviceMs": 100}}'
  curl -X POST ${baseUrl}/_sandbox/reset

Ctrl+C stops it.`);

	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void kizen.stop().then(() => process.exit(0)));
	}
}

function listSwitches(): void {
	for (const [name, row] of Object.entries(switchTable)) {
		const allowed =
			'allowed' in row ? row.allowed.join(' | ') : `any of ${row.subsetOf.join(', ')}`;
		console.log(
			`${name}: ${allowed} (default ${String(row.default)})\n  unknown: ${row.unknown}\n`,
		);
	}
}

function number(option: string, text: string): number {
	if (/^\d+$/.test(text)) return Number(text);
	throw new Error(`--${option} takes a whole number; got "${text}".`);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	console.error(usage);
	process.exitCode = 1;
});
