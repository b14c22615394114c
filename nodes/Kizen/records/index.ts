/** A record to write and a record that was read. */
export { Adds } from './adds';
export { archivedConflictIn } from './archiveConflict';
export { findAdded } from './doubtfulAdd';
export { existingRecord, fillEmptyFields, leaveAsItIs, noteWritten } from './existing';
export {
	hasActiveRecord,
	labelOf,
	lookUpRecord,
	readRecord,
	recordIdOf,
	recordKey,
} from './findRecord';
export { readFields, withoutRespelledLookupValue } from './input';
export { readLookupValue, readLookupValueToWrite } from './lookupValue';
export { columnId } from './mappedFields';
export { briefItem, nameOf, recordItem } from './output';
export { fieldNamed, outputFormOf } from './outputForm';
export type { OutputForm } from './outputForm';
export { isReturnedItem } from './returnedItem';
export { filterSince } from './search/filters';
export { conditionGroups, searchedFields, segmentQuery } from './search/request';
export { chosenRecords, openSession } from './session';
export type { Session } from './session';
export { findStage, moveAfterWrite, notAPipeline, readStageOption } from './stage';
export { write } from './write';
