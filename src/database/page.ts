import { DomainError } from '../kernel/domain-error.js';

/** One page of a keyset list. `nextCursor` is null on the last page. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** Encodes the sort key of the last row; opaque to callers. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Decodes a cursor of `length` strings, or refuses it: `invalid_cursor`. */
export function decodeCursor(cursor: string, length: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string')) return key;
  } catch {
    // Falls through to the refusal below: whatever is wrong with a cursor, the answer is the same.
  }
  throw new DomainError('invalid', 'invalid_cursor');
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Decodes the cursor of a list that is sorted by id alone; null without one. */
export function decodeIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [id] = decodeCursor(cursor, 1);
  if (!UUID.test(id!)) throw new DomainError('invalid', 'invalid_cursor');
  return id!;
}

/** Cuts `limit + 1` fetched rows to a page. */
export function toPage<R, T>(
  rows: R[],
  limit: number,
  key: (row: R) => readonly string[],
  view: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { data: shown.map(view), nextCursor: last ? encodeCursor(key(last)) : null };
}
