import { quoted } from './format';
import { trimInvisible } from './invisible';
import { writeOption } from './options';
import type { Field } from './schema';
import { invalid, type Written } from './types';

const YES = ['true', 'yes', 'y', 'on', '1', 'checked'];
const NO = ['false', 'no', 'n', 'off', '0', 'unchecked'];

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
	const word = trimInvisible(String(given)).toLowerCase();
	if (YES.includes(word)) return true;
	return NO.includes(word) ? false : undefined;
}
