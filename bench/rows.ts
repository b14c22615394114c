export interface Row {
	name: string;
	website: string;
	main_phone: string;
	employees: number;
}

/** Companies, no two alike. */
export function companies(count: number): Row[] {
	return Array.from({ length: count }, (_, n) => ({
		name: `Bench Company ${n}`,
		website: `https://company-${n}.example.com`,
		main_phone: `+1312555${String(n % 10_000).padStart(4, '0')}`,
		employees: 1 + (n % 5000),
	}));
}
