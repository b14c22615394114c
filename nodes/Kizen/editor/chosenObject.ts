import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { locatorValue, object } from '../description';

/** Returns the object that is chosen in the node; undefined for none, and for an expression. */
export function chosenObject(context: ILoadOptionsFunctions): string | undefined {
	const locator = context.getCurrentNodeParameter(object.name);
	const identifier = String(locatorValue(locator) ?? '').trim();
	return identifier === '' || identifier.startsWith('=') ? undefined : identifier;
}
