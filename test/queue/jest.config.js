/** The tests share one n8n in queue mode, which run.ts starts: `npm run test:queue`. */
/** @type {import('jest').Config} */
module.exports = {
	...require('../e2e/jest.config'),
	roots: ['<rootDir>/test/queue'],
};
