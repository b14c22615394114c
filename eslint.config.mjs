import { config } from '@n8n/node-cli/eslint';

// n8n's own rules, unchanged, for everything that is published (nodes/, credentials/, package.json).
// What follows them speaks of code that is not published: it runs on a builder's machine and needs what n8n
// forbids to a node there, such as files, timers, processes and a console.
export default [
	{ ignores: ['.sandbox/**', 'coverage/**'] },
	...config,
	{
		files: ['test/**/*.ts', 'sandbox/**/*.ts', 'bench/**/*.ts', 'live/**/*.ts', 'prose/**/*.ts'],
		rules: {
			'no-console': 'off',
			'@n8n/community-nodes/no-restricted-globals': 'off',
			'@n8n/community-nodes/no-restricted-imports': 'off',
			'@n8n/community-nodes/require-node-api-error': 'off',
			'@n8n/community-nodes/no-dangerous-functions': 'off',
			'@n8n/community-nodes/no-http-request-with-manual-auth': 'off',
			'@n8n/community-nodes/no-hardcoded-secrets': 'off',
			'import-x/no-unresolved': 'off',
		},
	},
];
