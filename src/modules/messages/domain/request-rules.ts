import { DomainError } from '../../../kernel/domain-error.js';
import { type AcceptRequest, MAX_ITEMS } from './accept-request.js';
import { isLongPast, latestDueAt, MAX_VALIDITY_SECONDS, MIN_VALIDITY_SECONDS } from './timing.js';

/** What must hold for a call as a whole, whoever makes it. Refuses with the field in a JSON pointer. */
export function checkRequest(request: AcceptRequest, now: Date): void {
  const { source, items, dueAt, validitySeconds } = request;
  if (items.length === 0 || items.length > MAX_ITEMS)
    throw refusal('/recipients', 'invalid_count', { min: 1, max: MAX_ITEMS });
  if (dueAt && dueAt > latestDueAt(now)) throw refusal('/sendAt', 'too_far_ahead');
  if (dueAt && source === 'api' && isLongPast(dueAt, now)) throw refusal('/sendAt', 'start_in_past');
  if (validitySeconds === undefined) return;
  if (
    !Number.isInteger(validitySeconds) ||
    validitySeconds < MIN_VALIDITY_SECONDS ||
    validitySeconds > MAX_VALIDITY_SECONDS
  )
    throw refusal('/validitySeconds', 'out_of_range', { min: MIN_VALIDITY_SECONDS, max: MAX_VALIDITY_SECONDS });
}

function refusal(pointer: string, code: string, params?: Record<string, number>): DomainError {
  return new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code, ...(params && { params }) }] });
}
