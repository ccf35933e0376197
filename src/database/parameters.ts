/** Letters, digits and marks that mean nothing inside of an array literal. */
const PLAIN = /^[\w.:+-]+$/;
const LAST_PLAIN_YEAR_MS = Date.UTC(9999, 11, 31);

/**
 * Parameters as the driver takes them, arrays written out already. The driver quotes and escapes every element of an array, which for
 * a batch of hundreds of rows with forty columns costs more than everything else that sends it; ids, numbers and codes need neither.
 * What is not a flat array of texts, numbers, dates and nulls is left to the driver.
 */
export function toParameters(values: readonly unknown[]): unknown[] {
  return values.map((value) => (Array.isArray(value) ? (toArrayLiteral(value) ?? value) : value));
}

function toArrayLiteral(elements: readonly unknown[]): string | null {
  const written = new Writer();
  let literal = '{';
  for (let index = 0; index < elements.length; index++) {
    const text = written.write(elements[index]);
    if (text === null) return null;
    literal += index === 0 ? text : `,${text}`;
  }
  return `${literal}}`;
}

/** Columns repeat their values: the last one is remembered with its text. */
class Writer {
  private last: unknown = NaN;
  private text: string | null = null;

  write(element: unknown): string | null {
    if (element !== this.last) {
      this.text = toElement(element);
      this.last = element;
    }
    return this.text;
  }
}

function toElement(element: unknown): string | null {
  switch (typeof element) {
    case 'string':
      return toTextElement(element);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(element);
    case 'undefined':
      return 'NULL';
    default:
      return element === null ? 'NULL' : toInstant(element);
  }
}

function toTextElement(text: string): string {
  if (PLAIN.test(text) && text.toLowerCase() !== 'null') return text;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function toInstant(element: unknown): string | null {
  if (!(element instanceof Date)) return null;
  const ms = element.getTime();
  return ms >= 0 && ms <= LAST_PLAIN_YEAR_MS ? element.toISOString() : null;
}
