import { appendFileSync, createWriteStream, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { spawnKept } from './lifetime';
import { sandbox } from './sandbox';

const LINES_SHOWN = 15;

export interface Command {
	/** The program's path, or `npm`. */
	program: string;
	args: string[];
	cwd: string;
	env?: NodeJS.ProcessEnv;
	/** Name of the log in the sandbox's `logs` folder that keeps all output; it is added to. */
	log: string;
}

/** A program that ended badly; the message holds the end of what it said. */
export class CommandFailed extends Error {
	constructor(command: Command, ending: string, output: string, logFile: string) {
		const last = output.trimEnd().split('\n').slice(-LINES_SHOWN).join('\n    ');
		const called = [command.program, ...command.args].join(' ');
		super(`"${called}" ${ending}. It said last:\n    ${last}\n  All of it: ${logFile}`);
	}
}

/** Runs a program to its end and returns what it wrote to its standard output. */
export async function runCommand(command: Command): Promise<string> {
	const { program, args, cwd, env = process.env } = command;
	const logFile = join(sandbox, 'logs', command.log);
	mkdirSync(dirname(logFile), { recursive: true });
	appendFileSync(logFile, `\n$ ${[program, ...args].join(' ')}\n`);
	const log = createWriteStream(logFile, { flags: 'a' });
	try {
		return await new Promise((resolve, reject) => {
			// On Windows npm is a batch file, which only a shell can start.
			const shell = process.platform === 'win32' && program === 'npm';
			const child = spawnKept(program, args, {
				cwd,
				env,
				shell,
				stdio: ['ignore', 'pipe', 'pipe'],
			});
			let out = '';
			let all = '';
			child.stdout?.on('data', (chunk: Buffer) => {
				out += chunk.toString();
			});
			for (const stream of [child.stdout, child.stderr]) {
				stream?.on('data', (chunk: Buffer) => {
					all += chunk.toString();
					log.write(chunk);
				});
			}
			child.on('error', reject);
			child.on('close', (code, signal) => {
				if (code === 0) resolve(out);
				else {
					const ending = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
					reject(new CommandFailed(command, ending, all, logFile));
				}
			});
		});
	} finally {
		log.end();
	}
}

/**
 * The environment for a program that is to be on its own: with `node` first in the path, and
 * without what `npm run` hands down, which would carry this project's .npmrc into other folders.
 */
export function environmentFor(node: string): NodeJS.ProcessEnv {
	const own = Object.entries(process.env).filter(
		([name]) => !/^npm_(config_(ignore_scripts|omit|local_prefix)|package_|lifecycle_)/.test(name),
	);
	const env = Object.fromEntries(own);
	const path = Object.keys(env).find((name) => name.toLowerCase() === 'path') ?? 'PATH';
	return { ...env, [path]: [dirname(node), env[path]].filter(Boolean).join(delimiter) };
}
