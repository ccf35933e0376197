import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { DomainError, type FieldError } from '../kernel/domain-error.js';

/** Checks bodies, queries and parameters against their DTO; unknown fields are refused, every bad field is named by a JSON pointer. */
export function createValidationPipe(): ValidationPipe {
  return new DtoPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) =>
      new DomainError('invalid', 'validation_failed', { errors: flatten(errors, '').slice(0, 100) }),
  });
}

class DtoPipe extends ValidationPipe {
  /** Nest takes a body of null for an empty object. One that is left out altogether is: some routes ask for nothing. */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && value !== undefined && this.toValidate(metadata) && !isObject(value))
      throw new DomainError('invalid', 'validation_failed', { errors: [{ pointer: '', code: 'object_expected' }] });
    return super.transform(value, metadata);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function flatten(errors: ValidationError[], path: string): FieldError[] {
  return errors.flatMap((error) => {
    const pointer = `${path}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    // The first rule that was broken; what is inside of something of the wrong kind says nothing more.
    const [own] = Object.entries(error.constraints ?? {});
    return own ? [toFieldError(pointer, ...own, error)] : flatten(error.children ?? [], pointer);
  });
}

/** A validator may name a precise code of ours by the context `{ code, params }`; otherwise the rule's own text is passed on. */
function toFieldError(pointer: string, rule: string, text: string, error: ValidationError): FieldError {
  if (rule === 'whitelistValidation') return { pointer, code: 'unknown_field' };
  const context = error.contexts?.[rule] as { code?: string; params?: FieldError['params'] } | undefined;
  if (!context?.code) return { pointer, code: 'invalid_field', params: { rule: text } };
  return { pointer, code: context.code, ...(context.params && { params: context.params }) };
}
