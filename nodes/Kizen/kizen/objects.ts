import { fold, readSchema, type ObjectSchema } from '../fields';
import { ProblemError } from '../outcome';
import type { Kizen } from './client';
import { find, hasNext, pagesOf, read, rowsOf } from './read';

/** An object as the user named it: by ID, API name or label, or chosen from the list (an ID). */
export interface ObjectChoice {
	identifier: string;
	/** The label that n8n stored with a choice from the list. */
	label?: string;
}

/** One entry of Kizen's list of objects. */
interface ListedObject {
	id: string;
	/** API name. */
	name: string;
	/** The plural that Kizen's screens show. */
	label: string;
}

/** Something that belongs to an object and is chosen by name: a stage or a segment. */
export interface Named {
	id: string;
	name: string;
}

type Owner = Pick<ObjectSchema, 'id' | 'label'>;

// Without `custom_only: false` Kizen leaves out Contacts (kizen/app-engine docs 05).
const LIST = { path: ['custom-objects'], query: { custom_only: false, ordering: 'object_name' } };
const OBJECTS_PER_PAGE = 100;

/**
 * Reads one page of the objects that the credential's user may see, contacts included
 * (`GET /api/custom-objects`, kizen/app-engine docs 05).
 *
 * @param page counts from 1
 * @throws ProblemError
 */
export async function listObjects(
	kizen: Kizen,
	search: string | undefined,
	page: number,
): Promise<{ objects: ListedObject[]; more: boolean }> {
	const query = { ...LIST.query, page, page_size: OBJECTS_PER_PAGE, ...(search && { search }) };
	const body = await read(kizen, { ...LIST, query }, {});
	const objects = rowsOf(body).flatMap(listedObject);
	return { objects, more: hasNext(body) && objects.length > 0 };
}

function listedObject(row: Record<string, unknown>): ListedObject[] {
	if (typeof row.id !== 'string') return [];
	const name = String(row.name ?? '');
	return [{ id: row.id, name, label: String(row.object_name || row.entity_name || name) }];
}

/**
 * Reads the object's schema in one round trip: the object (`GET /api/custom-objects/{identifier}`)
 * and its fields (`…/fields`) at once. Kizen's newest OpenAPI document takes an API name for the
 * fields, older sources only an ID: where the name is not taken, the fields are read again by ID.
 *
 * @param also `categories`: the order of fields in the editor needs them, which is one more request
 * @throws ProblemError
 */
export async function readObject(
	kizen: Kizen,
	choice: ObjectChoice,
	also: { categories: boolean } = { categories: false },
): Promise<ObjectSchema> {
	const { identifier, label = identifier } = choice;
	const context = { object: label };
	const part = async (id: string, name: 'fields' | 'categories') =>
		rowsOf(await read(kizen, { path: [...LIST.path, id, name] }, context));
	const about = async (id: string) => await find(kizen, { path: [...LIST.path, id] }, context);
	const named = async () =>
		(await about(identifier)) ??
		(await objectByLabel(kizen, identifier, about)) ??
		(await read(kizen, { path: [...LIST.path, identifier] }, context));
	const objectByName = named();
	// What goes wrong here is said where the fields are read by ID.
	const fieldsByName = part(identifier, 'fields').catch(() => undefined);
	// An object that can't be read does not leave the read of its fields behind.
	const object = await objectByName.finally(async () => await fieldsByName);
	const id = !Array.isArray(object) && typeof object.id === 'string' ? object.id : identifier;
	const [fields, categories] = await Promise.all([
		fieldsByName.then(async (rows) => (rows?.length ? rows : await part(id, 'fields'))),
		also.categories ? part(id, 'categories') : undefined,
	]);
	return readSchema(object, fields, categories);
}

/** Finds the one object that Kizen's screens show under this name, whatever its case. */
async function objectByLabel<T>(
	kizen: Kizen,
	label: string,
	about: (id: string) => Promise<T>,
): Promise<T | undefined> {
	const query = { ...LIST.query, search: label };
	const same: ListedObject[] = [];
	try {
		for await (const page of pagesOf(kizen, { ...LIST, query }, {})) {
			same.push(
				...page.flatMap(listedObject).filter((object) => fold(object.label) === fold(label)),
			);
		}
	} catch {
		// A user who may not list objects is told that Kizen has none of this name.
		return undefined;
	}
	if (same.length > 1) {
		throw new ProblemError(
			`Kizen has ${same.length} objects called "${label}"`,
			`Choose one under 'Object' with From List, or enter its API name: ${same.map(({ name }) => name).join(', ')}.`,
		);
	}
	const [only] = same;
	return only && (await about(only.id));
}

/**
 * Reads the stages of a pipeline in the order of Kizen's board
 * (`GET /api/pipelines/{id}/stages`, kizen/builder-cli api/pipelines.py).
 *
 * @throws ProblemError
 */
export async function listStages(kizen: Kizen, { id, label }: Owner): Promise<Named[]> {
	const request = { path: ['pipelines', id, 'stages'], query: { ordering: 'order' } };
	return await listNamed(kizen, request, label);
}

/**
 * Reads the segments that people saved for an object; Kizen's API calls them filter groups
 * (`GET /api/custom-objects/{id}/filter-groups`, kizen/app-engine docs 05).
 *
 * @throws ProblemError
 */
export async function listSegments(kizen: Kizen, { id, label }: Owner): Promise<Named[]> {
	return await listNamed(kizen, { path: [...LIST.path, id, 'filter-groups'] }, label);
}

async function listNamed(
	kizen: Kizen,
	request: { path: string[]; query?: { ordering: string } },
	object: string,
): Promise<Named[]> {
	const named: Named[] = [];
	for await (const page of pagesOf(kizen, request, { object })) {
		for (const { id, name } of page) {
			if (typeof id === 'string') named.push({ id, name: String(name ?? id) });
		}
	}
	return named;
}
