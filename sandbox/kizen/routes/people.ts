import type { Employee } from '../model';
import { page } from '../paging';
import { notFound } from '../errors';
import { contactsOf, ok, type Call, type Routes } from './route';

/** Team members, and the business itself. */
export const peopleRoutes: Routes = {
	'GET /api/team/typeahead': (call) => {
		const rows = matching(call).map(({ id, email, first_name, last_name, account_type }) => {
			const display_name = `${first_name} ${last_name}`;
			return { id, email, first_name, last_name, display_name, account_type };
		});
		const paged = call.world.switches.listShape === 'paged';
		return ok(paged ? page(call.world, call, rows) : rows);
	},

	'GET /api/team': (call) => {
		const rows = matching(call).map((member) => memberAnswer(member));
		const paged = call.query.page_size !== undefined || call.query.search !== undefined;
		return ok(paged ? page(call.world, call, rows) : rows);
	},

	'GET /api/team/:member': ({ world, params }) => {
		const found = world.business.team.find(({ id }) => id === params.member);
		if (found === undefined) throw notFound();
		return ok({ ...memberAnswer(found), roles: found.roles.map(({ id }) => id) });
	},

	'GET /api/business/mine': (call) => ok(businessAnswer(call)),

	'GET /api/auth/bootstrap': (call) => {
		const client_object = { id: contactsOf(call.world.business).id };
		const team = memberAnswer(call.world.business.me);
		return ok({ team, business: { ...businessAnswer(call), client_object } });
	},
};

/** Active members whose name or email holds the search; ids are not searched. */
function matching({ world, query }: Call): Employee[] {
	const search = query.search?.toLowerCase() ?? '';
	return world.business.team.filter(
		({ deleted, first_name, last_name, email }) =>
			!deleted && `${first_name} ${last_name} ${email}`.toLowerCase().includes(search),
	);
}

function memberAnswer(member: Employee): Record<string, unknown> {
	const { user_id, ...shown } = member;
	const display_name = `${member.first_name} ${member.last_name}`;
	return { ...shown, display_name, user: { id: user_id } };
}

function businessAnswer({ world }: Call): Record<string, unknown> {
	const { id, name, phoneRegion, timezone } = world.business;
	return {
		id,
		name,
		country: phoneRegion,
		phone_default_region: phoneRegion,
		timezone: { id: timezone, name: timezone.replaceAll('_', ' '), code: timezone },
		entitlements: [],
		address: null,
		phone: '+13125550100',
		reply_to_email: 'hello@northwind.example',
	};
}
