import { join } from 'node:path';
import { runCommand } from './command';
import type { N8n } from './server';

// n8n's own SQLite reads the database, on the Node.js that it was built for.
const PRINT_EVERYTHING = `
const { Database, OPEN_READONLY } = require('sqlite3');
const database = new Database(process.argv[1], OPEN_READONLY);
const print = (value) => Buffer.isBuffer(value) ? value.toString() : String(value);
database.each("select name from sqlite_master where type = 'table'", (problem, { name }) => {
	if (problem) throw problem;
	database.each('select * from "' + name + '"', (failure, row) => {
		if (failure) throw failure;
		console.log(name + ': ' + Object.values(row).map(print).join(' | '));
	});
});
`;

/** Every row of every table that an n8n holds, as text. */
export async function databaseText({
	install,
	userFolder,
}: Pick<N8n, 'install' | 'userFolder'>): Promise<string> {
	return await runCommand({
		program: install.node,
		args: ['-e', PRINT_EVERYTHING, join(userFolder, '.n8n', 'database.sqlite')],
		cwd: install.folder,
		log: 'database.log',
	});
}
