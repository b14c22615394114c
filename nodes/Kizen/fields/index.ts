/**
 * Kizen's fields: what an object has, what people may give, what is sent, how it is read back. One
 * row of `fieldTypes.ts` for each of Kizen's field types. Nothing here waits or asks; what only Kizen
 * knows comes in by `ConvertContext`.
 */
export { convertRow } from './convertRow';
export type { ConvertedRow, FieldProblem, WireField } from './convertRow';
export { columnLabel, labelOfColumn, labelWith } from './columnLabel';
export type { Note } from './columnLabel';
export { editorType, referenceKind } from './fieldTypes';
export type { EditorType } from './fieldTypes';
export { findField } from './findField';
export type { FoundField } from './findField';
export { parseJsonFields, UnreadableFields } from './jsonFields';
export { FIELD_TYPES, readSchema, writableFields } from './schema';
export type { Field, FieldOption, FieldType, ObjectSchema } from './schema';
export { simplifyFields } from './simplifyFields';
export { listed } from './format';
export { fold, foldIdentifier, nearest } from './textMatch';
export { isUuid } from './typeGuards';
export type {
	Change,
	ConvertContext,
	GivenField,
	Reference,
	ReferenceKind,
	ReferenceShape,
	Resolution,
} from './types';
