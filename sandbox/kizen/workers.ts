/** Kizen's workers: each works on one request at a time, first come, first served. */
export class Workers {
	private busy = 0;
	private readonly waiting: Array<() => void> = [];

	/** @param count how many there are; asked again whenever a request comes or is done */
	constructor(private readonly count: () => number) {}

	/** Does the work of a request once a worker is free for it. */
	async serve(work: () => Promise<unknown>): Promise<void> {
		await new Promise<void>((start) => {
			this.waiting.push(start);
			this.startNext();
		});
		try {
			await work();
		} finally {
			this.busy -= 1;
			this.startNext();
		}
	}

	private startNext(): void {
		while (this.waiting.length > 0 && this.busy < this.count()) {
			this.busy += 1;
			this.waiting.shift()?.();
		}
	}
}
