import {
  compileTemplate,
  type CompiledTemplate as CompiledVariables,
  detectSpelling,
  type Spelling,
} from '../../../kernel/text-variables.js';

/**
 * What happens to a text that is not GSM-7, and therefore dear. `any`: it is sent as it is; `transliterate`: it is made cheap where that is
 * possible; `refuse`: it is not sent.
 */
export const ALPHABET_POLICIES = ['any', 'transliterate', 'refuse'] as const;
export type AlphabetPolicy = (typeof ALPHABET_POLICIES)[number];

/**
 * A text with variables, ready for many recipients. Immutable; shared between requests. Ask `missing` before `render`: a message is
 * never sent with holes in it. What is rendered is neither normalised nor transliterated yet.
 */
export interface CompiledText extends CompiledVariables {
  readonly alphabetPolicy: AlphabetPolicy;
}

export interface CompiledTemplate extends CompiledText {
  readonly id: string;
  readonly version: number;
  readonly name: string;
}

export interface TextSource {
  body: string;
  spelling?: Spelling;
  alphabetPolicy?: AlphabetPolicy;
}

/** Compiles a text of its own. The spelling is detected unless it is told; the policy is `any` unless it is told. */
export function compileText({ body, spelling, alphabetPolicy = 'any' }: TextSource): CompiledText {
  return { ...compileTemplate(body, spelling ?? detectSpelling(body)), alphabetPolicy };
}
