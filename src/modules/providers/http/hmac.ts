import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HmacSettings } from './http-settings.js';
import { Template, type TemplateValues } from './template.js';

/** A signature in a header, over a text that a template describes. */
export class HmacSigner {
  private readonly secret: Template;
  private readonly content: Template;

  constructor(private readonly settings: HmacSettings) {
    this.secret = new Template(settings.secret);
    this.content = new Template(settings.content);
  }

  /** In lower case. */
  get header(): string {
    return this.settings.header.toLowerCase();
  }

  /** The header's whole value. */
  sign(values: TemplateValues): string {
    const { algorithm, encoding, prefix } = this.settings;
    const content = this.content.render(values) ?? '';
    return (
      prefix +
      createHmac(algorithm, this.secret.render(values) ?? '')
        .update(content, 'utf8')
        .digest(encoding)
    );
  }

  verify(values: TemplateValues, given: string): boolean {
    const expected = Buffer.from(this.sign(values));
    const actual = Buffer.from(given.trim());
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  }
}
