import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import { project } from './sandbox';
import type { SavedCredential, Workflow } from './rest';

const FOLDER = join(project, 'examples');

/** The files of the project's `examples` folder. */
export const EXAMPLES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/** A node of a workflow of the project's `examples` folder. Throws when it has none of this name. */
export function exampleNode(file: string, name: string): INode {
	const found = readWorkflow(file).nodes.find((node) => node.name === name);
	if (found === undefined) throw new Error(`${file} has no node "${name}".`);
	return found;
}

/** A workflow of the project's `examples` folder, its Kizen nodes given a credential. */
export function exampleWorkflow(file: string, credential: SavedCredential): Workflow {
	return withCredential(readWorkflow(file), credential, ({ type }) =>
		type.startsWith('n8n-nodes-kizen.'),
	);
}

function readWorkflow(file: string): Workflow {
	return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Workflow;
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
