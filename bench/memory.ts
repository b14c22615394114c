import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/** The resident memory of a process, which Linux keeps the highest value of. */
export interface Memory {
	/** Begins anew: what was needed before does not count. */
	forget(): void;
	/** In MB, as is the other; NaN where the system does not tell. */
	peakMb(): number;
	nowMb(): number;
}

/** The memory of the n8n that works in `userFolder`, without the task runner that it starts. */
export function openMemory(userFolder: string): Memory {
	const pid = process.platform === 'linux' ? pidOf(userFolder) : undefined;
	if (pid === undefined) return { forget: () => {}, peakMb: () => NaN, nowMb: () => NaN };
	const status = (key: string) => {
		const text = readFileSync(`/proc/${pid}/status`, 'utf8');
		return Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? NaN) / 1024;
	};
	return {
		// proc(5): 5 resets the peak resident set size.
		forget: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
		peakMb: () => status('VmHWM'),
		nowMb: () => status('VmRSS'),
	};
}

/**
 * The CPU time in milliseconds that all threads of the n8n in `userFolder` took so far (Linux only,
 * else NaN).
 */
export function openCpu(userFolder: string): () => number {
	const pid = process.platform === 'linux' ? pidOf(userFolder) : undefined;
	if (pid === undefined) return () => NaN;
	return () => {
		const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
			try {
				const spent = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
				return Number(spent.split(' ')[0]) / 1e6;
			} catch {
				// It ended meanwhile.
				return 0;
			}
		});
		return threads.reduce((sum, ms) => sum + ms, 0);
	};
}

function pidOf(userFolder: string): string | undefined {
	return readdirSync('/proc').find((pid) => {
		try {
			if (readlinkSync(`/proc/${pid}/cwd`) !== userFolder) return false;
			return /\0start\0$/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
		} catch {
			// Not a process, not ours, or gone.
			return false;
		}
	});
}
