/** What a placeholder may become. Null: there is none, and whatever holds the placeholder is left out. */
export type TemplateValues = Readonly<Record<string, string | null>>;

/** How a value is written where the template stands. */
export type Escape = (value: string) => string;

type Segment = { literal: string } | { name: string };

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/**
 * A text with `{{placeholders}}`, cut once. Rendering is a single pass: what a value brings along is never read as a
 * placeholder again, and every value is escaped for the place it goes to. Literals are taken as they were written.
 */
export class Template {
  private readonly segments: Segment[] = [];

  constructor(readonly source: string) {
    let end = 0;
    for (const match of source.matchAll(PLACEHOLDER)) {
      if (match.index > end) this.segments.push({ literal: source.slice(end, match.index) });
      this.segments.push({ name: match[1]!.trim() });
      end = match.index + match[0].length;
    }
    if (end < source.length) this.segments.push({ literal: source.slice(end) });
  }

  /** The placeholders' names, as written. */
  get names(): string[] {
    return this.segments.flatMap((segment) => ('name' in segment ? [segment.name] : []));
  }

  /** Null when one of its placeholders has no value. */
  render(values: TemplateValues, escape: Escape = asIs): string | null {
    let text = '';
    for (const segment of this.segments) {
      if ('literal' in segment) text += segment.literal;
      else {
        const value = values[segment.name];
        if (value === null || value === undefined) return null;
        text += escape(value);
      }
    }
    return text;
  }
}

export const asIs: Escape = (value) => value;

/** Everything but unreserved characters: for a path segment, a query name or a query value. */
export const forUrl: Escape = (value) =>
  encodeURIComponent(wellFormed(value)).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** application/x-www-form-urlencoded, as browsers write it. */
export const forForm: Escape = (value) => forUrl(value).replaceAll('%20', '+');

/** Half a surrogate pair cannot be written as UTF-8; it becomes U+FFFD instead of an exception. */
const wellFormed = (value: string) => value.replace(/\p{Surrogate}/gu, '\ufffd');

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Element content and attribute values; characters that XML cannot hold at all become U+FFFD. */
export const forXml: Escape = (value) =>
  wellFormed(value)
    // oxlint-disable-next-line no-control-regex -- these are the characters that XML 1.0 forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (char) => XML[char]!);

/** A pointer's segment (RFC 6901). */
export const forPointer: Escape = (value) => value.replaceAll('~', '~0').replaceAll('/', '~1');
