/** What the editor asks while somebody fills in the node or the credential. */
export { getFields } from './getFields';
export { getComparableFields, getConditions, getReadableFields } from './listFields';
export { searchSegments, searchStages } from './searchNamed';
export { searchObjects } from './searchObjects';
export { testKizenApi } from './testKizenApi';
