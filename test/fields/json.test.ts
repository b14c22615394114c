import { UnreadableFields, parseJsonFields } from '../../nodes/Kizen/fields';

function whyNot(json: unknown): string {
	try {
		parseJsonFields(json);
	} catch (thrown) {
		if (thrown instanceof UnreadableFields) return `${thrown.message} ${thrown.remedy}`;
	}
	return 'it is read';
}

describe('fields as JSON', () => {
	it('may be an object by API name or label', () => {
		const expected = [
			{ key: 'Deal Name', change: 'value', value: 'Big' },
			{ key: 'seats', change: 'value', value: 0 },
			{ key: 'company', change: 'value', value: { id: 'x', name: 'Acme' } },
			{ key: '__proto__', change: 'value', value: 1 },
		];
		const json =
			'{"Deal Name": "Big", "seats": 0, "company": {"id": "x", "name": "Acme"}, "__proto__": 1}';
		expect(parseJsonFields(json)).toEqual(expected);
		expect(parseJsonFields(JSON.parse(json))).toEqual(expected);
	});

	it('may add to, remove from and clear a field in the object', () => {
		expect(
			parseJsonFields({
				tags: { add: ['VIP'], remove: 'Late' },
				note: { clear: true },
				odd: { add: 1, else: 2 },
				empty: {},
			}),
		).toEqual([
			{ key: 'tags', change: 'add_values', value: ['VIP'] },
			{ key: 'tags', change: 'remove_values', value: 'Late' },
			{ key: 'note', change: 'clear', value: null },
			{ key: 'odd', change: 'value', value: { add: 1, else: 2 } },
			{ key: 'empty', change: 'value', value: {} },
		]);
	});

	it.each([{ clear: false }, { clear: 'true' }, { id: 'x' }, { clear: true, add: 1 }])(
		'clear a field only where that is all they say of it, unlike %j',
		(value) => {
			expect(parseJsonFields({ note: value })).toEqual([{ key: 'note', change: 'value', value }]);
		},
	);

	it("may be Kizen's own list", () => {
		expect(
			parseJsonFields([
				{ name: 'note', value: null },
				{ id: 'abc', add_values: ['x'], remove_values: ['y'] },
			]),
		).toEqual([
			{ key: 'note', change: 'value', value: null },
			{ key: 'abc', change: 'add_values', value: ['x'] },
			{ key: 'abc', change: 'remove_values', value: ['y'] },
		]);
	});

	it.each([undefined, null, '', '  ', 'null', {}, '[]'])('may be nothing: %j', (nothing) => {
		expect(parseJsonFields(nothing)).toEqual([]);
	});

	it.each([
		[
			'{"a": 1,}',
			/cannot be read: .*, at line 1, column 9, near "\{"a": 1,\}"\. Separate entries with commas/,
		],
		['{"a": 1\n "b": 2}', /line 2, column 2/],
		["{'a': 1}", /line 1, column 2.*double quotes/],
		['{"a": tru}', /Unexpected token '}', "\{"a": tru\}"/],
		['{"a": 01}', /line 1, column 8/],
		['{"a": "x', /ends too early: .*near "\{"a": "x"/],
		['{"a": [1, 2}', /line 1, column 12/],
		['{"a": 1} extra', /line 1, column 10/],
		['{"a": "x" "b": 1}', /Expected ',' or '}' after property value, at line 1, column 11/],
		['{"a": "x"\n"b": 1}', /Expected ',' or '}' after property value, at line 2, column 1/],
		['{ "seats":  }', /Unexpected token '}'.*Map Fields, or write \{\{ JSON\.stringify/],
		['Company: Acme', /Unexpected token 'C', "Company: Acme"/],
	])('says where %j cannot be read', (json, why) => {
		expect(whyNot(json)).toMatch(why);
	});

	it.each([
		['{"a": "one\ntwo"}', 'a line break', 11],
		['{"a": "one\r\ntwo"}', 'a line break', 11],
		['{"a": "tab\there"}', 'a tab', 11],
		['{"a": "\u0001"}', 'a control character', 8],
		['{"a": "He said "hi" to me"}', 'a quotation mark', 17],
		['{"a": "15""}', 'a quotation mark', 11],
		['{"a": "15"", "b": "c"}', 'a quotation mark', 11],
		['{"a": ""hi" he said", "b": 1}', 'a quotation mark', 9],
		['[{"name": "a", "value": "5" disk"}]', 'a quotation mark', 29],
		['{"a": "C:\\data"}', 'a backslash', 11],
	])('says what an expression has put into %j, and what to do', (json, what, column) => {
		const why = whyNot(json);
		expect(why).toMatch(
			`The JSON of the fields cannot be read: a text in it contains ${what}, at line 1, column ${column}, near `,
		);
		expect(why).toMatch(
			/set 'Specify Fields' to Map Fields, or write \{\{ JSON\.stringify\(\$json\.note\) \}\} without quotes around it/,
		);
		expect(why).not.toMatch(/Separate entries with commas/);
	});

	it.each([
		[5, /is 5, which is neither an object nor a list/],
		['"text"', /is "text", which is neither/],
		[[5], /Entry 1 of the list of fields is 5, which is not an object/],
		[
			[{ name: 'a', value: 1 }, { value: 2 }],
			/Entry 2 of the list of fields does not say which field/,
		],
		[[{ name: 'a', id: 'b', value: 1 }], /names its field twice, by name "a" and by id "b"/],
		[[{ name: 'a', val: 1 }], /Entry 1 of the list of fields \("a"\) has no value/],
		[[{ name: 'a', value: 1, add_values: [] }], /has "value", "add_values" at once/],
	])('says what is missing in %j', (json, why) => {
		expect(whyNot(json)).toMatch(why);
	});

	it('never says error, problem, failure or mistake', () => {
		for (const json of [5, '{', [5], [{}], [{ name: 'a', id: 'b' }], [{ name: 'a' }]]) {
			expect(whyNot(json)).not.toMatch(/error|problem|failure|mistake/i);
		}
	});
});
