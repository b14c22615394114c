import { sharedN8n } from './meeting';

const { url, rest } = sharedN8n();

interface LoadedType {
	name: string;
	displayName: string;
	iconUrl?: { light: string; dark: string };
}

async function loaded(kind: 'nodes' | 'credentials'): Promise<LoadedType[]> {
	const response = await fetch(`${url}/types/${kind}.json`, { headers: rest.headers() });
	return (await response.json()) as LoadedType[];
}

describe('n8n, with the packed package installed', () => {
	it('knows the node by the name that workflows store', async () => {
		expect(await loaded('nodes')).toContainEqual(
			expect.objectContaining({
				name: 'n8n-nodes-kizen.kizenRecords',
				displayName: 'Kizen Records',
			}),
		);
	});

	it('knows the trigger, which AI agents are not offered', async () => {
		const names = (await loaded('nodes')).map(({ name, displayName }) => `${name}: ${displayName}`);
		expect(names.filter((name) => /kizentrigger/i.test(name))).toEqual([
			'n8n-nodes-kizen.kizenTrigger: Kizen Trigger',
		]);
	});

	it('offers the node to AI agents as a tool', async () => {
		expect(await loaded('nodes')).toContainEqual(
			expect.objectContaining({ name: 'n8n-nodes-kizen.kizenRecordsTool' }),
		);
	});

	it('knows the credential', async () => {
		expect(await loaded('credentials')).toContainEqual(
			expect.objectContaining({ name: 'kizenApi', displayName: 'Kizen API' }),
		);
	});

	it('finds the icons of all of them, for light and for dark', async () => {
		const types = [...(await loaded('nodes')), ...(await loaded('credentials'))];
		const ours = types.filter(({ name }) => /kizen(Records|Trigger)$|^kizenApi$/.test(name));
		const icons = ours.flatMap(({ iconUrl }) => [iconUrl?.light, iconUrl?.dark]);
		expect(icons).toHaveLength(6);
		for (const icon of icons) {
			const response = await fetch(`${url}/${icon}`);
			expect([icon, response.status]).toEqual([icon, 200]);
			expect(await response.text()).toContain('<svg');
		}
	});
});
