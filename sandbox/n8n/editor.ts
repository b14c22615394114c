import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, selectors, type Page } from 'playwright-core';
import { keepFolder, removeFolder } from './lifetime';
import { alongPath, firstProgram } from './programs';
import type { N8n } from './server';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_A_MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
// On this test's own pages only; a browser in a container has no kernel sandbox and no screen.
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

// How long it may take until n8n's advice on a published workflow shows.
const CHECKLIST_MS = 2_000;
// Around a picture of a workflow; the names below its nodes fit in.
const MARGIN = 64;
// Above it, n8n says how a run went.
const MARGIN_ABOVE = 40;
// Over the canvas, n8n shows buttons and tabs, and a plus on every free output.
const WITHOUT_BUTTONS =
	'[data-test-id=canvas-controls], [data-test-id*=workflow-button], [data-test-id*=chat-button], [data-test-id*=canvas-handle-plus], .tab-bar-container { visibility: hidden }';

export interface Editor {
	page: Page;
	/** Shows a workflow's canvas. */
	openWorkflow(id: string): Promise<void>;
	/** Shows what a stored execution did. */
	openExecution(workflowId: string, id: string): Promise<void>;
	/** Opens a node's panel on the canvas that is shown. */
	openNode(name: string): Promise<void>;
	/** Closes the node's panel. */
	closeNode(): Promise<void>;
	/** Saves a picture (PNG) of what is seen. */
	screenshot(file: string): Promise<void>;
	/** Saves a picture (PNG) of the workflow on the canvas, without what stands around it. */
	picture(file: string): Promise<void>;
	close(): Promise<void>;
}

/** Opens n8n's editor in a real browser, signed in as the owner. */
export async function openEditor(n8n: Pick<N8n, 'rest'>): Promise<Editor> {
	const { url, session } = n8n.rest;
	selectors.setTestIdAttribute('data-test-id');
	const folder = newBrowserFolder();
	const context = await chromium.launchPersistentContext(folder, {
		executablePath: findChromium(),
		artifactsDir: folder,
		viewport: { width: 1440, height: 900 },
		deviceScaleFactor: 1.5,
		args: FLAGS,
		// It keeps a cache, settings and a socket elsewhere, whatever its profile folder is.
		env: { ...process.env, HOME: folder, TMPDIR: folder },
	});
	const [name, value] = session.cookie.split(/=(.*)/s);
	await context.addCookies([{ name, value, url }]);
	// n8n takes a cookie from the browser only that it was given to.
	await context.addInitScript((id) => {
		localStorage.setItem('n8n-browserId', id);
	}, session.browserId);
	const page = context.pages()[0] ?? (await context.newPage());
	return {
		page,
		async openWorkflow(id) {
			await page.goto(`${url}/workflow/${id}`);
			await page.getByTestId('canvas-node').first().waitFor();
		},
		async openExecution(workflowId, id) {
			await page.goto(`${url}/workflow/${workflowId}/executions/${id}`);
			await page.getByTestId('canvas-node-status-success').first().waitFor();
			await closeChecklist(page);
		},
		async openNode(node) {
			await page.locator(`[data-test-id="canvas-node"][data-node-name="${node}"]`).dblclick();
			await page.getByTestId('ndv').waitFor();
		},
		async closeNode() {
			await page.getByTestId('ndv-close-button').click();
			await page.getByTestId('ndv').waitFor({ state: 'hidden' });
		},
		async screenshot(path) {
			await page.screenshot({ path });
		},
		async picture(path) {
			const parts = page.locator('[data-test-id="canvas-node"], [data-test-id="sticky"]');
			const boxes = (
				await Promise.all((await parts.all()).map((part) => part.boundingBox()))
			).filter((box) => box !== null);
			const x = Math.min(...boxes.map((box) => box.x)) - MARGIN;
			const y = Math.min(...boxes.map((box) => box.y)) - MARGIN_ABOVE;
			const width = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN - x;
			const height = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN - y;
			await page.screenshot({ path, clip: { x, y, width, height }, style: WITHOUT_BUTTONS });
		},
		async close() {
			await context.close();
			removeFolder(folder);
		},
	};
}

/**
 * A folder for all that a browser writes; it is removed with the browser. The sandbox may lie too deep
 * for it: the path of a socket has at most some 100 characters.
 */
function newBrowserFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'kizen-browser-'));
	keepFolder(folder);
	return folder;
}

/** A published workflow comes with advice that lies over the canvas. */
async function closeChecklist(page: Page): Promise<void> {
	const shown = page.getByText('Production Checklist').waitFor({ timeout: CHECKLIST_MS });
	await shown.then(
		async () => await page.keyboard.press('Escape'),
		() => undefined,
	);
}

/** Whether there is a browser that this can drive. */
export function hasChromium(): boolean {
	return firstProgram(candidates()) !== undefined;
}

function findChromium(): string {
	const found = firstProgram(candidates());
	if (found) return found;
	throw new Error(
		'No Chromium found. On Debian: apt-get install -y --no-install-recommends chromium ' +
			'fonts-liberation. Or name the path of one in CHROMIUM_PATH.',
	);
}

function candidates(): string[] {
	if (process.env.CHROMIUM_PATH) return [process.env.CHROMIUM_PATH];
	return [...alongPath(...PROGRAMS), ON_A_MAC];
}
