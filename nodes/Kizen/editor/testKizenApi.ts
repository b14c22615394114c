import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { KizenApi } from '../../../credentials/KizenApi.credentials';
import { isObject } from '../fields';
import { apiAddress, withDeadline } from '../http';
import { connectionFailure, explain, readResponse, withoutKey, type KizenResponse } from '../kizen';

const TIMEOUT_MS = 20_000;

/**
 * Tests the credential by listing one object, as Kizen's own command line does, because every key
 * may ask for that. A function and not n8n's table of rules: those can't tell a person why Kizen
 * was not reached.
 */
export async function testKizenApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const address = apiAddress(data);
	if ('problem' in address) return no(`${address.problem}. ${address.remedy}`);
	const { base } = address;
	const empty = [
		{ name: 'apiKey', label: 'API Key' },
		{ name: 'businessId', label: 'Business ID' },
		{ name: 'userId', label: 'User ID' },
	].filter(({ name }) => String(data[name] ?? '').trim() === '');
	if (empty.length > 0)
		return no(
			`${new Intl.ListFormat('en').format(empty.map(({ label }) => label))} ${empty.length > 1 ? 'are' : 'is'} missing.`,
		);

	const { headers } = await new KizenApi().authenticate(data, { url: '' });
	const { helpers } = this;
	const apiKey = String(data.apiKey ?? '').trim();
	const getJson = async (path: string): Promise<KizenResponse> =>
		await withDeadline(
			TIMEOUT_MS,
			undefined,
			async () =>
				await helpers.request({
					url: `${base}/api/${path}`,
					method: 'GET',
					headers: { ...headers, Accept: 'application/json' },
					json: true,
					timeout: TIMEOUT_MS,
					// A rejection is thrown, because a response that broke off is only told as an error.
					simple: true,
					resolveWithFullResponse: true,
					followRedirect: false,
				}),
		).then(
			(response) => readResponse(withoutKey(response, apiKey)),
			(thrown: unknown) => connectionFailure(thrown, apiKey),
		);

	const response = await getJson('custom-objects?page_size=1&custom_only=false');
	if (!response.accepted) {
		const { message, remedy } = explain(response, { base, testing: true });
		return no(`${message}. ${remedy}`);
	}
	if (!isObject(response.body) || !Array.isArray(response.body.results)) {
		return no(`What answers at ${base} is not Kizen's API. Check Environment and Base URL.`);
	}
	const business = await getJson('business/mine');
	const name = business.accepted && isObject(business.body) ? business.body.name : undefined;
	return {
		status: 'OK',
		message:
			typeof name === 'string' && name !== ''
				? `Connected to the business "${name}"`
				: 'Connected to Kizen',
	};
}

function no(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
