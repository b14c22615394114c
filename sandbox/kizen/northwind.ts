import { Business } from './business';
import captured from './captured/object-contacts.json';
import capturedTaxLot from './captured/object-tax_lot.json';
import { uuidFor } from './ids';
import { putRecord } from './inspection';
import type { Employee, FieldTypeName, KizenObject, RelationType } from './model';
import { buildObject, type FieldDefinition, type ObjectDefinition } from './schema';
import { defaultSwitches } from './switches';

/**
 * The business that the embedded Kizen starts with, invented: Northwind Advisory, a consultancy.
 * Every start has the same ids.
 */
export function northwind(seed: 'business' | 'empty'): Business {
	const business = new Business();
	business.team.push(...team);
	for (const file of files) business.files.set(file.id, file);
	const definitions = seed === 'empty' ? [companies, contacts] : everyObject;
	for (const definition of definitions) {
		const find = (name: string) => business.object(name) ?? promised(name);
		business.objects.push(buildObject(definition, find));
	}
	if (seed === 'business') fill(business);
	return business;
}

/** Stands in for an object that a relation names before it is built. */
function promised(name: string): KizenObject | undefined {
	const definition = everyObject.find((each) => each.name === name);
	return definition && buildObject({ ...definition, fields: [] }, () => undefined);
}

// People and files

function member(first: string, last: string, mark = ''): Employee {
	const email = `${first}.${last}${mark}@northwind.example`.toLowerCase();
	return {
		id: uuidFor(`employee ${email}`),
		user_id: uuidFor(`user ${email}`),
		first_name: first,
		last_name: last,
		email,
		account_type: 'full',
		deleted: false,
		roles: [{ id: uuidFor('role Consultant'), name: 'Consultant' }],
	};
}

/** The first is the API user. Two are both called Sam Rivera; the last has left. */
const team: Employee[] = [
	member('Integration', 'User'),
	member('Maya', 'Lindqvist'),
	member('Jonas', 'Okafor'),
	member('Sam', 'Rivera'),
	member('Sam', 'Rivera', '.2'),
	member('Priya', 'Raman'),
	{ ...member('Greta', 'Holm'), deleted: true },
];

const files = ['Engagement Letter.pdf', 'Kickoff Notes.docx', 'Logo.png'].map((name) => ({
	id: uuidFor(`file ${name}`),
	name,
	content_type: name.endsWith('.png') ? 'image/png' : 'application/pdf',
}));

// Objects

/** Contacts as captured from a live business (kizen/builder-cli), ids included. */
const contacts: ObjectDefinition = {
	name: 'client_client',
	object_name: 'Contacts',
	entity_name: 'Contact',
	is_custom: false,
	defaultFields: false,
	fields: captured.fields.map((field): FieldDefinition => {
		const { api_name: name, relation, options } = field;
		return {
			id: field.id,
			name,
			display_name: field.display_name,
			field_type: field.field_type as FieldTypeName,
			is_default: true,
			is_required: field.is_required,
			...(options && name !== 'timezone' && { options }),
			...(relation && {
				relation: {
					object: relation.related_object_object_name,
					type: relation.relation_type as RelationType,
					mirrors: relation.related_field,
					label: relation.related_name,
				},
			}),
			...(name === 'titles' && { tags: ['CEO', 'CFO', 'Controller', 'Founder'] }),
			...(name === 'tags' && { tags: ['Newsletter', 'VIP', 'Referral', 'Partner'] }),
		};
	}),
};

const [primaryCompany, additionalCompany] = captured.fields.filter((field) => field.relation);

const companies: ObjectDefinition = {
	id: primaryCompany.relation?.related_object,
	name: 'companies_company',
	object_name: 'Companies',
	entity_name: 'Company',
	is_custom: false,
	fields: [
		{ name: 'website', display_name: 'Website', field_type: 'text' },
		{ name: 'main_phone', display_name: 'Main Phone', field_type: 'phonenumber' },
		{
			name: 'industry',
			display_name: 'Industry',
			field_type: 'dropdown',
			options: ['Manufacturing', 'Retail', 'Health Care', 'Finance', 'Software'],
		},
		{ name: 'employees', display_name: 'Employees', field_type: 'integer' },
		{ name: 'annual_revenue', display_name: 'Annual Revenue', field_type: 'money' },
		{ name: 'segments', display_name: 'Segments', field_type: 'dynamictags', tags: ['Key'] },
		{
			name: 'credit_limit',
			display_name: 'Credit Limit',
			field_type: 'money',
			description: 'The API user may see it, not write it.',
			access: { edit: false },
		},
		{
			id: primaryCompany.relation?.related_field,
			name: 'primary_contacts',
			display_name: 'Primary for Contact Record',
			field_type: 'relationship',
			relation: { object: 'client_client', type: 'primary_for', mirrors: primaryCompany.id },
		},
		{
			id: additionalCompany.relation?.related_field,
			name: 'additional_contacts',
			display_name: 'Additional for Contact Records',
			field_type: 'relationship',
			relation: {
				object: 'client_client',
				type: 'additional_for',
				mirrors: additionalCompany.id,
			},
		},
	],
};

const deals: ObjectDefinition = {
	name: 'deals',
	object_name: 'Deals',
	entity_name: 'Deal',
	object_type: 'pipeline',
	stages: [
		{ name: 'Qualification', status: 'open', percentage_chance_to_close: 10 },
		{ name: 'Proposal', status: 'open', percentage_chance_to_close: 40 },
		{ name: 'Negotiation', status: 'open', percentage_chance_to_close: 70 },
		{ name: 'Closed Won', status: 'won', percentage_chance_to_close: 100 },
		{ name: 'Closed Lost', status: 'lost', percentage_chance_to_close: 0 },
		{ name: 'Disqualified', status: 'disqualified', percentage_chance_to_close: 0 },
	],
	fields: [
		{
			name: 'region',
			display_name: 'Region',
			field_type: 'dropdown',
			options: ['North', 'South', 'East', 'West'],
		},
		{
			name: 'company',
			display_name: 'Company',
			field_type: 'relationship',
			relation: { object: 'companies_company', type: 'primary' },
		},
		{
			name: 'contacts',
			display_name: 'Contacts',
			field_type: 'relationship',
			relation: { object: 'client_client', type: 'additional' },
		},
		{
			name: 'reasons_lost',
			display_name: 'Reasons Lost',
			field_type: 'dropdown',
			options: ['Price', 'Timing', 'Competitor'],
		},
		{ name: 'next_step', display_name: 'Next Step', field_type: 'longtext' },
	],
};

/** Holds a field of every type, and one of every kind that is not simply written. */
const engagements: ObjectDefinition = {
	name: 'engagement',
	object_name: 'Engagements',
	entity_name: 'Engagement',
	fields: [
		{
			name: 'reference_number',
			display_name: 'Reference Number',
			field_type: 'text',
			is_required: true,
		},
		{ name: 'is_billable', display_name: 'Billable', field_type: 'checkbox' },
		{
			name: 'services',
			display_name: 'Services',
			field_type: 'checkboxes',
			options: ['Audit', 'Tax', 'Advisory', 'Training'],
		},
		{
			name: 'approach',
			display_name: 'Approach',
			field_type: 'choices',
			options: ['On Site', 'Remote', 'Mixed'],
		},
		{ name: 'start_date', display_name: 'Start Date', field_type: 'date' },
		{ name: 'kickoff_at', display_name: 'Kickoff At', field_type: 'datetime' },
		{ name: 'hours', display_name: 'Hours', field_type: 'decimal' },
		{
			name: 'region',
			display_name: 'Region',
			field_type: 'dropdown',
			options: ['North', 'South', 'East', 'West'],
		},
		{
			name: 'keywords',
			display_name: 'Keywords',
			field_type: 'dynamictags',
			tags: ['Urgent', 'Recurring', 'Cross-Border'],
		},
		{ name: 'billing_email', display_name: 'Billing Email', field_type: 'email' },
		{ name: 'attachments', display_name: 'Attachments', field_type: 'files' },
		{ name: 'headcount', display_name: 'Headcount', field_type: 'integer' },
		{ name: 'notes', display_name: 'Notes', field_type: 'longtext', is_markdown: true },
		{ name: 'fee', display_name: 'Fee', field_type: 'money' },
		{ name: 'hotline', display_name: 'Hotline', field_type: 'phonenumber' },
		{
			name: 'priority',
			display_name: 'Priority',
			field_type: 'radio',
			options: ['Low', 'Medium', 'High'],
		},
		{ name: 'satisfaction', display_name: 'Satisfaction', field_type: 'rating' },
		{
			name: 'company',
			display_name: 'Company',
			field_type: 'relationship',
			relation: { object: 'companies_company', type: 'primary' },
		},
		{
			name: 'attendees',
			display_name: 'Attendees',
			field_type: 'relationship',
			relation: { object: 'client_client', type: 'additional' },
		},
		{
			name: 'tier',
			display_name: 'Tier',
			field_type: 'selector',
			options: ['Bronze', 'Silver', 'Gold'],
		},
		{
			name: 'health',
			display_name: 'Health',
			field_type: 'status',
			options: [
				{ name: 'On Track', color: '#2E7D32' },
				{ name: 'At Risk', color: '#F9A825' },
				{ name: 'Off Track', color: '#C62828' },
			],
		},
		{ name: 'lead', display_name: 'Lead Consultant', field_type: 'team_selector' },
		{ name: 'subtitle', display_name: 'Subtitle', field_type: 'text' },
		{ name: 'local_time_zone', display_name: 'Local Time Zone', field_type: 'timezone' },
		{ name: 'summary', display_name: 'Summary', field_type: 'wysiwyg' },
		{ name: 'renews', display_name: 'Renews', field_type: 'yesnomaybe' },
		{
			name: 'score',
			display_name: 'Score',
			field_type: 'integer',
			description: 'Computed by Kizen.',
			is_read_only: true,
		},
		{
			name: 'internal_code',
			display_name: 'Internal Code',
			field_type: 'text',
			is_hidden: true,
		},
		{ name: 'old_region', display_name: 'Region (old)', field_type: 'text', deleted: true },
		{
			name: 'margin',
			display_name: 'Margin',
			field_type: 'decimal',
			description: 'The API user may see it, not write it.',
			access: { edit: false },
		},
	],
};

/** As captured from a live business (kizen/builder-cli), ids included. */
const taxLots: ObjectDefinition = {
	id: capturedTaxLot.id,
	name: capturedTaxLot.api_name,
	object_name: 'Tax Lots',
	entity_name: capturedTaxLot.entity_name,
	defaultFields: false,
	fields: capturedTaxLot.fields.map((field, order) => ({
		id: field.id,
		name: field.api_name,
		display_name: field.display_name,
		field_type: field.field_type as FieldTypeName,
		is_required: field.is_required,
		is_default: order < 5,
	})),
};

/** An api name of mixed case, as it occurs in live businesses. */
const employeeProfiles: ObjectDefinition = {
	name: 'employee_m7SZCzg3',
	object_name: 'Employee Profiles',
	entity_name: 'Employee Profile',
	fields: [
		{ name: 'start_Date', display_name: 'Start Date', field_type: 'date' },
		{ name: 'skills', display_name: 'Skills', field_type: 'dynamictags', tags: ['Excel'] },
	],
};

/** Visible to the API user, but not writable. */
const policies: ObjectDefinition = {
	name: 'policies_policy',
	object_name: 'Policies',
	entity_name: 'Policy',
	access: { edit: false, remove: false },
	fields: [{ name: 'valid_until', display_name: 'Valid Until', field_type: 'date' }],
};

/** Exists, but the API user may not see it. */
const payrollRuns: ObjectDefinition = {
	name: 'payroll_run',
	object_name: 'Payroll Runs',
	entity_name: 'Payroll Run',
	access: { view: false, edit: false, remove: false },
};

const everyObject = [
	companies,
	contacts,
	deals,
	engagements,
	taxLots,
	employeeProfiles,
	policies,
	payrollRuns,
];

// Records

/** Two companies share a name: Contoso. */
const companyNames = [
	'Alder & Finch',
	'Blue Heron Logistics',
	'Cascade Optics',
	'Contoso',
	'Contoso',
	'Dovetail Furniture',
	'Evergreen Dental',
	'Fjord Shipping',
	'Granite Peak Capital',
	'Harbor Lane Books',
	'Juniper Health',
	'Kestrel Robotics',
	'Lumen Studio',
	'Meridian Foods',
	'Nimbus Software',
];

const archivedCompanyNames = ['Oldtown Press', 'Pinewood Mills'];

const contactNames = [
	'Ada Lovelace',
	'Grace Hopper',
	'Katherine Johnson',
	'Alan Turing',
	'Edsger Dijkstra',
	'Barbara Liskov',
	'Donald Knuth',
	'Frances Allen',
	'John Backus',
	'Radia Perlman',
	'Tim Berners-Lee',
	'Margaret Hamilton',
	'Dennis Ritchie',
	'Ken Thompson',
	'Shafi Goldwasser',
	'Leslie Lamport',
	'Adele Goldberg',
	'Niklaus Wirth',
	'Hedy Lamarr',
	'José Valim',
	'Søren Kierkegaard',
	'Zoë Washburne',
	'Chloë Sevigny',
	'Nguyễn An',
	'Mary Shelley',
	'Rosalind Franklin',
	'Lise Meitner',
	'Emmy Noether',
	'Sofia Kovalevskaya',
	'Hypatia Alexandria',
];

const archivedContactNames = ['Charles Babbage', 'Blaise Pascal', 'Gottfried Leibniz'];

const dealNames = [
	'Warehouse Audit',
	'Tax Review 2026',
	'ERP Selection',
	'Cloud Migration',
	'Payroll Outsourcing',
	'Succession Plan',
	'Due Diligence Kestrel',
	'Brand Valuation',
	'Compliance Training',
	'Grant Application',
	'Cost Reduction',
	'Board Retreat',
	'Pricing Study',
	'Fleet Leasing',
	'Lab Expansion',
	'Catalog Relaunch',
	'Clinic Rollout',
	'Security Review',
	'Menu Analytics',
	'Office Move',
];

const archivedDealNames = ['Fax Modernization', 'Y2K Review'];

function fill(business: Business): void {
	const world = { business, switches: defaultSwitches() };
	let hour = 0;
	const put = (name: string, values: Record<string, unknown>, archived = false) => {
		const object = business.object(name);
		if (object === undefined) throw new Error(`The business has no object "${name}".`);
		const at = new Date(Date.UTC(2026, 0, 5, 15) + hour++ * 3_600_000).toISOString();
		return putRecord(world, object, values, { archived, at });
	};
	const consultant = (n: number) => team[1 + (n % 5)].id;
	const turn = <T>(list: readonly T[], n: number): T => list[n % list.length];

	const companyIds = companyNames.map((name, n) => {
		const industries = ['Manufacturing', 'Retail', 'Health Care', 'Finance', 'Software'];
		return put('companies_company', {
			name,
			owner: consultant(n),
			website: `https://${slug(name)}.example`,
			main_phone: `+1312555${String(1000 + n)}`,
			industry: turn(industries, n),
			employees: 12 + n * 17,
			annual_revenue: 250_000 + n * 125_000.5,
			credit_limit: 10_000,
		}).id;
	});
	for (const name of archivedCompanyNames) put('companies_company', { name }, true);

	const contactIds = contactNames.map((name, n) => {
		const [first, ...last] = name.split(' ');
		return put('client_client', {
			first_name: first,
			last_name: last.join(' '),
			email: mail(name),
			email_status: turn(['Opted In', 'Not Opted In', 'Unsubscribed From All'], n),
			mobile_phone: `+1415555${String(2000 + n)}`,
			company_primary: turn(companyIds, n),
			...(n % 3 === 0 && { tags: [turn(['Newsletter', 'VIP', 'Referral'], n / 3)] }),
			...(n % 4 === 0 && { birthday: `19${60 + n}-0${1 + (n % 9)}-15` }),
			...(n % 5 === 0 && { timezone: 'America/New_York' }),
		}).id;
	});
	for (const name of archivedContactNames) {
		const [first, last] = name.split(' ');
		put('client_client', { first_name: first, last_name: last, email: mail(name) }, true);
	}

	const stages = business.object('deals')?.stages ?? [];
	const deal = (name: string, n: number) => {
		const stage = turn(stages, n);
		return {
			name,
			owner: consultant(n),
			stage: stage.name,
			percentage_chance_to_close: stage.percentage_chance_to_close,
			entity_value: 5_000 + n * 1_250.75,
			estimated_close_date: `2026-${String(1 + (n % 12)).padStart(2, '0')}-28`,
			region: turn(['North', 'South', 'East', 'West'], n),
			company: turn(companyIds, n),
			contacts: [turn(contactIds, n), turn(contactIds, n + 7)],
			...(stage.status !== 'open' && { actual_close_date: '2026-02-27T17:00:00Z' }),
			...(stage.status === 'lost' && { reasons_lost: 'Timing' }),
		};
	};
	dealNames.forEach((name, n) => put('deals', deal(name, n)));
	archivedDealNames.forEach((name, n) => put('deals', deal(name, n), true));

	const engagement = (name: string, n: number) => ({
		name,
		reference_number: `NA-${1001 + n}`,
		is_billable: n % 2 === 0,
		services: [turn(['Audit', 'Tax', 'Advisory'], n), 'Training'],
		approach: turn(['On Site', 'Remote', 'Mixed'], n),
		start_date: `2026-03-0${1 + n}`,
		kickoff_at: `2026-03-0${1 + n}T15:30:00Z`,
		hours: 12.5 + n,
		region: turn(['North', 'South', 'East', 'West'], n),
		keywords: ['Urgent', 'Recurring'],
		billing_email: `billing+${n}@northwind.example`,
		attachments: [turn(files, n).id],
		headcount: 3 + n,
		notes: '**Scope**\n\n- interviews\n- report',
		fee: 12_000.5 + n,
		hotline: '+13125550100x12',
		priority: turn(['Low', 'Medium', 'High'], n),
		satisfaction: 1 + (n % 5),
		company: turn(companyIds, n),
		attendees: contactIds.slice(n, n + 3),
		tier: turn(['Bronze', 'Silver', 'Gold'], n),
		health: turn(['On Track', 'At Risk', 'Off Track'], n),
		lead: consultant(n),
		subtitle: `Phase ${n + 1}`,
		local_time_zone: 'Europe/Berlin',
		summary: '<p>Kickoff held.</p>',
		renews: turn(['Yes', 'No', 'Maybe'], n),
		score: 40 + n,
		internal_code: `X${n}`,
		margin: 21.5,
	});
	const engagementNames = ['Alder Audit', 'Heron Tax', 'Cascade Coaching', 'Dental Growth'];
	engagementNames.forEach((name, n) => put('engagement', engagement(name, n)));
	put('engagement', engagement('Mothballed Study', 4), true);

	for (const [n, ticker] of ['VTI', 'VXUS', 'BND'].entries()) {
		put('tax_lot', {
			name: `${ticker} - 20250331`,
			ticker_symbol: ticker,
			purchase_price: 274.84 + n,
			number_of_shares: 5,
			current_value: 320.81 + n,
		});
	}
	put('tax_lot', { name: 'GLD - 20240105', ticker_symbol: 'GLD' }, true);
	put('employee_m7SZCzg3', { name: 'Maya Lindqvist', start_Date: '2021-09-01', skills: ['Excel'] });
	put('policies_policy', { name: 'Travel Policy', valid_until: '2027-12-31' });
	put('payroll_run', { name: 'January 2026' });
	saveGroups(business, stages[0].id);
}

/** Groups of records that people saved in Kizen, for group_id in search. */
function saveGroups(business: Business, firstStage: string): void {
	const filter = (field: string, condition: string, value: unknown) => [
		{ and: true, filters: [{ type: 'fields_v2', subtype: 'non_custom', field, condition, value }] },
	];
	business.object('deals')?.groups.push({
		id: uuidFor('group Qualification'),
		name: 'In Qualification',
		query: filter('stage', '=', firstStage),
	});
	business.object('client_client')?.groups.push({
		id: uuidFor('group Opted In'),
		name: 'Opted In',
		query: filter('email_status', '=', 'opted_in'),
	});
}

function slug(name: string): string {
	return plain(name).replace(/[^a-z0-9]+/g, '-');
}

function mail(name: string): string {
	return `${plain(name).replace(/[^a-z0-9-]+/g, '.')}@example.com`;
}

function plain(name: string): string {
	const ascii = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
	return ascii.toLowerCase().replaceAll('ø', 'o').replaceAll('ễ', 'e');
}
