const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/test/queue/'],
	// Much of the time is waiting, so that a core has room for three files. Each takes about half a GB.
	maxWorkers: Math.min(12, 3 * availableParallelism()),
	// For what never ends: a busy machine is no failure.
	testTimeout: 600_000,
	// Of `it.concurrent`: such tests mostly wait.
	maxConcurrency: 16,
	transform: { '\\.ts$': '@swc/jest' },
	setupFiles: ['<rootDir>/test/engine/environment.ts'],
	testSequencer: '<rootDir>/test/sequencer.js',
	reporters: ['default', '<rootDir>/test/counts-reporter.js'],
};
