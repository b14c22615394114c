import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Item } from '../operations/operation';

const parameter: INodeProperties = {
	displayName: 'Return All Fields',
	name: 'returnAllFields',
	type: 'boolean',
	default: false,
	description: 'Whether all fields of the record come out, instead of those that were written',
};

export const returnAllFields = {
	parameter,
	/** The query of the request; nothing while it is off, which is Kizen's own default. */
	query(item: Item): IDataObject | undefined {
		const all = item.parameter(parameter.name, false);
		return all === true || all === 'true' ? { return_all_fields: true } : undefined;
	},
};
