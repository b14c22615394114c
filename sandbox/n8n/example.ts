import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import { project } from './sandbox';
import type { SavedCredential, Workflow } from './rest';

const FOLDER = join(project, 'examples');

/** The files of the project's `examples` folder. */
export const EXAMPLES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/** A workflow of the project's `examples` folder, its Kizen nodes given a credential. */
export function exampleWorkflow(file: string, credential: SavedCredential): Workflow {
	const workflow = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Workflow;
	return withCredential(workflow, credential, ({ type }) => type.startsWith('n8n-nodes-kizen.'));
}

/** The same workflow, in which every node that `takes` it uses the credential. */
export function withCredential(
	workflow: Workflow,
	{ id, name, type }: SavedCredential,
	takes: (node: INode) => boolean,
): Workflow {
	const nodes = workflow.nodes.map((node) =>
		takes(node) ? { ...node, credentials: { [type]: { id, name } } } : node,
	);
	return { ...workflow, nodes };
}

/** The same workflow, with single parameters of a node changed. */
export function withParameters(
	workflow: Workflow,
	node: string,
	but: INode['parameters'],
): Workflow {
	const nodes = workflow.nodes.map((one) =>
		one.name === node ? { ...one, parameters: { ...one.parameters, ...but } } : one,
	);
	return { ...workflow, nodes };
}
