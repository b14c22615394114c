// Loading this ends the process, as SIGTERM does, when nobody reads any more what it prints: the `head`
// behind it has enough, or its terminal is closed.
const NOBODY_READS = ['EPIPE', 'EIO'];

let isEnding = false;

for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', (error) => {
		if (!NOBODY_READS.includes(error.code)) throw error;
		if (isEnding) return;
		isEnding = true;
		if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(process.exitCode ?? 1);
	});
}
