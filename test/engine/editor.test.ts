import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CredentialTestContext } from 'n8n-core';
import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import ts from 'typescript';

import { KizenApi } from '../../credentials/KizenApi.credentials';
import { conditionsOf } from '../../nodes/Kizen/description/conditions';
import { conditions } from '../../nodes/Kizen/description/search';
import { readSchema, FIELD_TYPES } from '../../nodes/Kizen/fields';
import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { OPERATIONS } from '../../nodes/Kizen/operations';
import { startKizen, type EmbeddedKizen } from '../../sandbox/kizen';
import { askNode, byName, expressionOf, runInEngine, surroundings } from './engine';

/** What the editor shows and asks for, and what a language model reads of it. */

let kizen: EmbeddedKizen;

beforeAll(async () => {
	kizen = await startKizen();
});
afterAll(async () => await kizen.stop());
beforeEach(() => kizen.reset());

describe('What the editor asks for', () => {
	const { methods } = new KizenRecords();
	const { searchObjects } = methods.listSearch;
	const { getFields } = methods.resourceMapping;
	const { getReadableFields } = methods.loadOptions;

	const object = (value: string) => ({ object: byName(value) });

	describe('The list of objects', () => {
		it('shows every object the key may see by its plural name, contacts included', async () => {
			const { results, paginationToken } = await askNode(searchObjects, {}, kizen.credential);
			expect(results.map(({ name }) => name)).toEqual([
				'Companies',
				'Contacts',
				'Deals',
				'Employee Profiles',
				'Engagements',
				'Policies',
				'Tax Lots',
			]);
			expect(results[1].value).toBe(kizen.object('client_client').id);
			expect(paginationToken).toBeUndefined();
		});

		it('is searched by Kizen', async () => {
			const { results } = await askNode(searchObjects, {}, kizen.credential, 'compan');
			expect(results.map(({ name }) => name)).toEqual(['Companies']);
			expect(kizen.log[0].query).toMatchObject({ search: 'compan', custom_only: 'false' });
		});

		it('comes in pages, each object once, with 500 objects', async () => {
			for (let n = 0; n < 493; n++) {
				kizen.addObject({
					name: `many_${n}`,
					object_name: `Many ${n}`,
					entity_name: `Many ${n}`,
					fields: [],
				});
			}
			const seen: string[] = [];
			let token: string | undefined;
			do {
				const page = await askNode(searchObjects, {}, kizen.credential, '', token ?? '1');
				seen.push(...page.results.map(({ name }) => name));
				token = page.paginationToken as string | undefined;
				expect(['string', 'undefined']).toContain(typeof token);
			} while (token !== undefined);
			expect(new Set(seen).size).toBe(500);
			expect(seen).toHaveLength(500);
			expect(kizen.log).toHaveLength(5);
		});

		it('says what is wrong with the credential', async () => {
			const asked = askNode(searchObjects, {}, { ...kizen.credential, apiKey: 'wrong' });
			await expect(asked).rejects.toMatchObject({
				message: expect.stringMatching(/^Kizen refused the API key/),
			});
		});
	});

	describe('The fields of an object', () => {
		const names = async (of: string) =>
			(await askNode(getFields, object(of), kizen.credential)).fields;

		it('of contacts begin with the email', async () => {
			const fields = await names('client_client');
			expect(fields[0]).toMatchObject({
				id: 'email',
				displayName: 'Email',
				type: 'string',
				removed: false,
			});
			expect(fields.map(({ id }) => id)).not.toEqual(
				expect.arrayContaining(['created', 'updated', 'full_name']),
			);
		});

		it('of a pipeline begin with the name, and have neither stage nor dates that Kizen sets', async () => {
			const ids = (await names('deals')).map(({ id }) => id);
			expect(ids[0]).toBe('name');
			for (const id of ['stage', 'created', 'updated', 'actual_close_date', 'display_name']) {
				expect(ids).not.toContain(id);
			}
			expect(ids).toEqual(
				expect.arrayContaining(['region', 'company', 'estimated_close_date', 'owner']),
			);
		});

		it('with one label are told apart by their API names in every list', async () => {
			const label = 'Reference';
			kizen.addField('deals', { name: 'ref_a', display_name: label, field_type: 'text' });
			kizen.addField('deals', {
				name: 'ref_b',
				display_name: ' reference',
				field_type: 'money',
				is_required: true,
			});
			const hidden = { field_type: 'text', is_hidden: true } as const;
			kizen.addField('deals', { name: 'old_region', display_name: 'Region', ...hidden });
			const columns = await names('deals');
			const twins = columns.filter(({ id }) => id.startsWith('ref_'));
			expect(twins.map(({ displayName }) => displayName)).toEqual([
				'Reference (ref_a)',
				'reference (ref_b) (USD, required for new records)',
			]);
			expect(columns.find(({ id }) => id === 'region')?.displayName).toBe('Region');

			const options = await askNode(getReadableFields, object('deals'), kizen.credential);
			expect(options).toEqual(
				expect.arrayContaining([
					{ name: 'Reference (ref_a)', value: 'ref_a' },
					{ name: 'reference (ref_b)', value: 'ref_b' },
					{ name: 'Region', value: 'region' },
				]),
			);
		});

		it('of every type have the form that fits it, and start empty', async () => {
			const fields = await names('engagement');
			const form = (id: string) => fields.find((field) => field.id === id);
			expect(form('is_billable')).toMatchObject({
				displayName: 'Billable',
				type: 'options',
				options: [{ name: 'Yes' }, { name: 'No' }],
			});
			expect(form('headcount')).toMatchObject({ displayName: 'Headcount', type: 'string' });
			expect(form('fee')).toMatchObject({ displayName: 'Fee (USD)', type: 'string' });
			expect(form('start_date')).toMatchObject({ type: 'dateTime' });
			expect(form('company')).toMatchObject({
				displayName: 'Company (name or ID)',
				type: 'string',
			});
			expect(fields.map(({ defaultValue }) => defaultValue)).toEqual(fields.map(() => null));
			expect(form('region')).toMatchObject({
				type: 'options',
				options: [{ name: 'North' }, { name: 'South' }, { name: 'East' }, { name: 'West' }],
			});
		});

		describe('shown at first are those that a new record needs', () => {
			const shown = async (operation: string) => {
				const parameters = { operation, ...object('engagement') };
				const { fields } = await askNode(getFields, parameters, kizen.credential);
				return {
					shown: fields.filter(({ removed }) => !removed).map(({ displayName }) => displayName),
					name: fields.find(({ id }) => id === 'name'),
				};
			};

			it('for Add, and they are required', async () => {
				expect((await shown('add')).shown).toEqual([
					'Engagement Name (required)',
					'Reference Number (required)',
				]);
			});

			it('for Upsert but the name, which is Lookup Value already', async () => {
				expect(await shown('upsert')).toEqual({
					shown: ['Reference Number (required for new records)'],
					name: expect.objectContaining({
						displayName: 'Engagement Name (only to change it)',
						removed: true,
					}) as unknown,
				});
			});

			it('for Update none, and no label says otherwise', async () => {
				expect(await shown('update')).toEqual({
					shown: [],
					name: expect.objectContaining({
						displayName: 'Engagement Name',
						removed: true,
					}) as unknown,
				});
			});
		});

		describe('that are mapped, but not offered, stay in sight with their values', () => {
			const column = (id: string, displayName: string, more = {}) => ({
				id,
				displayName,
				type: 'string',
				required: false,
				display: true,
				removed: false,
				...more,
			});
			const mapped = async (to: string, value: Record<string, unknown>, schema: unknown[]) => {
				const fields = { mappingMode: 'defineBelow', value, schema };
				const parameters = { operation: 'upsert', ...object(to), fields } as INodeParameters;
				return (await askNode(getFields, parameters, kizen.credential)).fields;
			};

			it('because they belong to the object that was chosen before', async () => {
				// What n8n cannot resolve yet is null.
				const fields = await mapped('deals', { first_name: null, tags: 'VIP', owner: 'Maya' }, [
					column('first_name', 'First Name'),
					column('tags', 'Tags (comma-separated)'),
					column('owner', 'Owner'),
					column('last_name', 'Last Name', { removed: true }),
				]);
				expect(fields.slice(0, 3)).toMatchObject([
					{
						id: 'first_name',
						displayName: 'First Name (not a field of this object)',
						removed: false,
					},
					{ id: 'tags', displayName: 'Tags (not a field of this object)', removed: false },
					{ id: 'name', displayName: 'Deal Name (only to change it)' },
				]);
				expect(fields.filter(({ id }) => ['owner', 'last_name'].includes(id))).toHaveLength(1);
			});

			it('because they were deleted or closed in Kizen', async () => {
				const fields = await mapped('engagement', { old_region: 'North', margin: '5' }, [
					column('old_region', 'Region (old)'),
					column('margin', 'Margin'),
				]);
				expect(fields.slice(0, 2).map(({ displayName }) => displayName)).toEqual([
					'Region (old) (not a field of this object)',
					'Margin (cannot be written)',
				]);
				// It is not marked twice when the list is read again.
				const again = await mapped('engagement', { margin: '5' }, fields);
				expect(again[0].displayName).toBe('Margin (cannot be written)');
			});

			it('until they are removed', async () => {
				const fields = await mapped('deals', {}, [
					column('first_name', 'First Name (not a field of this object)', { removed: true }),
				]);
				expect(fields.map(({ id }) => id)).not.toContain('first_name');
			});
		});

		it('offer the owners by name and email, and a text where the key may not see the team', async () => {
			const owner = async () => (await names('deals')).find(({ id }) => id === 'owner');
			expect(await owner()).toMatchObject({
				type: 'options',
				options: expect.arrayContaining([
					{
						name: 'Maya Lindqvist (maya.lindqvist@northwind.example)',
						value: 'maya.lindqvist@northwind.example',
					},
				]),
			});
			kizen.faults.queue.push({
				match: { path: '/team' },
				fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			});
			expect(await owner()).toMatchObject({ type: 'string' });
		});

		it('that are deleted, read-only, computed or closed to the key are not offered', async () => {
			const ids = (await names('engagement')).map(({ id }) => id);
			for (const id of ['old_region', 'score', 'margin']) expect(ids).not.toContain(id);
		});

		it('ask for the object first when none is chosen', async () => {
			expect(await askNode(getFields, {}, kizen.credential)).toEqual({
				fields: [],
				emptyFieldsNotice: expect.stringMatching(/^Choose an object under 'Object'/) as string,
			});
			expect(kizen.log).toEqual([]);
		});

		it('ask for the credential in an imported workflow, and then to open the node again, which n8n needs to read the fields again', async () => {
			const notice = async (key?: string) => {
				const credential = key === undefined ? undefined : { ...kizen.credential, apiKey: key };
				return (await askNode(getFields, object('client_client'), credential)).emptyFieldsNotice;
			};
			expect(await notice()).toBe(
				"This node has no credential. Choose or create one under 'Credential'. Then close the node and open it again: it reads the fields when it opens.",
			);
			expect(await notice('wrong')).toMatch(
				/^Kizen refused the API key for this business and user\..* Then close the node and open it again: it reads the fields when it opens\.$/,
			);
		});

		it('say that the object does not exist, or may not be seen', async () => {
			for (const missing of ['companys', 'payroll_run']) {
				const message = `Kizen has no "${missing}", or the API key may not see it`;
				expect(await askNode(getFields, object(missing), kizen.credential)).toEqual({
					fields: [],
					emptyFieldsNotice: expect.stringContaining(`${message}. Choose the object`) as string,
				});
				// What was mapped before is not dropped for it.
				const mapped = { ...object(missing), fields: { schema: [{ id: 'name' }] } };
				await expect(askNode(getFields, mapped, kizen.credential)).rejects.toMatchObject({
					message,
				});
			}
		});
	});

	describe('The test of the credential', () => {
		const test = async (change: Record<string, string> = {}) =>
			await methods.credentialTest.testKizenApi.call(new CredentialTestContext(surroundings()), {
				id: '1',
				name: 'Kizen',
				type: 'kizenApi',
				data: { ...kizen.credential, ...change },
			});

		it('passes and names the business', async () => {
			expect(await test()).toEqual({
				status: 'OK',
				message: 'Connected to the business "Northwind Advisory"',
			});
		});

		it('forgives a slash or /api at the end of the Base URL, and white space around the values', async () => {
			const { url, credential } = kizen;
			for (const baseUrl of [`${url}/`, `${url}/api`, ` ${url}/api/ `]) {
				expect(await test({ baseUrl, apiKey: ` ${credential.apiKey}\n` })).toMatchObject({
					status: 'OK',
				});
			}
		});

		it.each([
			['a wrong key', { apiKey: 'wrong' }, /^Kizen refused the API key for this business and user/],
			[
				"a business's name in place of its ID",
				{ businessId: 'Northwind' },
				/^Kizen refused the API key for this business and user\. Kizen says: You are not a member/,
			],
			[
				'another user',
				{ userId: 'c0ffee' },
				/^Kizen refused the API key for this business and user/,
			],
			['no key', { apiKey: ' ' }, /^API Key is missing\.$/],
			['no IDs', { businessId: '', userId: '' }, /^Business ID and User ID are missing\.$/],
			['nobody listening', { baseUrl: 'http://localhost:9' }, /^Kizen could not be reached at/],
			['no Base URL', { baseUrl: '' }, /^The credential's Base URL is empty\./],
		])('says what is wrong: %s', async (_what, change, message) => {
			const result = await test(change);
			expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
			expect(result.message).not.toContain(kizen.credential.apiKey);
		});

		it.each([
			['https://go.kizen.com', 'https://app.go.kizen.com'],
			['http://GO.kizen.com/client/1?tab=2#3', 'https://app.go.kizen.com'],
			['https://fmo.kizen.com/api/', 'https://app.fmo.kizen.com'],
			['https://v2.staging.kizen.com', 'https://staging.kizen.com'],
		])('knows the address of the app before it asks: %s', async (baseUrl, api) => {
			expect(await test({ baseUrl })).toEqual({
				status: 'Error',
				message: `The credential's Base URL "${baseUrl}" is the address of the Kizen app, not of its API. Open the credential and use ${api} as 'Base URL', or choose the 'Environment'.`,
			});
		});

		it("knows a web page, which the app's address answers instead of the API's", async () => {
			kizen.faults.queue.push({ fault: { kind: 'html' } });
			expect(await test()).toEqual({
				status: 'Error',
				message: expect.stringMatching(
					/^Kizen answered with a web page\. .*https:\/\/app\.go\.kizen\.com/,
				),
			});
		});

		it('says that the key lacks permission', async () => {
			kizen.faults.queue.push({
				fault: { kind: 'status', status: 403, body: { code: 'permission_required' } },
			});
			expect((await test()).message).toMatch(/^The API key has no permission.*Standard API Keys/);
		});
	});
});

describe('The panel', () => {
	const { description } = new KizenRecords();

	describe('A new node', () => {
		it('starts on Upsert, which can be run again without a second record', () => {
			const operation = description.properties.find(({ name }) => name === 'operation');
			expect(operation?.default).toBe('upsert');
		});
	});

	describe('Below the node, the canvas shows', () => {
		const locator = (mode: string, value: string, cachedResultName?: string): INodeParameters => ({
			object: { __rl: true, mode, value, ...(cachedResultName && { cachedResultName }) },
		});

		it.each([
			['the object from the list by its name', locator('list', 'c0ffee', 'Contacts'), ': Contacts'],
			['the object by the name that was entered', locator('name', 'Deals'), ': Deals'],
			['no ID', locator('id', 'c0ffee'), ''],
			['no object where none is chosen', locator('list', ''), ''],
			['no expression', locator('name', '={{ $json.object }}'), ''],
			['no name from before an expression', locator('list', '={{ $json.id }}', 'Contacts'), ''],
			['no expression alone', { object: '={{ $json.object }}' }, ''],
			['no object in a node that never had one', {}, ''],
		])('%s, behind the operation', (_what, parameters, object) => {
			const { subtitle = '' } = description;
			expect(expressionOf(subtitle, parameters)).toBe(`Upsert${object}`);
			const moving = { ...parameters, operation: 'moveToStage' };
			expect(expressionOf(subtitle, moving)).toBe(`Move to Stage${object}`);
		});
	});

	describe('A condition', () => {
		const [{ values }] = conditions.options as Array<{ values: INodeProperties[] }>;
		const boxes = (name: string, condition: string) =>
			values
				.filter((property) => property.name === name)
				.filter((property) => NodeHelpers.displayParameter({ condition }, property, null, null))
				.map(({ placeholder }) => placeholder);
		const fields = FIELD_TYPES.map((field_type) => ({
			id: field_type,
			name: field_type,
			field_type,
		}));

		it.each(readSchema({}, fields).fields.map((field) => [field.type, field] as const))(
			'on a field of the type %s has the one box that it needs for its value',
			(_type, field) => {
				for (const { value, takes } of conditionsOf(field)) {
					expect([value, boxes('value', value)]).toEqual([
						value,
						takes === 'nothing' ? [] : [expect.stringMatching(/^e\.g\. /)],
					]);
					expect(boxes('valueTo', value)).toHaveLength(takes === 'two' ? 1 : 0);
				}
			},
		);

		it.each([
			['date', 'on', 'e.g. 2026-03-31'],
			['datetime', 'between_dates', 'e.g. 2026-03-31'],
			['date', 'month_equals', 'e.g. March'],
			['integer', 'equals', 'e.g. 1000'],
			['money', 'between', 'e.g. 1000'],
			['checkbox', 'checked', 'e.g. yes'],
			['dropdown', 'is', 'e.g. North'],
			['dropdown', 'is_any_of', 'e.g. North, South'],
			['dynamictags', 'has', 'e.g. North, South'],
		])('on a field of the type %s with %s shows a sample that fits', (type, value, sample) => {
			const field = readSchema({}, fields).fields.find(({ name }) => name === type)!;
			expect(conditionsOf(field).map((condition) => condition.value)).toContain(value);
			expect(boxes('value', value)).toEqual([sample]);
		});

		it('that is an expression has one box for each of two values', () => {
			expect(boxes('value', '={{ $json.how }}')).toHaveLength(1);
			expect(boxes('valueTo', '={{ $json.how }}')).toHaveLength(1);
		});
	});

	describe('What the node says names parameters and choices as they are called on the screen', () => {
		/** What else has a name in messages: things of n8n's and of Kizen's screens. */
		const ELSEWHERE = [
			'Always Output Data',
			'Credential',
			'Values to Write',
			'Refresh Field List',
			'Allowed Domains',
			'Allowed HTTP Request Domains',
			'Standard API Keys',
		];

		const known = new Set([
			...ELSEWHERE,
			...namesIn([...description.properties, ...new KizenApi().properties]),
		]);

		it('in every message', () => {
			const wrong = sources().flatMap((file) =>
				quotedNamesIn(file)
					.filter((name) => !known.has(name))
					.map((name) => `${basename(file)}: '${name}'`),
			);
			expect(wrong).toEqual([]);
		});

		function namesIn(parameters: INodeProperties[]): string[] {
			return parameters.flatMap(({ displayName, options = [] }) => [
				displayName,
				...options.flatMap((option): string[] => {
					if ('values' in option) return [option.displayName, ...namesIn(option.values)];
					if ('displayName' in option) return namesIn([option]);
					return [(option as INodePropertyOptions).name];
				}),
			]);
		}

		function sources(): string[] {
			return ['nodes', 'credentials'].flatMap((folder) =>
				readdirSync(join(__dirname, '..', '..', folder), { recursive: true, withFileTypes: true })
					.filter(({ name }) => name.endsWith('.ts'))
					.map(({ parentPath, name }) => join(parentPath, name)),
			);
		}

		/** Every `'Name'` inside a text of the source; an apostrophe has a letter before it. */
		function quotedNamesIn(file: string): string[] {
			const names: string[] = [];
			const visit = (node: ts.Node): void => {
				if (
					ts.isStringLiteralLike(node) ||
					ts.isTemplateHead(node) ||
					ts.isTemplateMiddle(node) ||
					ts.isTemplateTail(node)
				) {
					for (const [, name] of node.text.matchAll(/(?<![\w])'([A-Z][^']*)'(?!\w)/g))
						names.push(name);
				}
				ts.forEachChild(node, visit);
			};
			visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
			return names;
		}
	});
});

/**
 * What a language model meets: it reads the descriptions, fills parameters (which reach the node as
 * expressions), gets the items' JSON back, and must be able to act on what goes wrong. That n8n makes
 * a tool of the node is tested in a real n8n.
 */
describe('As a tool of an agent', () => {
	const { description } = new KizenRecords();

	function everyParameter(properties: INodeProperties[]): INodeProperties[] {
		return properties.flatMap((property) => [
			property,
			...everyParameter(
				(property.options ?? []).flatMap((option) =>
					'values' in option ? option.values : 'type' in option ? [option] : [],
				),
			),
		]);
	}

	const parameters = everyParameter(description.properties);

	/** The parameters shown for an operation, in the node or in the tool that n8n makes of it. */
	function shown(operation: string, name = 'kizenRecords'): string[] {
		const values = { operation } as INodeParameters;
		const type = { ...description, name };
		const node = { typeVersion: 1 };
		const filled = NodeHelpers.getNodeParameters(
			description.properties,
			values,
			true,
			false,
			node,
			type,
		);
		return description.properties
			.filter((property) =>
				NodeHelpers.displayParameter(filled ?? {}, property, node, type, filled ?? {}),
			)
			.map((property) => property.name);
	}

	describe('The operations', () => {
		it('stand in the order in which people look for them', () => {
			expect(OPERATIONS.map(({ name }) => name)).toEqual([
				'Add',
				'Upsert',
				'Archive',
				'Get',
				'Look Up',
				'Move to Stage',
				'Search',
				'Unarchive',
				'Update',
			]);
		});

		it('say what they do, as verb and object', () => {
			for (const { action, description: said } of OPERATIONS) {
				expect(action).toMatch(/^[A-Z][a-z]+( up)? records?( to stage)?$/);
				expect(said.length).toBeGreaterThan(20);
			}
		});

		const WRITE = ['specifyFields', 'fields'];
		const RETURN = ['output', 'splitByAction', 'options'];

		it.each<[string, string[]]>([
			['add', [...WRITE, 'unarchive', ...RETURN]],
			[
				'upsert',
				[
					'lookupValue',
					...WRITE,
					'oncreateUnarchive',
					'onupdateArchivedConflict',
					'ifExists',
					'returnAllFields',
					...RETURN,
				],
			],
			['archive', ['record', 'ifNoneActive', 'splitByAction', 'options']],
			['get', ['record', ...RETURN]],
			['lookUp', ['lookupValue', 'ifNotFound', ...RETURN]],
			['moveToStage', ['record', 'stage', ...RETURN]],
			['search', ['searchFor', 'conditions', 'combine', 'returnAll', 'limit', ...RETURN]],
			['unarchive', ['record', ...RETURN]],
			['update', ['record', ...WRITE, 'archivedConflict', 'returnAllFields', ...RETURN]],
		])('%s shows what it needs and nothing else, in the order of the work', (operation, names) => {
			expect(shown(operation)).toEqual(['operation', 'object', ...names]);
		});

		it.each(OPERATIONS.map(({ value }) => value))(
			'%s has no separate outputs as a tool, which has one answer',
			(operation) => {
				const tool = shown(operation, 'kizenRecordsTool');
				expect(tool).toEqual(shown(operation).filter((name) => name !== 'splitByAction'));
			},
		);
	});

	describe('The parameters', () => {
		it('each say what they are for', () => {
			const silent = parameters.filter(
				({ type, name, description: said }) =>
					!said && !['collection', 'resourceMapper'].includes(type) && name !== 'operation',
			);
			expect(silent.map(({ name }) => name)).toEqual([]);
		});

		it('speak without words that frighten', () => {
			const texts = parameters.flatMap((parameter) => [
				parameter.displayName,
				parameter.description ?? '',
				parameter.hint ?? '',
				...(parameter.options ?? []).flatMap((option) =>
					'name' in option
						? [option.name, ('description' in option && option.description) || '']
						: [],
				),
			]);
			const frightening = texts.filter((text) =>
				/\b(errors?|problems?|failures?|mistakes?)\b/i.test(text.replaceAll('On Error', '')),
			);
			expect(frightening).toEqual([]);
		});

		it('keep their name and kind across operations, so that what was typed stays', () => {
			const kinds = new Map<string, Set<string>>();
			for (const { name, type } of description.properties) {
				kinds.set(name, (kinds.get(name) ?? new Set<string>()).add(type));
			}
			expect([...kinds].filter(([, types]) => types.size > 1)).toEqual([]);
		});
	});

	describe('What a model fills in', () => {
		/** As n8n hands it to the node: the model's arguments are resolved where an expression stands. */
		const call = async (operation: string, own: INodeParameters, args: Record<string, unknown>) =>
			await runInEngine({
				credential: kizen.credential,
				parameters: {
					operation,
					object: byName('={{ $json.object }}'),
					...own,
				},
				rows: [args as never],
			});
		const DEALS = { object: 'deals' };
		const idOf = (name: string) => kizen.find('deals', { name })?.id;
		const RECORD = { record: '={{ $json.record }}' };
		const FIELDS = { specifyFields: 'json', jsonFields: '={{ $json.fields }}' };

		it('is enough for every operation', async () => {
			const record = idOf('Tax Review 2026');
			const calls: Array<[string, INodeParameters, Record<string, unknown>]> = [
				['add', FIELDS, { fields: '{ "name": "By Agent", "Region": "north" }' }],
				[
					'upsert',
					{ ...FIELDS, lookupValue: '={{ $json.name }}' },
					{ name: 'by agent', fields: { Region: 'South' } },
				],
				['get', RECORD, { record }],
				['lookUp', { lookupValue: '={{ $json.name }}' }, { name: 'By Agent' }],
				[
					'moveToStage',
					{ ...RECORD, stage: byName('={{ $json.stage }}') },
					{ record, stage: 'negotiation' },
				],
				[
					'search',
					{
						conditions: {
							condition: [
								{
									field: '={{ $json.field }}',
									condition: '={{ $json.how }}',
									value: '={{ $json.value }}',
								},
							],
						},
						limit: '={{ $json.limit }}',
					},
					{ field: 'Region', how: 'Is', value: 'South', limit: 1 },
				],
				['update', { ...RECORD, ...FIELDS }, { record, fields: { 'Next Step': 'Call' } }],
				['archive', RECORD, { record }],
				['unarchive', RECORD, { record }],
			];
			const said: unknown[] = [];
			for (const [operation, own, args] of calls) {
				const { json, error } = await call(operation, own, { ...DEALS, ...args });
				expect(error).toBeUndefined();
				expect(json).toHaveLength(1);
				said.push(json[0].action === 'found' ? json[0].name : json[0].action);
			}
			expect(said).toEqual([
				'created',
				'updated',
				'Tax Review 2026',
				'By Agent',
				'moved',
				'Tax Review 2026',
				'updated',
				'archived',
				'unarchived',
			]);
		});

		it('comes back compact: no envelopes, no empty fields, and less where fields are chosen', async () => {
			const record = idOf('Tax Review 2026');
			const size = async (own: INodeParameters) => {
				const { json } = await call('get', { ...RECORD, ...own }, { ...DEALS, record });
				return JSON.stringify(json).length;
			};
			const raw = await size({ output: 'raw' });
			expect(await size({})).toBeLessThan(raw / 2);
			expect(await size({ output: 'selected', selectedFields: ['stage'] })).toBeLessThan(100);
		});

		it.each([
			['get', RECORD, { record: 'Tax Review 1926' }, /Check 'Record'/],
			[
				'lookUp',
				{ lookupValue: '={{ $json.name }}' },
				{ name: 'tax review 1926' },
				/'If No Record Is Found'/,
			],
			['get', RECORD, { object: 'deal', record: 'x' }, /'Object' with From List/],
			[
				'search',
				{ conditions: { condition: [{ field: 'Regio', condition: 'is', value: 'x' }] } },
				{},
				/Did you mean "Region"/,
			],
		] as Array<[string, INodeParameters, Record<string, unknown>, RegExp]>)(
			'is answered with words to act on where it does not fit: %s',
			async (operation, own, args, remedy) => {
				const { error } = await call(operation, own, { ...DEALS, ...args });
				expect(error?.description).toMatch(remedy);
			},
		);
	});
});
