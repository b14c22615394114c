/**
 * Kizen's fields: what an object has, what people may give, what is sent, how it is read back. One
 * row of `fieldTypes.ts` for each of Kizen's field types. Nothing here waits or asks; what only Kizen
 * knows comes in by `ConvertContext`.
 */
export { convertRow } from './convertRow';
export type { ConvertedRow, RequestField } from './convertRow';
export { convertValue, isEmpty } from './convertValue';
export { columnLabel, labelOfColumn, labelWith, withDistinctLabels } from './columnLabel';
export { editorType, referenceKind } from './fieldTypes';
export type { EditorType, Note } from './fieldTypes';
export { fieldOf, findField, findGiven } from './findField';
export { listed, quoted } from './format';
export { identifierIn, readIdentifier } from './identifier';
export { plainSpaces, trimInvisible } from './invisible';
export { parseJsonFields, UnreadableFields } from './jsonFields';
export { fullName } from './referenceFields';
export { remembered } from './remembered';
export { FIELD_TYPES, isStage, readSchema, writableFields } from './schema';
export type { Field, FieldType, ObjectSchema } from './schema';
export { cutAtSeparators } from './separators';
export { shownValue } from './shownValue';
export { heldValues, simplifyFields } from './simplifyFields';
export { fold, foldIdentifier, nearest } from './textMatch';
export { notEmail } from './textValues';
export { isObject, isUuid, uuidsIn } from './typeGuards';
export { WRITTEN_FORM_LABEL } from './writtenForm';
export type {
	Change,
	ConvertContext,
	GivenField,
	Misfit,
	Reference,
	ReferenceFormat,
	ReferenceKind,
	Resolution,
	ValueContext,
} from './types';
