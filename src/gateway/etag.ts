import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import type { GatewayRequest } from './principal.js';

/** The ETag of a row's version. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * The version that the caller's `If-Match` names. Update with `WHERE version = $n` and throw {@link versionMismatch} when no
 * row changed. Refuses a request without the header: `if_match_required`.
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const header = context.switchToHttp().getRequest<GatewayRequest>().headers['if-match'];
  if (!header) throw new DomainError('precondition_required', 'if_match_required');
  const version = /^(?:W\/)?"v(\d{1,9})"$/.exec(header.trim())?.[1];
  if (!version) throw versionMismatch();
  return Number(version);
});

/** Somebody changed it meanwhile: 412. */
export function versionMismatch(): DomainError {
  return new DomainError('precondition_failed', 'version_mismatch');
}
