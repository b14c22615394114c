import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import ts from 'typescript';

import { KizenApi } from '../../credentials/KizenApi.credentials';
import { conditions } from '../../nodes/Kizen/description/search';
import { FIELD_TYPES, readSchema } from '../../nodes/Kizen/fields';
import { KizenRecords } from '../../nodes/Kizen/KizenRecords.node';
import { conditionsOf } from '../../nodes/Kizen/description/conditions';
import { expressionOf } from './engine';

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
