const { default: Sequencer } = require('@jest/test-sequencer');
const { join } = require('node:path');

/** Files that mostly wait. Whatever is left for the end, others are at work beside them. */
const WAIT_LONG = [
	'sandbox/ending',
	'engine/manyRows',
	'engine/failures',
	'engine/responses',
	'trigger/poll',
	'engine/doubtfulAdd',
];

/** Begins with what waits long, where jest would begin with what took long before, or is large. */
module.exports = class WaitsFirst extends Sequencer {
	sort(tests) {
		const place = ({ path }) => {
			const index = WAIT_LONG.findIndex((name) => path.endsWith(join('test', `${name}.test.ts`)));
			return index === -1 ? WAIT_LONG.length : index;
		};
		return super.sort(tests).sort((a, b) => place(a) - place(b));
	}
};
