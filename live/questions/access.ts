import { randomUUID } from 'node:crypto';

import { isAccepted, isDict, rowsIn } from '../connection';
import { said, type Lab, type ObjectLab, type Question } from '../lab';

const WRONG_VALUES = 'Bodies of 401 for a wrong key, business or user, and of 403';

/** What can be found out without making anything. */
export const accessQuestions: Question[] = [
	{
		number: 5,
		asks: WRONG_VALUES,
		async find({ connection }) {
			const list = '/custom-objects?page_size=1';
			const ask = async (what: string, identity: object) =>
				`${what}: ${said(await connection.ask('GET', list, undefined, identity))}`;
			return [
				await ask('none of the three', { apiKey: '', businessId: '', userId: '' }),
				await ask('wrong key', { apiKey: 'no-such-key' }),
				await ask('wrong business', { businessId: randomUUID() }),
				await ask('wrong user', { userId: randomUUID() }),
			];
		},
	},
	{
		number: 16,
		asks: 'Is `X-USER-ID` the id of the user or of the employee?',
		async find({ settings, connection, employee }) {
			if (employee === undefined) {
				return ['could not be found out: `/api/auth/bootstrap` names no employee'];
			}
			if (employee === settings.userId) {
				return [
					'KIZEN_USER_ID is the id that `/api/auth/bootstrap` gives as `team.id`: the employee',
				];
			}
			const list = '/custom-objects?page_size=1';
			const asEmployee = await connection.ask('GET', list, undefined, { userId: employee });
			return [
				`KIZEN_USER_ID is not \`team.id\` of \`/api/auth/bootstrap\`, so it is the user; with the employee's id: ${isAccepted(asEmployee) ? `accepted as well, HTTP ${asEmployee.status}` : said(asEmployee)}`,
			];
		},
	},
	{
		number: 15,
		asks: 'OAuth2, activity webhooks, `http_request` steps',
		find: () => Promise.resolve(['not asked: an API key and a record can not tell']),
	},
];

/** A write that is refused, if not for want of permission then because it is no valid request. */
export const forbidden: Question<ObjectLab> = {
	number: 5,
	asks: WRONG_VALUES,
	async find({ connection }) {
		const objects = await connection.ask('GET', '/custom-objects?page_size=200&custom_only=false');
		const closed = rowsIn(objects).find(({ access }) => isDict(access) && access.edit === false);
		if (!closed) return ['403: not asked, the key may edit every object that it sees'];
		const path = `/records/${String(closed.id)}/add`;
		const received = await connection.ask('POST', path, { fields: 'none' });
		return [`add to an object with \`access.edit\` false: ${said(received)}`];
	},
};

/** Asked last: what all the others noticed on the way. */
export const limits: Question = {
	number: 12,
	asks: 'Limits: request rate, sizes',
	find({ connection: { traffic } }: Lab) {
		const headers = [...traffic.headers].map(([name, value]) => `\`${name}: ${value}\``);
		return Promise.resolve([
			`${traffic.requests} requests one after another: ${traffic.limited === 0 ? 'none' : traffic.limited} answered 429`,
			`headers that speak of a limit: ${headers.length > 0 ? headers.join(', ') : 'none'}`,
		]);
	},
};
