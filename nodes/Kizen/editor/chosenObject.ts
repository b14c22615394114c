import type { ILoadOptionsFunctions } from 'n8n-workflow';

/** The object that stands in the node, or nothing for none and for an expression. */
export function chosenObject(context: ILoadOptionsFunctions): string | undefined {
	const locator = context.getCurrentNodeParameter('object');
	const value =
		typeof locator === 'object' && locator !== null && 'value' in locator ? locator.value : '';
	const identifier = String(value ?? '').trim();
	return identifier === '' || identifier.startsWith('=') ? undefined : identifier;
}
