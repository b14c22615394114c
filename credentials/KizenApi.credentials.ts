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
 * expression: then n8n shows everything that depends on it, and otherwise nothing fits. A node is
 * given the results of expressions only, and has to know that the next item's may differ.
 */
function differsByItem(name: string): INodeProperties {
	return {
		displayName: 'Differs by Item',
		name: `${name}${DIFFERS_BY_ITEM}`,
		type: 'hidden',
		default: true,
		displayOptions: { show: { [name]: [] } },
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
				'In Kizen, click your profile picture > My Profile > API Connections and create a connection there: the API key, the business ID and the user ID stand side by side.',
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
					description: 'Another address, which Kizen gave you',
				},
			],
			default: 'production',
			description: 'Which Kizen your business lives in',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://app.go.kizen.com',
			description:
				"The address of Kizen's API, which is not the address of the app in your browser",
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'A secret: whoever has it may do what its user may do',
		},
		{
			displayName: 'Business ID',
			name: 'businessId',
			type: 'string',
			default: '',
			required: true,
			description: 'Says which of your businesses the key works in; it is not a secret',
		},
		{
			displayName: 'User ID',
			name: 'userId',
			type: 'string',
			default: '',
			required: true,
			description: 'Says whose key it is; it is not a secret',
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
