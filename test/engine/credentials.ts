import { ICredentialsHelper } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { KizenApi } from '../../credentials/KizenApi.credentials';

/**
 * What n8n's server puts around the engine: it finds a stored credential, decrypts it and lets the
 * credential's type authenticate a request. Here the credential is in memory; the type is the
 * package's own. `reads` counts how often the engine asked for it.
 */
export class EngineCredentials extends ICredentialsHelper {
	reads = 0;

	constructor(private readonly data: ICredentialDataDecryptedObject | undefined) {
		super();
	}

	getParentTypes() {
		return [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	async getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		this.reads++;
		if (this.data === undefined) throw new Error('Credential with ID "1" does not exist.');
		return { ...this.data };
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_type: string,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return await new KizenApi().authenticate(credentials, options);
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('not stored');
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties(): INodeProperties[] {
		return new KizenApi().properties;
	}
}
