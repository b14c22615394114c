import { isObject, type Accepted } from './response';
import type { Kizen, KizenRequest } from './client';
import { fold, readSchema, type ObjectSchema } from '../fields';
import { refuse, Refused } from '../outcome/problem';
import { explain, type Circumstance } from './errors';

/** An object as the user named it: by ID, API name or label, or chosen from the list (an ID). */
export interface ObjectChoice {
	identifier: string;
	/** The label that n8n stored with a choice from the list. */
	label?: string;
}

/** One entry of Kizen's list of objects. */
export interface ListedObject {
	id: string;
	name: string;
	/** The plural that Kizen's screens show. */
	label: string;
}

const PAGE_SIZE = 100;

/** Asks something that only reads, and gives the answer or says why there is none. */
export async function ask(
	kizen: Kizen,
	request: Pick<KizenRequest, 'path' | 'query' | 'body'>,
	object: string | undefined,
	about: Pick<Circumstance, 'record' | 'reading'> = {},
): Promise<Accepted['body']> {
	const method = request.body === undefined ? 'GET' : 'POST';
	const { answer, gaveUpAfterMs } = await kizen.send({ kind: 'read', method, ...request });
	if (answer.accepted) return answer.body;
	throw new Refused(
		explain(answer, {
			base: kizen.base,
			object,
			sent: [],
			gaveUpAfterMs,
			reading: 'list',
			...about,
		}),
	);
}

/**
 * One page of the objects that the API key may see, contacts included.
 *
 * @param page counts from 1
 * @throws Refused
 */
export async function listObjects(
	kizen: Kizen,
	search: string | undefined,
	page: number,
): Promise<{ objects: ListedObject[]; more: boolean }> {
	const body = await ask(
		kizen,
		{
			path: ['custom-objects'],
			// Without `custom_only: false` Kizen leaves out Contacts (kizen/app-engine docs 05).
			query: {
				custom_only: false,
				ordering: 'object_name',
				page,
				page_size: PAGE_SIZE,
				...(search && { search }),
			},
		},
		undefined,
	);
	const listed = rowsOf(body);
	const objects = listed.flatMap((entry) => {
		if (!isObject(entry) || typeof entry.id !== 'string') return [];
		const name = String(entry.name ?? '');
		return [{ id: entry.id, name, label: String(entry.object_name || entry.entity_name || name) }];
	});
	return { objects, more: isObject(body) && Boolean(body.next) && listed.length > 0 };
}

/**
 * The object's own schema: two requests, whatever the number of fields; with its categories, which
 * only the order of fields in the editor needs, three. Fields are asked for by the object's ID, the
 * only form seen to work for every object (kizen/builder-cli).
 *
 * @throws Refused
 */
export async function readObject(
	kizen: Kizen,
	choice: ObjectChoice,
	also: { categories: boolean } = { categories: false },
): Promise<ObjectSchema> {
	const named = choice.label ?? choice.identifier;
	const read = async (identifier: string) =>
		await ask(kizen, { path: ['custom-objects', identifier] }, named);
	const object = await read(choice.identifier).catch(async (refused: unknown) => {
		const id = isMissing(refused) && (await idByLabel(kizen, choice.identifier));
		return await (id ? read(id) : Promise.reject(refused));
	});
	const id = isObject(object) && typeof object.id === 'string' ? object.id : choice.identifier;
	const part = async (name: string) =>
		rowsOf(await ask(kizen, { path: ['custom-objects', id, name] }, named));
	const [fields, categories] = await Promise.all([
		part('fields'),
		also.categories ? part('categories') : undefined,
	]);
	return readSchema(object, fields, categories);
}

function isMissing(refused: unknown): boolean {
	return refused instanceof Refused && refused.problem.httpCode === 404;
}

/** The one object that Kizen's screens show under this name, whatever its case. */
async function idByLabel(kizen: Kizen, label: string): Promise<string | undefined> {
	// A key that may not list objects has been told already what Kizen does not have.
	const { objects } = await listObjects(kizen, label, 1).catch(() => ({ objects: [] }));
	const same = objects.filter((object) => fold(object.label) === fold(label));
	if (same.length > 1) {
		throw refuse(
			`Kizen has ${same.length} objects called "${label}"`,
			`Choose one under 'Object' with From List, or give its API name: ${same.map(({ name }) => name).join(', ')}.`,
		);
	}
	return same[0]?.id;
}

const MOST_PAGES = 20;

/**
 * All that Kizen lists by ID and name at a path, in its order.
 *
 * @throws Refused
 */
export async function listNamed(
	kizen: Kizen,
	request: Required<Pick<KizenRequest, 'path' | 'query'>>,
	object: string,
): Promise<Array<{ id: string; name: string }>> {
	const named: Array<{ id: string; name: string }> = [];
	for (let page = 1; page <= MOST_PAGES; page++) {
		const query = { ...request.query, page, page_size: PAGE_SIZE };
		const body = await ask(kizen, { ...request, query }, object);
		for (const one of rowsOf(body)) {
			if (!isObject(one) || typeof one.id !== 'string') continue;
			named.push({ id: one.id, name: String(one.name ?? one.id) });
		}
		if (Array.isArray(body) || !body.next) break;
	}
	return named;
}

/** Kizen's lists come bare or in a page's envelope, and not every source agrees which. */
export function rowsOf(body: Accepted['body']): unknown[] {
	if (Array.isArray(body)) return body;
	return Array.isArray(body.results) ? body.results : [];
}
