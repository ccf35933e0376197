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

/** How a part of a cursor is read. What no cursor of ours can hold is undefined. */
export type CursorPart<T> = (text: string) => T | undefined;

/** A UUID, as the id columns hold it. */
export const cursorId: CursorPart<string> = (text) =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;

/** An integer from zero up to what its column can hold. */
export const cursorNumber: CursorPart<number> = (text) =>
  /^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647 ? Number(text) : undefined;

/** An instant, as {@link Date.toISOString} writes it. */
export const cursorInstant: CursorPart<string> = (text) => {
  const instant = /^\d{4}-\d{2}-\d{2}T/.test(text) ? new Date(text) : null;
  return instant && !Number.isNaN(instant.getTime()) && instant.toISOString() === text ? text : undefined;
};

/** A text of a form, such as a code or the digits of a number. */
export const cursorText =
  (form: RegExp): CursorPart<string> =>
  (text) =>
    form.test(text) ? text : undefined;

type Decoded<P extends readonly CursorPart<unknown>[]> = {
  [K in keyof P]: P[K] extends CursorPart<infer T> ? T : never;
};

/**
 * Decodes a cursor whose parts are read one by one, so that nothing reaches a statement which its columns cannot hold; null without
 * one. Refuses everything else: `invalid_cursor`.
 */
export function decodeCursor<const P extends readonly CursorPart<unknown>[]>(
  cursor: string | undefined,
  ...parts: P
): Decoded<P> | null {
  if (cursor === undefined) return null;
  const key = readKey(cursor);
  if (key.length !== parts.length) throw invalidCursor();
  const values = parts.map((read, index) => read(key[index]!));
  if (values.includes(undefined)) throw invalidCursor();
  return values as Decoded<P>;
}

/** Decodes the cursor of a list that is sorted by id alone; null without one. */
export function decodeIdCursor(cursor: string | undefined): string | null {
  return decodeCursor(cursor, cursorId)?.[0] ?? null;
}

function readKey(cursor: string): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.every((part) => typeof part === 'string')) return key;
  } catch {
    // Falls through to the refusal below: whatever is wrong with a cursor, the answer is the same.
  }
  throw invalidCursor();
}

const invalidCursor = (): DomainError => new DomainError('invalid', 'invalid_cursor');

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
