/** What the editor asks while somebody fills in the node or the credential. */
export { getFields } from './getFields';
export { getConditions, getReadableFields } from './listFields';
export { searchSegments, searchStages } from './searchNamed';
export { searchObjects } from './searchObjects';
export { testKizenApi } from './testKizenApi';
