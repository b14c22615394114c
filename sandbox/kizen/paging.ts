import { notFound } from './errors';
import type { World } from './world';

/** Where a list was asked for: the request's path, its query and the server's own address. */
export interface Asked {
	origin: string;
	path: string;
	query: Record<string, string>;
}

const defaultSize = 100;
const greatestSize = 1000;

/** One page of a list in Kizen's envelope. A page past the end is not found. */
export function page<T>(world: World, asked: Asked, list: readonly T[]): Page<T> {
	const size = Math.min(positive(asked.query.page_size) ?? defaultSize, greatestSize);
	const number = positive(asked.query.page) ?? 1;
	const last = Math.max(1, Math.ceil(list.length / size));
	if (number > last) throw notFound();
	const start = (number - 1) * size;
	return {
		count: list.length,
		next: number < last ? address(world, asked, number + 1) : null,
		previous: number > 1 ? address(world, asked, number - 1) : null,
		results: list.slice(start, start + size),
		errors: null,
	};
}

export interface Page<T> {
	count: number;
	next: string | null;
	previous: string | null;
	results: T[];
	errors: string[] | null;
}

function address(world: World, { origin, path, query }: Asked, number: number): string {
	const local = `${path}?${new URLSearchParams({ ...query, page: String(number) }).toString()}`;
	return {
		absolute: `${origin}${local}`,
		relative: local,
		elsewhere: `http://elsewhere.invalid${local}`,
	}[world.switches.next];
}

function positive(text: string | undefined): number | undefined {
	return text !== undefined && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}
