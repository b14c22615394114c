import { sent, whyNot } from './everyField';

const inZone = (timezone: string, wall: string) => sent('call', wall, { timezone });

describe('a time without a zone', () => {
	it.each([
		['America/Chicago', '2026-01-15T09:00', '2026-01-15T09:00:00-06:00'],
		['America/Chicago', '2026-07-15T09:00', '2026-07-15T09:00:00-05:00'],
		['Asia/Kathmandu', '2026-07-15T09:00', '2026-07-15T09:00:00+05:45'],
		['America/St_Johns', '2026-01-15T09:00', '2026-01-15T09:00:00-03:30'],
		['UTC', '2026-01-15T09:00', '2026-01-15T09:00:00+00:00'],
		['UTC', '1099-01-15T09:00', '1099-01-15T09:00:00+00:00'],
	])('is the time of %s: %s', (zone, wall, wire) => {
		expect(inZone(zone, wall)).toBe(wire);
	});

	it('is the first of the two where clocks are put back', () => {
		expect(inZone('America/Chicago', '2026-11-01T00:59:59')).toBe('2026-11-01T00:59:59-05:00');
		expect(inZone('America/Chicago', '2026-11-01T01:30')).toBe('2026-11-01T01:30:00-05:00');
		expect(inZone('America/Chicago', '2026-11-01T02:00')).toBe('2026-11-01T02:00:00-06:00');
		expect(inZone('Europe/Berlin', '2026-10-25T02:30')).toBe('2026-10-25T02:30:00+02:00');
		expect(inZone('Australia/Lord_Howe', '2026-04-05T01:45')).toBe('2026-04-05T01:45:00+11:00');
	});

	it('counts from before the change where clocks skip it', () => {
		expect(inZone('America/Chicago', '2026-03-08T01:59:59')).toBe('2026-03-08T01:59:59-06:00');
		expect(inZone('America/Chicago', '2026-03-08T02:30')).toBe('2026-03-08T02:30:00-06:00');
		expect(inZone('America/Chicago', '2026-03-08T03:00')).toBe('2026-03-08T03:00:00-05:00');
		expect(inZone('Europe/Berlin', '2026-03-29T02:30')).toBe('2026-03-29T02:30:00+01:00');
		// Midnight itself is skipped here, and a whole day there.
		expect(inZone('Africa/Cairo', '2026-04-24')).toBe('2026-04-24T00:00:00+02:00');
		expect(inZone('Pacific/Apia', '2011-12-30T12:00')).toBe('2011-12-30T12:00:00-10:00');
	});

	it('from before time zones is sent as the moment it was', () => {
		expect(inZone('Europe/Berlin', '1850-01-01T12:00')).toBe('1850-01-01T11:06:32.000Z');
	});

	it('needs a zone that is known', () => {
		expect(whyNot('call', '2026-01-15T09:00', { timezone: 'Mars/Olympus' })).toMatch(
			/was given "2026-01-15T09:00", and the workflow's time zone "Mars\/Olympus" is not known/,
		);
		expect(sent('call', '2026-01-15T09:00Z', { timezone: 'Mars/Olympus' })).toBe(
			'2026-01-15T09:00:00Z',
		);
	});
});
