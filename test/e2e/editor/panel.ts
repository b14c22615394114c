import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { openEditor, type Editor } from '../../../sandbox/n8n/editor';
import { sandbox } from '../../../sandbox/n8n/sandbox';
import type { SharedN8n } from '../meeting';

const SCREENSHOTS = join(sandbox, 'screenshots');
/** n8n keeps what was typed after a pause in the typing, which is shorter than this. */
const SETTLED_MS = 600;
const PATIENCE_MS = 180_000;

/** What a person does and sees in n8n's editor, in words of the screen. */
export interface Person extends Editor {
	/** The part of a node's panel that shows a parameter. */
	parameter(name: string): Locator;
	/** An option of the drop-down that is open, by its title. */
	option(title: string): Locator;
	/** Picks an option of a drop-down by its title. */
	choose(name: string, option: string): Promise<void>;
	/** Types into a text parameter, in place of what stands there. */
	type(name: string, text: string): Promise<void>;
	/** Picks how the Object is given: `From list`, `By Name`, `By ID`. */
	chooseMode(mode: string): Promise<void>;
	/** Opens the list behind Object, and narrows it by `search`. */
	listObjects(search?: string): Promise<Locator>;
	/** Types the Object's name or ID. */
	typeObject(text: string): Promise<void>;
	/** Presses the switch of a yes-or-no parameter. */
	flip(name: string): Promise<void>;
	/** Adds a field to those that are mapped. */
	addField(label: string): Promise<void>;
	/** Runs the node whose panel is open and waits for its end. */
	execute(): Promise<void>;
	/** Shows what came out as a table. */
	showTable(): Promise<void>;
	/** Waits until what was typed is kept by the editor. */
	settled(): Promise<void>;
	/** Where the picture of this name is kept. */
	shotFile(name: string): string;
	/** Keeps a picture of what is seen, or of a part of it, for people to look at. */
	shot(name: string, part?: Locator): Promise<void>;
}

/** Opens the editor in a browser, as one person. */
export async function aPerson(n8n: SharedN8n): Promise<Person> {
	const editor = await openEditor(n8n);
	const { page } = editor;
	page.setDefaultTimeout(PATIENCE_MS);
	const parameter = (name: string) => page.getByTestId(`parameter-input-${name}`);
	const option = (title: string) =>
		page.getByRole('option').filter({ has: page.getByText(title, { exact: true }) });
	// By the browser's own clock: on a busy machine it is late with the one as with the other.
	const settled = async () =>
		await page.evaluate(
			async (ms) => await new Promise<void>((resolve) => setTimeout(resolve, ms)),
			SETTLED_MS,
		);
	const person: Person = {
		...editor,
		parameter,
		option,
		settled,
		async choose(name, title) {
			await parameter(name).click();
			await option(title).click();
		},
		async type(name, text) {
			const input = parameter(name).locator('input, textarea, [contenteditable=true]').first();
			await input.fill(text);
			await settled();
		},
		async chooseMode(mode) {
			await page.getByTestId('rlc-mode-selector').click();
			await option(mode).click();
		},
		async listObjects(search) {
			await page.getByTestId('rlc-input-container').click();
			const items = page.getByTestId('rlc-item');
			await items.first().waitFor();
			if (search !== undefined) {
				await searchField(page).fill(search);
				await settled();
			}
			return items;
		},
		async typeObject(text) {
			await page.getByTestId('rlc-input').fill(text);
			await page.keyboard.press('Tab');
		},
		async flip(name) {
			await parameter(name).locator('.el-switch').click();
		},
		async addField(label) {
			await page.getByText('Add field to send').click();
			await page.getByRole('menuitem').filter({ hasText: label }).click();
		},
		async execute() {
			await page.getByTestId('node-execute-button').click();
			const ended =
				'[data-test-id=ndv-items-count], [data-test-id=branches], [data-test-id=node-error-message]';
			await page.getByTestId('output-panel').locator(ended).first().waitFor();
		},
		async showTable() {
			const table = page.getByTestId('output-panel').getByText('Table', { exact: true });
			await table.click();
		},
		shotFile: (name) => join(SCREENSHOTS, `${name}.png`),
		async shot(name, part) {
			await (part ?? page).screenshot({ path: person.shotFile(name) });
		},
	};
	return person;
}

function searchField(page: Page): Locator {
	return page.locator('input[data-test-id="rlc-search"], [data-test-id="rlc-search"] input');
}
