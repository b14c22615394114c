/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/test/queue/'],
	// Much of the time is waiting, so that each core has room for a file; and a busy machine is no failure.
	maxWorkers: '100%',
	testTimeout: 60_000,
	transform: { '\\.ts$': '@swc/jest' },
	setupFiles: ['<rootDir>/test/engine/environment.ts'],
	reporters: ['default', '<rootDir>/test/counts-reporter.js'],
};
