const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);

/** Text that is HTML already. */
export class Raw {
  constructor(readonly text: string) {}
}
export const raw = (text: string): Raw => new Raw(text);

/** Tagged template that escapes every value; arrays are joined, and only what {@link raw} marks passes as it is. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Raw {
  return raw(strings.map((text, index) => text + (index < values.length ? render(values[index]) : '')).join(''));
}

function render(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  return escape(String(value));
}
