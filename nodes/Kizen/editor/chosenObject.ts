import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { object } from '../description/parameters';
import { locatorValue } from '../description/read';

/** The object that stands in the node, or nothing for none and for an expression. */
export function chosenObject(context: ILoadOptionsFunctions): string | undefined {
	const locator = context.getCurrentNodeParameter(object.name);
	const identifier = String(locatorValue(locator) ?? '').trim();
	return identifier === '' || identifier.startsWith('=') ? undefined : identifier;
}
