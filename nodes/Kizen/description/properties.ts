import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { object, options, SHARED, splitByAction } from './parameters';
import { hasSeparateOutputs } from './canvas';
import type { Operation } from '../operations/operation';

/** The drop-down, made from the list of operations. */
export function operationSelector(operations: Operation[]): INodeProperties {
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
		default: 'add',
	};
}

/** Every parameter below the operation, in the order in which it is shown. */
export function parametersOf(operations: Operation[]): INodeProperties[] {
	const optionLists = new Set(operations.map((operation) => operation.options));
	return [
		object,
		...operations.flatMap((operation) => shownFor([operation], operation.parameters)),
		...Object.entries(SHARED).flatMap(([name, parameters]) =>
			shownFor(
				operations.filter(({ shares }) => shares.some((shared) => shared === name)),
				parameters,
			),
		),
		...shownFor(operations.filter(hasSeparateOutputs), [splitByAction]),
		...[...optionLists].flatMap((offered) =>
			shownFor(
				operations.filter((operation) => operation.options === offered),
				[options(offered)],
			),
		),
	];
}

function shownFor(operations: Operation[], parameters: INodeProperties[]): INodeProperties[] {
	const operation = operations.map(({ value }) => value);
	return parameters.map((parameter) => {
		const { show, ...others }: IDisplayOptions = parameter.displayOptions ?? {};
		return { ...parameter, displayOptions: { ...others, show: { operation, ...show } } };
	});
}
