import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { DomainError, type FieldError } from '../kernel/domain-error.js';

/** Checks bodies, queries and parameters against their DTO; unknown fields are refused, every bad field is named by a JSON pointer. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) =>
      new DomainError('invalid', 'validation_failed', { errors: flatten(errors, '').slice(0, 100) }),
  });
}

function flatten(errors: ValidationError[], path: string): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${path}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, text]) => toFieldError(pointer, rule, text, error));
    return [...own, ...flatten(error.children ?? [], pointer)];
  });
}

/** A validator may name a precise code of ours by the context `{ code }`; otherwise the rule's own text is passed on. */
function toFieldError(pointer: string, rule: string, text: string, error: ValidationError): FieldError {
  if (rule === 'whitelistValidation') return { pointer, code: 'unknown_field' };
  const code: unknown = error.contexts?.[rule]?.code;
  return typeof code === 'string' ? { pointer, code } : { pointer, code: 'invalid_field', params: { rule: text } };
}
