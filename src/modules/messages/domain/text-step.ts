import { isBlank } from '../../../kernel/blank-text.js';
import { MAX_PARTS, measure, normaliseText, type SmsEncoding } from '../../../kernel/sms-parts.js';
import { compileTemplate } from '../../../kernel/text-variables.js';
import { transliterate } from '../../../kernel/transliterate.js';
import type { AcceptItem, AlphabetPolicy, BlockReason } from './accept-request.js';
import { block, type MessageDraft } from './message-draft.js';

/** A text with variables, ready for many recipients. */
export interface RenderableText {
  alphabetPolicy?: AlphabetPolicy;
  /** Names of variables that these values leave open. */
  missing(values: Readonly<Record<string, string>>): string[];
  render(values: Readonly<Record<string, string>>): string;
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
    private readonly templates: ReadonlyMap<string, RenderableText>,
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
    const values = item.variables ?? {};
    if (typeof source !== 'string' && source.missing(values).length > 0) return block(draft, 'missing_variables');
    const text = typeof source === 'string' ? source : source.render(values);
    const policy = this.policy ?? (typeof source === 'string' ? 'any' : (source.alphabetPolicy ?? 'any'));
    const { body, encoding, parts, reason } = this.measure(text, policy);
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
    if (!compiled) this.compiled.set(text, (compiled = compileTemplate(text)));
    return compiled;
  }

  private measure(text: string, policy: AlphabetPolicy): Measured {
    const key = `${policy} ${text}`;
    let measured = this.measured.get(key);
    if (!measured) this.measured.set(key, (measured = this.measureNew(text, policy)));
    return measured;
  }

  private measureNew(text: string, policy: AlphabetPolicy): Measured {
    const body = normaliseText(policy === 'transliterate' ? transliterate(text) : text);
    if (body.length > MAX_TEXT_LENGTH)
      return { body: body.slice(0, MAX_TEXT_LENGTH), encoding: null, parts: 0, reason: 'too_long' };
    if (isBlank(body)) return { body, encoding: null, parts: 0, reason: 'empty_text' };
    const { encoding, parts } = measure(body);
    return { body, encoding, parts, reason: policy === 'refuse' && encoding === 'ucs2' ? 'alphabet' : null };
  }
}
