import { quote } from '../description/read';
import { refuse } from '../outcome/problem';
import { optionValue } from '../description/parameters';

/** The options that hold for the whole run; n8n may give an expression's value for them. */
export interface Settings {
	/** Requests at Once. */
	maxInFlight: number;
	timeoutMs: number;
	giveUpAfterMs: number;
}

const LIMITS = {
	maxParallel: { label: 'Requests at Once', from: 1, to: 64 },
	timeout: { label: 'Timeout (Seconds)', from: 1, to: 3600 },
	giveUpAfter: { label: 'Give Up After (Seconds)', from: 1, to: 86_400 },
};

/** @throws Refused */
export function readSettings(options: unknown): Settings {
	const read = (name: keyof typeof LIMITS) => {
		const { label, from, to } = LIMITS[name];
		const value = Number(optionValue(options, name));
		if (Number.isInteger(value) && value >= from && value <= to) return value;
		throw refuse(
			`'${label}' can't be ${quote(optionValue(options, name))}`,
			`Give a whole number from ${from} to ${to}.`,
		);
	};
	return {
		maxInFlight: read('maxParallel'),
		timeoutMs: read('timeout') * 1000,
		giveUpAfterMs: read('giveUpAfter') * 1000,
	};
}
