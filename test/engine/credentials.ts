import { getAdditionalKeys } from 'n8n-core';
import { ICredentialsHelper, NodeHelpers } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	IExecuteData,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	INodeProperties,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { KizenApi } from '../../credentials/KizenApi.credentials';

/**
 * What n8n's server puts around the engine: it finds a stored credential, decrypts it, resolves its
 * expressions and lets the credential's type authenticate a request. Here the credential is in
 * memory; the type is the package's own. `reads` counts how often the engine asked for it.
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

	/** As n8n's own CredentialsHelper does it: defaults first, then expressions, for one item. */
	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		_stored: INodeCredentialsDetails,
		_type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		_raw?: boolean,
		resolve?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		this.reads++;
		if (this.data === undefined) throw new Error('Credential with ID "1" does not exist.');
		const defaults = NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(),
			this.data as never,
			true,
			false,
			null,
			null,
		);
		const data = { ...this.data, ...defaults };
		if (resolve === undefined) return data as ICredentialDataDecryptedObject;
		const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = resolve;
		try {
			return workflow.expression.getParameterValue(
				data as never,
				runExecutionData,
				runIndex,
				itemIndex,
				node.name,
				connectionInputData,
				mode,
				getAdditionalKeys(additionalData, mode, null),
				executeData,
				false,
				data as never,
			) as ICredentialDataDecryptedObject;
		} catch (thrown) {
			if (thrown instanceof Error) thrown.message += ' [Error resolving credentials]';
			throw thrown;
		}
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
