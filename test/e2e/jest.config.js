/** The tests share one n8n, which run.ts starts: `npm run test:e2e`. */
/** @type {import('jest').Config} */
module.exports = {
	rootDir: '../..',
	testEnvironment: 'node',
	roots: ['<rootDir>/test/e2e'],
	testMatch: ['**/*.test.ts'],
	transform: { '\\.ts$': '@swc/jest' },
	// For what never ends: a busy machine is no failure.
	testTimeout: 600_000,
	maxWorkers: 1,
	reporters: ['default', '<rootDir>/test/counts-reporter.js'],
};
