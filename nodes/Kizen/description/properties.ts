import type {
	IDisplayOptions,
	INodeOutputConfiguration,
	INodeParameters,
	INodeProperties,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { ACTIONS, type Action, type Outputs } from '../outcome';
import { options } from './options';
import { object, splitByAction } from './parameters';

/** What the editor shows of one operation. */
export interface OperationDescription {
	name: string;
	value: string;
	description: string;
	/** What the list of the node's actions calls it. */
	action: string;
	/** What can happen, in the order of the separate outputs. */
	outputs: Outputs;
	/** One thing more that can happen, unless a parameter has its default. */
	optionalOutput?: OptionalOutput;
	/**
	 * Its parameters between Object and Separate Output per Action, in the order of the panel: which
	 * record, what to write, what to do if something is in the way, what to return.
	 */
	parameters: INodeProperties[];
	/** What its Options offer: one of the lists in `options.ts`, or a list of its own. */
	options: INodeProperties[];
}

/** An output that comes after all others: it takes the place of none when it is added. */
interface OptionalOutput {
	action: Action;
	unlessDefault: INodeProperties;
}

/** Describes every parameter of the node, in the order in which they are shown. */
export function properties(operations: OperationDescription[]): INodeProperties[] {
	const optionLists = new Set(operations.map((operation) => operation.options));
	return [
		operationSelector(operations),
		object,
		...inOneOrder(operations.map(({ parameters }) => parameters)).map((parameter) =>
			shownFor(
				operations.filter(({ parameters }) => parameters.includes(parameter)),
				parameter,
			),
		),
		shownFor(operations, splitByAction),
		...[...optionLists].map((offered) =>
			shownFor(
				operations.filter((operation) => operation.options === offered),
				options(offered),
			),
		),
	];
}

/** Merges lists into one that has each parameter once, and those of each list in their order. */
function inOneOrder(lists: INodeProperties[][]): INodeProperties[] {
	const merged: INodeProperties[] = [];
	let rest = lists;
	for (;;) {
		rest = rest.filter((list) => list.length > 0);
		// The first of a list that no other list has further down.
		const next = rest
			.flatMap((list) => list.slice(0, 1))
			.find((first) => rest.every((list) => list.indexOf(first) <= 0));
		if (next === undefined) break;
		merged.push(next);
		rest = rest.map((list) => (list[0] === next ? list.slice(1) : list));
	}
	if (rest.length > 0) throw new Error('Two operations show their parameters in opposite orders');
	return merged;
}

function operationSelector(operations: OperationDescription[]): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: operations.map(({ name, value, description, action }) => ({
			name,
			value,
			description,
			action,
		})),
		// Safe to run again: it never makes a second record.
		default: 'upsert',
	};
}

function shownFor(operations: OperationDescription[], parameter: INodeProperties): INodeProperties {
	const operation = operations.map(({ value }) => value);
	const { show, ...others }: IDisplayOptions = parameter.displayOptions ?? {};
	return { ...parameter, displayOptions: { ...others, show: { operation, ...show } } };
}

/**
 * Describes the node's outputs: one, or with Separate Output per Action one for each thing that can
 * happen. The expression holds the whole table, because n8n evaluates it far from this code.
 */
export function outputs(operations: OperationDescription[]): INodeTypeDescription['outputs'] {
	const named = operations.map((operation) => {
		const { value, optionalOutput } = operation;
		const usual = JSON.stringify(operation.outputs.map(outputFor));
		if (!optionalOutput) return `${JSON.stringify(value)}: ${usual}`;
		const all = JSON.stringify([...operation.outputs, optionalOutput.action].map(outputFor));
		const { name, default: usually } = optionalOutput.unlessDefault;
		const isDefault = `[undefined, ${JSON.stringify(usually)}].includes($rawParameter[${JSON.stringify(name)}])`;
		return `${JSON.stringify(value)}: ${isDefault} ? ${usual} : ${all}`;
	});
	const one = JSON.stringify([{ type: NodeConnectionTypes.Main }]);
	return `={{ ($parameter.splitByAction && ({ ${named.join(', ')} })[$parameter.operation]) || ${one} }}`;
}

function outputFor(action: Action): INodeOutputConfiguration {
	return { type: NodeConnectionTypes.Main, displayName: ACTIONS[action].output };
}

/**
 * Returns the separate outputs of an operation, as {@link outputs} shows them.
 *
 * @param parameters as they are stored: an expression may turn out to be anything but the default
 */
export function outputsOf(
	{ outputs: usual, optionalOutput }: OperationDescription,
	parameters: INodeParameters,
): Action[] {
	if (!optionalOutput) return usual;
	const { name, default: usually } = optionalOutput.unlessDefault;
	const isDefault = [undefined, usually].includes(parameters[name]);
	return isDefault ? usual : [...usual, optionalOutput.action];
}

/**
 * Describes what the canvas shows below the node: the choice in a drop-down, and the object where a
 * name of it is known. `$parameter.object` would be its value alone, which is an ID for an object from
 * the list.
 */
export function subtitle(
	parameter: string,
	choices: Array<{ value: string; name: string }>,
): string {
	const names = Object.fromEntries(choices.map(({ value, name }) => [value, name]));
	const chosen = '$parameter.toJSON().object ?? {}';
	const name =
		'(({ mode, value, cachedResultName }) => mode === "name" ? value : cachedResultName)';
	const isExpression = 'String($rawParameter.object).startsWith("=")';
	return `={{ [(${JSON.stringify(names)})[$parameter.${parameter}], ${isExpression} ? "" : ${name}(${chosen})].filter(Boolean).join(": ") }}`;
}
