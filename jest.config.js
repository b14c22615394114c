/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/test/queue/'],
	// Much of the time is waiting, so that each core has room for a file.
	maxWorkers: '100%',
	// For what never ends: a busy machine is no failure.
	testTimeout: 300_000,
	transform: { '\\.ts$': '@swc/jest' },
	setupFiles: ['<rootDir>/test/engine/environment.ts'],
	reporters: ['default', '<rootDir>/test/counts-reporter.js'],
};
