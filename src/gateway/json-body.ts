import { isStorable } from '../database/storable-text.js';
import { DomainError, type FieldError } from '../kernel/domain-error.js';

/** Escapes that can stand for text that cannot be stored: the character NUL, and halves of surrogate pairs. */
const SUSPECTS = ['\\u0000', '\\ud', '\\uD'];

/** Deeper than anything that a body of ours means, and far from what recursive validation could not take. */
const MAX_DEPTH = 50;
const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

/** Whether objects and arrays are nested too deeply. Looks at the bytes before they are parsed. */
export function isTooDeep(raw: Buffer): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at];
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
  }
  return false;
}

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
