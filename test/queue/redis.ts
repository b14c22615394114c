import { newDataFolder } from '../../sandbox/n8n/data';
import { freePorts } from '../../sandbox/n8n/ports';
import { alongPath, firstProgram } from '../../sandbox/n8n/programs';
import { startService, type Service } from '../../sandbox/n8n/service';
import { missing } from './missing';

export interface Redis extends Service {
	/** What tells n8n of it, as n8n's environment variables. */
	env: Record<string, string>;
}

/** Starts a Redis of its own, which writes nothing to disk, on a free port of 127.0.0.1. */
export async function startRedis(): Promise<Redis> {
	const program = firstProgram(alongPath('redis-server'));
	if (!program) throw missing('Redis');
	const [port] = await freePorts(1);
	const service = await startService({
		title: 'Redis',
		program,
		args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'],
		folder: newDataFolder('redis'),
		log: 'redis',
		isReady: (log) => log.includes('Ready to accept connections'),
	});
	const env = { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: String(port) };
	return { ...service, env };
}
