import type { INode } from 'n8n-workflow';

import { KIZEN_NODE, node } from '../sandbox/n8n/workflows';
import type { SavedCredential } from '../sandbox/n8n/rest';
import type { KizenProcess } from './kizenProcess';

/** The node that writes the rows, whichever it is. */
export const WRITER = 'Write';

export type Operation = 'upsert' | 'add';

export interface Setting {
	operation: Operation;
	kizen: KizenProcess;
	credential: SavedCredential;
}

/** A way to write rows to Kizen from n8n. */
export interface Contender {
	/** As the tables call it. */
	title: string;
	node(setting: Setting): INode;
}

type Settings = Partial<INode>;

/** This package's node, its fields mapped one by one, its options as they come or with `options`. */
function kizenRecords(title: string, options: Record<string, unknown> = {}): Contender {
	return {
		title,
		node: ({ operation, kizen, credential }) => {
			const fields = {
				website: '={{ $json.website }}',
				main_phone: '={{ $json.main_phone }}',
				employees: '={{ $json.employees }}',
			};
			const name = '={{ $json.name }}';
			const parameters = {
				operation,
				object: { __rl: true, mode: 'list', value: kizen.objectId },
				...(operation === 'upsert' && { lookupValue: name }),
				fields: {
					mappingMode: 'defineBelow',
					value: operation === 'upsert' ? fields : { name, ...fields },
				},
				options,
			};
			return node(
				WRITER,
				KIZEN_NODE,
				1,
				parameters as INode['parameters'],
				withCredential(credential),
			);
		},
	};
}

/** The built-in node, which a user would take instead; one expression makes the whole body. */
function httpRequest(title: string, options: Record<string, unknown> = {}): Contender {
	return {
		title,
		node: ({ operation, kizen, credential }) => {
			const list = ['website', 'main_phone', 'employees'].map(
				(name) => `{ name: '${name}', value: $json.${name} }`,
			);
			const body =
				operation === 'upsert'
					? `{ lookup_value: $json.name, fields: [${list.join(', ')}], oncreate_unarchive: 'prompt' }`
					: `{ fields: [{ name: 'name', value: $json.name }, ${list.join(', ')}], unarchive: 'prompt' }`;
			const parameters = {
				method: 'POST',
				url: `${kizen.url}/api/records/${kizen.objectId}/${operation}`,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'kizenApi',
				sendBody: true,
				specifyBody: 'json',
				jsonBody: `={{ ${body} }}`,
				options,
			};
			return node(
				WRITER,
				'n8n-nodes-base.httpRequest',
				4.5,
				parameters as INode['parameters'],
				withCredential(credential),
			);
		},
	};
}

/** A row that fails does not stop the others, so that all of them are tried. */
function withCredential({ id, name }: SavedCredential): Settings {
	return { credentials: { kizenApi: { id, name } }, onError: 'continueRegularOutput' };
}

export const KIZEN = kizenRecords('Kizen Records');
export const HTTP = httpRequest('HTTP Request');
export const HTTP_IN_BATCHES = httpRequest('HTTP Request, Batching 10 per 1000 ms', {
	batching: { batch: { batchSize: 10, batchInterval: 1000 } },
});
export const ONE_BY_ONE = kizenRecords('One row after another (Requests at Once = 1)', {
	maxParallel: 1,
});
export const kizenAtOnce = (maxParallel: number) =>
	kizenRecords(`Kizen Records, Requests at Once = ${maxParallel}`, { maxParallel });
