/** How the dates and numbers of a row are written, where people say so. */
export type WrittenForm = 'clear' | 'us' | 'european' | 'british';

/** The option under which people choose it. */
export const WRITTEN_FORM_LABEL = 'Dates and Numbers Are Written';

/** The rules of one country's way of writing. */
export interface FormRules {
	/** As people read it. */
	name: string;
	isDayFirst: boolean;
	/** What may be between day, month and year. */
	separators: string;
	decimalMark: '.' | ',';
	sampleDate: string;
	sampleNumber: string;
}

/** The rules of each form. There are none for `clear`: only what has one reading is taken then. */
const FORM_RULES: Record<Exclude<WrittenForm, 'clear'>, FormRules> = {
	us: {
		name: 'US',
		isDayFirst: false,
		separators: '/-',
		decimalMark: '.',
		sampleDate: '3/31/2026',
		sampleNumber: '1,250.50',
	},
	european: {
		name: 'European',
		isDayFirst: true,
		separators: './-',
		decimalMark: ',',
		sampleDate: '31.03.2026',
		sampleNumber: '1.250,50',
	},
	british: {
		name: 'British',
		isDayFirst: true,
		separators: '/-.',
		decimalMark: '.',
		sampleDate: '31/03/2026',
		sampleNumber: '1,250.50',
	},
};

/** Returns the rules that the row is read by; undefined where only what has one reading is taken. */
export function rulesOf(form: WrittenForm): FormRules | undefined {
	return form === 'clear' ? undefined : FORM_RULES[form];
}

/** Says how else a value may be written, or that the option may be changed. */
export function otherForm(sample: string): string {
	return `Write it like ${sample}, or change '${WRITTEN_FORM_LABEL}' under Options.`;
}

/** Says what makes a doubtful value clear for every row. */
export const SET_FORM = `Or choose under Options > '${WRITTEN_FORM_LABEL}' how your values are written.`;
