import { isStorable } from '../database/storable-text.js';
import { DomainError, type FieldError } from '../kernel/domain-error.js';

/** Escapes that can stand for text that cannot be stored: the character NUL, and halves of surrogate pairs. */
const SUSPECTS = ['\\u0000', '\\ud', '\\uD'];

/**
 * The refusal of a parsed body that holds text which cannot be stored, naming each place. Only bodies with a suspicious escape are
 * walked: unescaped, neither NUL (no JSON) nor half a pair (no UTF-8) can reach us.
 */
export function refusalOf(raw: Buffer, body: unknown): DomainError | null {
  if (!SUSPECTS.some((escape) => raw.includes(escape))) return null;
  const errors = [...unstorable(body, '')].slice(0, 100);
  return errors.length === 0 ? null : new DomainError('invalid', 'validation_failed', { errors });
}

function* unstorable(value: unknown, pointer: string): Generator<FieldError> {
  if (typeof value === 'string') {
    if (!isStorable(value)) yield { pointer, code: 'unstorable_text' };
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (isStorable(key)) yield* unstorable(child, place);
    else yield { pointer, code: 'unstorable_text' };
  }
}
