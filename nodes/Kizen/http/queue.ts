/** The length from which the part that is no longer used is cut off. */
const COMPACT_FROM = 1024;

/** First in, first out, in constant time for any length. */
export class Queue<T> {
	private items: T[] = [];
	private head = 0;

	get length() {
		return this.items.length - this.head;
	}

	push(item: T) {
		this.items.push(item);
	}

	shift(): T | undefined {
		if (this.length === 0) return undefined;
		const item = this.items[this.head++];
		if (this.head > COMPACT_FROM && this.head * 2 > this.items.length) {
			this.items = this.items.slice(this.head);
			this.head = 0;
		}
		return item;
	}

	/** Empties the queue and returns what was in it. */
	drain(): T[] {
		const items = this.items.slice(this.head);
		this.items = [];
		this.head = 0;
		return items;
	}
}
