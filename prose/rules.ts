/**
 * What the prose linter knows of this project: words that it would replace although they are the
 * right ones here, and phrases that a reader would stumble over although they are correct.
 */

/** Names of things, in the words of n8n, Kizen and the web. */
export const OUR_WORDS = [
	'address',
	'at this time',
	'all of',
	'delete',
	'effect',
	'failed to',
	'function',
	'initial',
	'it is',
	'maximum',
	'minimum',
	'multiple',
	'option',
	'parameters',
	'request',
	'require',
	'submit',
	'there are',
	'there is',
	'type',
	'validate',
];

/** Participles after which nobody asks who did it: `Nothing is written.` */
export const PASSIVE_IS_FINE = [
	'built',
	'done',
	'found',
	'given',
	'gone',
	'kept',
	'known',
	'left',
	'lost',
	'made',
	'meant',
	'met',
	'put',
	'read',
	'said',
	'seen',
	'sent',
	'set',
	'shown',
	'taken',
	'told',
	'understood',
	'won',
	'written',
];

/** Phrases to avoid, and what to say instead. */
export const PHRASES: ReadonlyArray<[pattern: RegExp, instead: string]> = [
	[/\bstands?\b/i, 'is'],
	[/\ball the same\b/i, 'still, or nothing'],
	[/\bto the letter\b/i, 'exactly'],
	[/\b(puts?|putting) out\b/i, 'returns'],
	[/\bcomes? out\b/i, 'is returned'],
	[/\bleaves? by\b/i, 'goes to'],
	[/\bwent missing\b|\b(got|gets) lost\b/i, 'was lost'],
	[/\bis none\b/i, 'is not one, or does not exist'],
	[/\banew\b/i, 'again'],
	[/\bwhoever\b/i, 'who, or the person who'],
	[/\btells? (upper|lower)/i, 'is case-sensitive'],
	[/\bin vain\b/i, 'without success'],
	[/, too[.,]/i, 'also'],
	[/\bbeside it\b/i, 'with it'],
];
