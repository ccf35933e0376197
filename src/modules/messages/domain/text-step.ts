import { MAX_PARTS, measure, normaliseText, type SmsEncoding } from '../../../kernel/sms-parts.js';
import type { AcceptItem, AlphabetPolicy, BlockReason } from './accept-request.js';
import { block, type MessageDraft } from './message-draft.js';

/** A text with variables, ready for many recipients. */
export interface RenderableText {
  alphabetPolicy: AlphabetPolicy;
  /** Names the variables that have no value instead of leaving holes. */
  render(values: Readonly<Record<string, string>>): { text: string } | { missing: string[] };
}

export interface TemplateLookup {
  get(templateId: string): RenderableText | undefined;
  /** A text of its own with variables in the account's spelling. */
  compile(text: string): RenderableText;
  /** Makes a text cheap where that is possible. */
  transliterate(text: string): string;
}

/** What a text came to. */
interface Measured {
  body: string;
  encoding: SmsEncoding | null;
  parts: number;
  reason: BlockReason | null;
}

/** Texts longer than this are too long whatever they are made of: ten parts of 153 septets. */
const MAX_TEXT_LENGTH = MAX_PARTS * 153;

/**
 * Renders and counts texts. What is counted is what is stored and sent: normalised, transliterated where the policy says so.
 * Equal texts of a batch are counted once.
 */
export class TextStep {
  private readonly measured = new Map<string, Measured>();
  private readonly compiled = new Map<string, RenderableText>();

  constructor(
    private readonly templates: TemplateLookup,
    private readonly policy: AlphabetPolicy | undefined,
  ) {}

  write(draft: MessageDraft, item: AcceptItem): void {
    if (item.prepared) {
      draft.body = item.prepared.body;
      draft.encoding = item.prepared.encoding;
      draft.parts = item.prepared.parts;
      return;
    }
    const source = this.sourceOf(item);
    if (source === undefined) return block(draft, 'template_not_found');
    const rendered = typeof source === 'string' ? { text: source } : source.render(item.variables ?? {});
    if ('missing' in rendered) return block(draft, 'missing_variables');
    const policy = this.policy ?? (typeof source === 'string' ? 'any' : source.alphabetPolicy);
    const { body, encoding, parts, reason } = this.measure(rendered.text, policy);
    draft.body = body;
    draft.encoding = encoding;
    draft.parts = parts;
    if (reason) block(draft, reason);
  }

  private sourceOf({ templateId, text, variables }: AcceptItem): RenderableText | string | undefined {
    if (templateId !== undefined) return this.templates.get(templateId);
    if (text === undefined) return '';
    if (!variables) return text;
    let compiled = this.compiled.get(text);
    if (!compiled) this.compiled.set(text, (compiled = this.templates.compile(text)));
    return compiled;
  }

  private measure(text: string, policy: AlphabetPolicy): Measured {
    const key = `${policy} ${text}`;
    let measured = this.measured.get(key);
    if (!measured) this.measured.set(key, (measured = this.measureNew(text, policy)));
    return measured;
  }

  private measureNew(text: string, policy: AlphabetPolicy): Measured {
    const body = normaliseText(policy === 'transliterate' ? this.templates.transliterate(text) : text);
    if (body.length > MAX_TEXT_LENGTH)
      return { body: body.slice(0, MAX_TEXT_LENGTH), encoding: null, parts: 0, reason: 'too_long' };
    if (body.trim() === '') return { body, encoding: null, parts: 0, reason: 'empty_text' };
    const { encoding, parts } = measure(body);
    return { body, encoding, parts, reason: policy === 'refuse' && encoding === 'ucs2' ? 'alphabet' : null };
  }
}
