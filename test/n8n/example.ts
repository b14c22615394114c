import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from './sandbox';
import type { SavedCredential, Workflow } from './rest';

/** A workflow of the project's `examples` folder, its Kizen nodes given a credential. */
export function exampleWorkflow(file: string, credential: SavedCredential): Workflow {
	const text = readFileSync(join(project, 'examples', file), 'utf8');
	return withCredential(JSON.parse(text) as Workflow, credential);
}

/** The same workflow, in which every node of this package uses the credential. */
export function withCredential(workflow: Workflow, { id, name, type }: SavedCredential): Workflow {
	const nodes = workflow.nodes.map((node) =>
		node.type.startsWith('n8n-nodes-kizen.')
			? { ...node, credentials: { [type]: { id, name } } }
			: node,
	);
	return { ...workflow, nodes };
}
