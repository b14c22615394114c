/** The client for Kizen's API: one method for each endpoint, its responses, and its errors in words. */
export { connect, readCredential } from './client';
export type { Kizen, KizenRequest } from './client';
export { stopwatch } from './clock';
export type { Exchange } from './clock';
export { connectionFailure } from './connectionFailure';
export { explain, explainTimeout } from './errors';
export { filterOn } from './filter';
export type { Filter } from './filter';
export { listObjects, listSegments, listStages, readObject } from './objects';
export type { Named, ObjectChoice } from './objects';
export { searchTeam } from './people';
export { MAX_PAGE_SIZE } from './read';
export { Records, searchNames, searchTags } from './records';
export type {
	ArchivedChoice,
	Changed,
	ChangeResult,
	FieldSelection,
	NotChanged,
	UpdateChoice,
} from './records';
export { codesIn, mentionsArchive, readResponse, withoutKey, wordsIn } from './response';
export type { KizenResponse, Rejection } from './response';
export { fieldText, isStableOrder } from './searchRecords';
export type { FilterGroup, Order, RecordSearch } from './searchRecords';
