import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { ObjectSchema } from '../fields';
import { listSegments, listStages, readObject, type Kizen, type Named } from '../kizen';
import { notAPipeline } from '../records';
import { chosenObject, editorKizen } from './editorKizen';

/** The list behind Stage, in the order of the pipeline. n8n shows the error where an object has none. */
export async function searchStages(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await namedIn(this, filter, async (kizen, schema) => {
		if (!schema.isPipeline) throw notAPipeline(schema);
		return await listStages(kizen, schema);
	});
}

/** The list behind Segment. */
export async function searchSegments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await namedIn(this, filter, listSegments);
}

async function namedIn(
	context: ILoadOptionsFunctions,
	filter: string | undefined,
	list: (kizen: Kizen, schema: ObjectSchema) => Promise<Named[]>,
): Promise<INodeListSearchResult> {
	const identifier = chosenObject(context);
	if (identifier === undefined) return { results: [] };
	return await editorKizen(context, async (kizen) => {
		const listed = await list(kizen, await readObject(kizen, { identifier }));
		const wanted = filter?.trim().toLowerCase() ?? '';
		return {
			results: listed
				.filter(({ name }) => name.toLowerCase().includes(wanted))
				.map(({ id, name }) => ({ name, value: id })),
		};
	});
}
