import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

/** The end of the name of a hidden field; see {@link differsByItem}. */
export const DIFFERS_BY_ITEM = 'DiffersByItem';

/**
 * Describes a hidden field that n8n adds to the credential where the field called `name` holds an
 * expression. A node is given the results of expressions only, and has to know that the next item's
 * may differ. An expression begins with `=`, so in order it is between `=` and `>`. (With `show`
 * instead of `hide`, n8n 1 would ask for the field when a credential is created through its API; a
 * regular expression has a time limit in n8n, which a busy machine can exceed.)
 */
function differsByItem(name: string): INodeProperties {
	return {
		displayName: 'Differs by Item',
		name: `${name}${DIFFERS_BY_ITEM}`,
		type: 'hidden',
		default: true,
		displayOptions: { hide: { [name]: [{ _cnd: { lt: '=' } }, { _cnd: { gte: '>' } }] } },
	};
}

export class KizenApi implements ICredentialType {
	name = 'kizenApi';

	displayName = 'Kizen API';

	icon: Icon = { light: 'file:../icons/kizen.svg', dark: 'file:../icons/kizen.dark.svg' };

	documentationUrl =
		'https://developer.kizen.com/docs/developers/building-with-apis/generating-api-credentials';

	httpRequestNode = {
		name: 'Kizen',
		docsUrl: 'https://developer.kizen.com/',
		apiBaseUrlPlaceholder: 'https://app.go.kizen.com/api/',
	};

	properties: INodeProperties[] = [
		{
			// Descriptions show only under the mouse, and this is what everybody has to know.
			displayName:
				'In Kizen, select your profile picture > My Profile > API Connections and create a connection. Copy its API key, business ID and user ID. If the connection test fails, select More details to read why.',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{
					name: 'Production',
					value: 'production',
					description: 'You open Kizen at go.kizen.com',
				},
				{
					name: 'Production FMO',
					value: 'fmo',
					description: 'You open Kizen at fmo.kizen.com',
				},
				{
					name: 'Staging',
					value: 'staging',
					description: 'You open Kizen at v2.staging.kizen.com',
				},
				{
					name: 'Custom URL',
					value: 'custom',
					description: 'Kizen gave you another address',
				},
			],
			default: 'production',
			description: 'Where you open Kizen in your browser',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://app.go.kizen.com',
			description:
				"The address of Kizen's API. It is not the address that you see in your browser.",
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Keep it secret: it can do everything its user can',
		},
		{
			displayName: 'Business ID',
			name: 'businessId',
			type: 'string',
			default: '',
			required: true,
			description: 'The business to work in. It is not a secret.',
		},
		{
			displayName: 'User ID',
			name: 'userId',
			type: 'string',
			default: '',
			required: true,
			description: 'The user whose key it is. It is not a secret.',
		},
		...['environment', 'baseUrl', 'apiKey', 'businessId', 'userId'].map(differsByItem),
	];

	/**
	 * Puts the three headers that Kizen asks for on every request (developer.kizen.com, Add Records
	 * API, "Authorizations"). A function and not n8n's table of expressions: those six expressions
	 * would be evaluated anew for every row. White space around a pasted value is dropped.
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const text = (name: string) => String(credentials[name] ?? '').trim();
		requestOptions.headers = {
			...requestOptions.headers,
			'X-API-KEY': text('apiKey'),
			'X-BUSINESS-ID': text('businessId'),
			'X-USER-ID': text('userId'),
		};
		return requestOptions;
	};
}
