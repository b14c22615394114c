import { quoted } from './format';
import { trimInvisible } from './invisible';
import { writeOption } from './options';
import type { Field } from './schema';
import { invalid, type Written } from './types';

const BOOLEAN_WORDS = new Map<string, boolean>([
	['true', true],
	['yes', true],
	['y', true],
	['on', true],
	['1', true],
	['checked', true],
	['false', false],
	['no', false],
	['n', false],
	['off', false],
	['0', false],
	['unchecked', false],
]);

export function writeCheckbox(given: unknown, field: Field): Written {
	const said = saidOf(given);
	if (said !== undefined) return { value: said };
	return invalid(`"${field.label}" takes yes or no, not ${quoted(given)}.`);
}

/** One of the options with the codes `yes`, `no`, `maybe`; a switch that is on says yes. */
export function writeYesNoMaybe(given: unknown, field: Field): Written {
	const direct = writeOption(given, field);
	const said = 'invalid' in direct ? saidOf(given) : undefined;
	return said === undefined ? direct : writeOption(said ? 'yes' : 'no', field);
}

function saidOf(given: unknown): boolean | undefined {
	if (typeof given === 'boolean') return given;
	if (typeof given !== 'string' && typeof given !== 'number') return undefined;
	return BOOLEAN_WORDS.get(trimInvisible(String(given)).toLowerCase());
}
