import { isDict, type Connection } from './connection';
import type { Lab, Question } from './lab';
import { readObject, type LiveObject } from './objects';
import { accessQuestions, forbidden, limits } from './questions/access';
import { archiveQuestions } from './questions/archive';
import { timeQuestions } from './questions/times';
import { valueQuestions } from './questions/values';
import { contactQuestions, writingQuestions } from './questions/writing';
import type { Finding } from './report';
import { hasSample } from './samples';
import { Unusable, type Settings } from './settings';
import { isToFill, Workspace } from './workspace';

/** Everything that is known before the first question, for saying what will be done. */
export interface Prepared {
	lab: Lab;
	object: LiveObject | undefined;
}

/**
 * Reads what the checks need to know of the business. Writes nothing.
 *
 * @throws Unusable when the values or the object are not fit for it
 */
export async function prepare(settings: Settings, connection: Connection): Promise<Prepared> {
	const first = await connection.ask('GET', '/custom-objects?page_size=1&custom_only=false');
	if (first.status !== 200 || !isDict(first.body)) {
		throw new Unusable(
			`Nothing was written. Kizen answered HTTP ${first.status} at ${settings.base}: API key, business and user have to belong together, and the address has to be that of the API.`,
		);
	}
	const object =
		settings.object === undefined ? undefined : await readObject(connection, settings.object);
	if (object?.isContacts && !settings.contacts) {
		throw new Unusable(
			'Nothing was written. Contacts are only made with KIZEN_LIVE_CONTACTS=1; name another object in KIZEN_OBJECT.',
		);
	}
	const unfit = object?.fields.find((field) => isToFill(field) && !hasSample(field));
	if (object && unfit) {
		throw new Unusable(
			`Nothing was written. "${object.label}" requires a value of the type ${unfit.type}, which can't be made up; name another object in KIZEN_OBJECT.`,
		);
	}
	const contacts = settings.contacts ? await readObject(connection, 'client_client') : undefined;
	const { body: start } = await connection.ask('GET', '/auth/bootstrap');
	const { team, business } = isDict(start) ? start : {};
	const zone = isDict(business) ? business.timezone : undefined;
	return {
		lab: {
			settings,
			connection,
			workspace: new Workspace(connection),
			contacts,
			timezone: zoneName(zone),
			employee: isDict(team) && typeof team.id === 'string' ? team.id : undefined,
		},
		object,
	};
}

/** What will happen, for a person to read before it does. */
export function plan({ lab, object }: Prepared): string {
	const { settings, workspace, contacts } = lab;
	const where = [object, contacts].filter((one) => one !== undefined);
	const places = [...new Set(where)].map(({ label, name }) => `"${label}" (${name})`);
	const lines = [`This asks the Kizen at ${settings.base} what its documentation leaves open.`];
	if (places.length === 0) {
		lines.push(
			'It only reads: KIZEN_OBJECT names no object in which records may be made, so most questions stay open.',
		);
	} else {
		lines.push(
			`It makes up to ${MOST_RECORDS} records in ${places.join(' and ')}, changes and archives them, and archives all of them in the end, also if something goes wrong. Kizen has no way to delete them for good.`,
			`Their names begin with ${workspace.mark}. No other record is changed.`,
			'Automations of yours that start when records are made or changed start for these, too.',
		);
	}
	if (settings.tags) {
		lines.push('It may make one tag, which has to be deleted by hand (KIZEN_LIVE_TAGS=1).');
	}
	return lines.join('\n');
}

const MOST_RECORDS = 40;

/**
 * Asks all questions, or those with the given numbers. A question that goes wrong does not keep the
 * others from being asked.
 *
 * @param begin told of each question before it is asked
 */
export async function ask(
	{ lab, object }: Prepared,
	{ only, begin }: { only?: number[]; begin?(asks: string): void } = {},
): Promise<Finding[]> {
	const findings: Finding[] = [];
	const { contacts } = lab;
	await each(accessQuestions, lab, '');
	const needsObject = 'not asked: KIZEN_OBJECT names no object in which records may be made';
	await each([forbidden, ...writingQuestions], object && { ...lab, object }, needsObject);
	await each(archiveQuestions, object && { ...lab, object }, needsObject);
	await each(valueQuestions, object && { ...lab, object }, needsObject);
	await each(timeQuestions, object && { ...lab, object }, needsObject);
	const needsContacts = 'not asked: KIZEN_LIVE_CONTACTS=1 would allow to make contacts';
	await each(contactQuestions, contacts && { ...lab, contacts }, needsContacts);
	await each([limits], lab, '');
	return findings;

	async function each<L extends Lab>(
		questions: Array<Question<L>>,
		given: L | undefined,
		otherwise: string,
	): Promise<void> {
		for (const { number, asks, find } of questions) {
			if (only && !only.includes(number)) continue;
			if (given) begin?.(`${number}. ${asks}`);
			findings.push({ number, asks, found: given ? await found(find, given) : [otherwise] });
		}
	}
}

async function found<L extends Lab>(
	find: (lab: L) => Promise<string[]>,
	lab: L,
): Promise<string[]> {
	try {
		return await find(lab);
	} catch (error) {
		if (lab.connection.isStopped) throw error;
		const said = isDict(error) ? error.message : error;
		return [`could not be found out: ${String(said)}`];
	}
}

/** The zone is an object in Kizen's answers, whose id or code is the IANA name. */
function zoneName(zone: unknown): string | undefined {
	const names = isDict(zone) ? [zone.id, zone.code, zone.name] : [zone];
	return names.find(
		(one): one is string => typeof one === 'string' && /^[A-Z]\w+(\/[\w+-]+)*$/.test(one),
	);
}
