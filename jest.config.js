/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	testPathIgnorePatterns: ['<rootDir>/test/e2e/'],
	transform: { '\\.ts$': '@swc/jest' },
	setupFiles: ['<rootDir>/test/engine/environment.ts'],
	reporters: ['default', '<rootDir>/test/counts-reporter.js'],
};
