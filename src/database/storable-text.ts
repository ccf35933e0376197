/** How much of an id that somebody else gave is kept: an index row has to hold it. */
export const MAX_FOREIGN_ID = 255;

/**
 * Text from outside in a form that PostgreSQL can store: it knows no character NUL, and UTF-8 no half of a surrogate pair. For
 * what may not be refused, such as the answer of a provider; what people send is refused instead, at the gateway.
 */
export function storable(text: string | null | undefined, maxLength = Number.MAX_SAFE_INTEGER): string | null {
  return text == null ? null : text.slice(0, maxLength).replaceAll('\0', '\uFFFD').toWellFormed();
}

/** Whether PostgreSQL can store the text as it is, as `text` and inside `jsonb`. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
