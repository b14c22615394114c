import type { INodeProperties } from 'n8n-workflow';

import {
	fields,
	jsonFields,
	object,
	options,
	output,
	specifyFields,
	splitByAction,
} from '../parameters';
import type { Operation } from './operation';

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
	return [
		object,
		...operations.flatMap(({ value, parameters }) =>
			parameters.map((parameter) => ({
				...parameter,
				displayOptions: { show: { operation: [value] } },
			})),
		),
		specifyFields,
		fields,
		jsonFields,
		output,
		splitByAction,
		options,
	];
}
