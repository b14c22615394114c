import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import { DIFFERS_BY_ITEM } from '../../../credentials/KizenApi.credentials';
import { readCredential } from '../kizen';

type Credential = ICredentialDataDecryptedObject;

/**
 * Returns a function that reads the credential of an item. Fields of a credential may be expressions,
 * which n8n resolves for one item at a time. A read costs more than a request, so a credential that is
 * the same for all of many items is read twice, and any other one for every item.
 */
export function credentialReader(
	context: IExecuteFunctions,
	itemCount: number,
): (index: number) => Promise<Credential> {
	const readAt = async (index: number): Promise<CredentialReading> =>
		await readCredential(context, index).then(
			(credential) => ({ credential, key: credentialKey(credential) }),
			(thrown: unknown) => ({ thrown, key: String(thrown) }),
		);
	const first = once(async () => await readAt(0));
	const isSame = once(async () => {
		if (itemCount <= FEW_ITEMS) return false;
		const found = await first();
		if ('credential' in found && hasExpression(found.credential)) return false;
		// Where n8n does not tell about expressions, one that needs an item fails past the last item.
		return (await readAt(itemCount)).key === found.key;
	});
	return async (index) => {
		const isFirst = index === 0 || (await isSame());
		const found = await (isFirst ? first() : readAt(index));
		if ('credential' in found) return found.credential;
		throw found.thrown;
	};
}

/** So few items are not worth finding out whether their credential is the same. */
const FEW_ITEMS = 5;

/** `key` is the same for two attempts with the same result. */
type CredentialReading = { key: string } & ({ credential: Credential } | { thrown: unknown });

/** Tells credentials apart by everything they hold, the API key included: never leaves the memory. */
export function credentialKey(credential: Credential): string {
	return JSON.stringify(credential);
}

/** Looks for the hidden fields of the credential that n8n adds where fields hold expressions. */
function hasExpression(credential: Credential): boolean {
	return Object.keys(credential).some((name) => name.endsWith(DIFFERS_BY_ITEM));
}

function once<T>(make: () => T): () => T {
	let made: { value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}
