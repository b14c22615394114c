/** What the editor shows of the node, and how a parameter's value is read. */
export { ifArchivedHoldsName, ifArchivedMatches } from './archived';
export { AT_LEAST, conditionNamed, conditionsOf, IS_NOT_EMPTY } from './conditions';
export type { Condition } from './conditions';
export { findNamed, isGiven } from './locator';
export {
	CREATE_OPTIONS,
	datesAndNumbers,
	emptyValues,
	giveUpAfter,
	maxParallel,
	multipleValues,
	RUN_OPTIONS,
	stageOption,
	timeout,
	unknownFields,
	WRITE_OPTIONS,
} from './options';
export {
	fields,
	jsonFields,
	lookupValue,
	object,
	output,
	READ_OUTPUT,
	readOutput,
	record,
	returnAllFields,
	selectedFields,
	specifyFields,
	splitByAction,
	stage,
	WRITTEN_FIELDS,
} from './parameters';
export { outputs, outputsOf, properties, subtitle } from './properties';
export type { OperationDescription } from './properties';
export {
	choice,
	choiceOf,
	empty,
	givenOption,
	isOn,
	locatorValue,
	notAllowed,
	numberOption,
	optionOf,
	quote,
	wholeNumber,
} from './read';
export type { Item } from './read';
export {
	combine,
	conditions,
	createdSince,
	limit,
	pageSize,
	returnAll,
	SEARCH_OPTIONS,
	SEARCH_PARAMETERS,
	searchFor,
	segment,
	sortBy,
	sortDirection,
	updatedSince,
} from './search';
export { event, maxRecordsPerRun, TRIGGER_PROPERTIES } from './trigger';
