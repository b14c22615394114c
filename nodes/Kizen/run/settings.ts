import type { INodeProperties } from 'n8n-workflow';

import { giveUpAfter, maxParallel, timeout } from '../description/options';
import { wholeNumber } from '../description/read';
import { isObject } from '../kizen/response';

/** The options that hold for the whole run; n8n may give an expression's value for them. */
export interface Settings {
	/** Requests at Once. */
	maxInFlight: number;
	timeoutMs: number;
	giveUpAfterMs: number;
}

/** @throws Refused */
export function readSettings(options: unknown): Settings {
	const read = (parameter: INodeProperties) => {
		const given = isObject(options) ? options[parameter.name] : undefined;
		return wholeNumber(given ?? parameter.default, parameter);
	};
	return {
		maxInFlight: read(maxParallel),
		timeoutMs: read(timeout) * 1000,
		giveUpAfterMs: read(giveUpAfter) * 1000,
	};
}
