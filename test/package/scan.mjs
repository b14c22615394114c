import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

/**
 * What n8n's own scanner of community packages says of folders, without its download step: for each
 * argument, `sources:<folder>` for a checkout or `package:<folder>` for an unpacked tarball, what
 * it found; a JSON list. A process of its own, because jest does not load ES modules.
 */
const found = [];
for (const argument of process.argv.slice(2)) {
	const [kind, ...folder] = argument.split(':');
	const patterns = kind === 'sources' ? SOURCE_FILE_PATTERNS : undefined;
	found.push(await analyzePackage(folder.join(':'), patterns));
}
process.stdout.write(JSON.stringify(found));
