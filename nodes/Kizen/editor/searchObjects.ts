import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listObjects } from '../kizen';
import { editorKizen } from './editorKizen';

/** The list behind Object: searched and paged by Kizen. n8n keeps the page's number as a text. */
export async function searchObjects(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await editorKizen(this, async (kizen) => {
		const page = Number(paginationToken ?? 1);
		const { objects, more } = await listObjects(kizen, filter?.trim(), page);
		return {
			results: objects.map(({ id, name, label }) => ({
				name: label,
				value: id,
				description: name,
			})),
			...(more && { paginationToken: String(page + 1) }),
		};
	});
}
