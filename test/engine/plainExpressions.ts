import './environment';

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { ExecuteContext } from 'n8n-core';
import {
	createRunExecutionData,
	Expression,
	Workflow,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { compile } from '../../nodes/Kizen/run/plainExpression';

/**
 * Expressions and items of every kind, evaluated by the node and by n8n. n8n 2 has several engines for
 * expressions, which a test runs in processes of their own: `node --import tsx <this file> <engine>`.
 */

/** Holds that whatever the node evaluates, n8n evaluates to the same. */
export function holdAgainstN8n(numRuns: number): void {
	const property = fc.property(expressions, items, (expression, json) => {
		const ours = compile(expression)?.(json);
		if (ours === undefined) return true;
		return isDeepStrictEqual(byN8n(expression, json), ours);
	});
	fc.assert(property, { numRuns });
}

const KEYS = [
	...['a', 'b', 'first', 'length', 'class', 'default', 'First Name', "it's", 'a.b', '0', '1', ''],
	...['toString', 'constructor', '__proto__', 'prototype', 'hasOwnProperty', 'valueOf', 'then'],
	...['toJSON', 'isProxy', '__isProxy', 'binding', 'caller', 'isEmpty', 'ä', '$x', '_y', '__z'],
	...['{', '}}', 'a"b', ' ', 'null'],
];
const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 4 }));

const blanks = fc.oneof(
	{ weight: 8, arbitrary: fc.constant('') },
	{ weight: 2, arbitrary: fc.constantFrom(' ', '\n', '\t', '\u00a0', '\r\n', ' /* */ ') },
);
const access = fc.oneof(
	fc
		.tuple(blanks, fc.constantFrom('.', '?.'), blanks, key)
		.map(([before, point, after, name]) => `${before}${point}${after}${name}`),
	fc
		.tuple(blanks, fc.constantFrom('', '?.'), fc.constantFrom('"', "'", '`'), key)
		.map(([blank, point, quote, name]) => `${blank}${point}[${blank}${quote}${name}${quote}]`),
	fc.constantFrom('[0]', '[ 1 ]', '[00]', '[-1]', '[]', '()', '.first()', '["a" ]', '["\\n"]'),
);
const root = fc.oneof(
	{ weight: 9, arbitrary: fc.constant('$json') },
	{
		weight: 1,
		arbitrary: fc.constantFrom('$jsons', 'json', '$data', '($json)', '$input.item.json'),
	},
);
const braces = fc
	.tuple(blanks, root, fc.array(access, { maxLength: 3 }), blanks)
	.map(([before, from, path, after]) => `{{${before}${from}${path.join('')}${after}}}`);
const text = fc.oneof(
	fc.constantFrom(' ', 'Dear ', '\n', '\r\n', '{', '}', '{{', '}}', '{{}}', '\\', '\\{{', '=', '"'),
	fc.constantFrom("'", '`', '${a}', '. constructor', 'Mr.first (x)', '\u2028', '\0', '\ud800'),
	fc.constantFrom('{"a": "', '"}'),
	fc.string({ maxLength: 5 }),
);
const expressions = fc
	.oneof(
		braces,
		fc.array(fc.oneof(braces, text), { maxLength: 5 }).map((parts) => parts.join('')),
	)
	.map((expression) => `=${expression}`);

class Thing {
	a = 1;
	get b() {
		return 2;
	}
}
const leaf = fc.oneof(
	fc.constantFrom<unknown>(null, undefined, true, false, 0, -0, NaN, Infinity, 1.5, 1e21, 2 ** 60),
	fc.constantFrom<unknown>('', ' ', '=1', '={{ $json.a }}', '{{ $json.a }}', '}}', 'x\ny', '\\'),
	fc.constantFrom<unknown>(
		new Date(0),
		DateTime.fromMillis(0),
		new Thing(),
		new Map(),
		5n,
		() => 1,
	),
	fc.constantFrom<unknown>([], {}, [undefined], Object.create(null), Object.create({ a: 1 })),
	fc.string({ maxLength: 5 }),
	fc.double(),
);
const objectOf = (values: fc.Arbitrary<unknown>) =>
	fc.array(fc.tuple(key, values), { maxLength: 5 }).map((entries) => Object.fromEntries(entries));
const values = fc.letrec((tie) => ({
	any: fc.oneof(
		{ maxDepth: 3 },
		leaf,
		objectOf(tie('any')),
		fc.array(tie('any'), { maxLength: 3 }),
	),
})).any;
const items = objectOf(values);

const nodeOf = (value: string): INode => ({
	id: 'node',
	name: 'Node',
	type: 'test',
	typeVersion: 1,
	position: [0, 0],
	parameters: { value },
});
const nodeType = {
	description: {
		name: 'test',
		version: 1,
		properties: [{ displayName: 'Value', name: 'value', type: 'string', default: '' }],
	},
} as unknown as INodeType;
const workflow = new Workflow({
	nodes: [nodeOf('')],
	connections: {},
	active: false,
	nodeTypes: {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	},
});
const surroundings = {
	executionId: '1',
	variables: {},
	webhookWaitingBaseUrl: 'http://localhost/',
	formWaitingBaseUrl: 'http://localhost/',
} as unknown as IWorkflowExecuteAdditionalData;

/** As the node would read its parameter from n8n; what n8n throws is an outcome as well. */
function byN8n(expression: string, json: unknown): unknown {
	const input = [{ json }] as INodeExecutionData[];
	const node = nodeOf(expression);
	const context = new ExecuteContext(
		workflow,
		node,
		surroundings,
		'manual',
		createRunExecutionData(),
		0,
		input,
		{ main: [input] },
		{ node, data: { main: [input] }, source: null },
		[],
	);
	try {
		return { value: context.getNodeParameter('value', 0, '', { skipValidation: true }) };
	} catch (thrown) {
		return { thrown };
	}
}

/** Sets up one of n8n 2's engines for expressions. */
async function useEngine(engine: 'vm' | 'quickjs'): Promise<void> {
	await Expression.initExpressionEngine({
		engine,
		poolSize: 1,
		maxCodeCacheSize: 1_000,
		bridgeTimeout: 60_000,
		bridgeMemoryLimit: 128,
	});
	await workflow.expression.acquireIsolate();
}

if (require.main === module) {
	const [, , engine, numRuns] = process.argv;
	useEngine(engine as 'vm')
		.then(() => holdAgainstN8n(Number(numRuns)))
		.then(
			() => process.exit(0),
			(error: unknown) => {
				console.error(error);
				process.exit(1);
			},
		);
}
