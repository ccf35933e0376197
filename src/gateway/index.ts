export * from './access.decorators.js';
export { discardRest, FormsToo, StreamedBody, streamOf } from './bodies.js';
export * from './dto.js';
export * from './etag.js';
export {
  IsAfter,
  IsAmount,
  IsDay,
  IsInstant,
  IsLine,
  IsMessageText,
  IsNullable,
  IsOmittable,
  IsSignedAmount,
  IsText,
  Nested,
  NestedList,
} from './fields.js';
export * from './idempotency.js';
export * from './locale.js';
export * from './openapi.js';
export * from './principal.js';
export { defineProblems, problemText, type LocalisedText } from './problems/problem-texts.js';
