import { join } from 'node:path';
import { startKizen } from '../kizen';
import { openEditor } from '../n8n/editor';
import { project } from '../n8n/sandbox';
import { setScene } from './scene';

const PICTURE = join(project, 'docs', 'images', 'workflow.png');

/** Takes the README's picture: the example workflow in the editor, after its run. */
async function main(): Promise<void> {
	const kizen = await startKizen();
	const scene = await setScene(kizen);
	try {
		const { id } = await scene.upload('contacts.csv');
		const editor = await openEditor(scene.n8n);
		await editor.openExecution(scene.workflow.id, id);
		await editor.picture(PICTURE);
		await editor.close();
		console.log(PICTURE);
	} finally {
		await scene.end();
		await kizen.stop();
	}
}

main().then(
	() => process.exit(),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
