import type { Business } from '../business';
import type { KizenObject } from '../model';
import type { Asked } from '../paging';
import { detailed, forbidden, notFound } from '../errors';
import type { World } from '../world';

/** One request as a route sees it, already let in by its headers. */
export interface Call extends Asked {
	world: World;
	params: Record<string, string>;
	/** The body when it is a JSON object, else an empty one. */
	body: Record<string, unknown>;
}

/** What a route answers: JSON with a status, or no body at all. */
export interface Answer {
	status: number;
	body?: unknown;
}

export type Route = (call: Call) => Answer;

/** Routes by method and path, as in `GET /api/team/:member`. */
export type Routes = Record<string, Route>;

export function ok(body: unknown): Answer {
	return { status: 200, body };
}

/** The object that the path names by UUID or api name, if the key may see it. */
export function objectOf({ world, params }: Call): KizenObject {
	const object = world.business.object(params.object);
	if (object === undefined) throw notFound();
	if (object.access.view) return object;
	throw world.switches.hiddenObjectStatus === 403 ? forbidden() : notFound();
}

/** The object of a path that takes its UUID for certain, and its api name perhaps. */
export function objectByUuid(call: Call): KizenObject {
	const object = objectOf(call);
	if (object.id === call.params.object || call.world.switches.fieldsByApiName === 'accepted') {
		return object;
	}
	throw notFound();
}

export function flag(text: string | undefined): boolean {
	return text === 'true' || text === 'True' || text === '1';
}

/** The names in `a,b`; undefined when the key was not given at all. */
export function csv(text: string | undefined): string[] | undefined {
	return text?.split(',').filter((each) => each !== '');
}

export function contactsOf(business: Business): KizenObject {
	const contacts = business.object('client_client');
	if (contacts === undefined) throw detailed(500, 'A server error occurred.', 'error');
	return contacts;
}
