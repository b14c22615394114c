/** First in, first out, in constant time for any length. */
export class Line<T> {
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
		if (this.head > 1024 && this.head * 2 > this.items.length) {
			this.items = this.items.slice(this.head);
			this.head = 0;
		}
		return item;
	}

	drain(): T[] {
		const items = this.items.slice(this.head);
		this.items = [];
		this.head = 0;
		return items;
	}
}
