import { compileTemplate, detectSpelling, type Spelling, type VariableValues } from '../../../kernel/text-variables.js';

/**
 * What happens to a text that is not GSM-7, and therefore dear. `any`: it is sent as it is; `transliterate`: it is made cheap where that is
 * possible; `refuse`: it is not sent.
 */
export const ALPHABET_POLICIES = ['any', 'transliterate', 'refuse'] as const;
export type AlphabetPolicy = (typeof ALPHABET_POLICIES)[number];

/** A text with variables, ready for many recipients. Immutable; shared between requests. */
export interface CompiledText {
  readonly spelling: Spelling;
  /** Names in the order in which they first occur. */
  readonly variables: readonly string[];
  /** Those that must be given: somewhere they stand without a fallback. */
  readonly required: readonly string[];
  readonly alphabetPolicy: AlphabetPolicy;
  /** Substitutes in a single pass, or names what is missing instead of leaving holes. Neither normalised nor transliterated. */
  render(values: VariableValues): { text: string } | { missing: string[] };
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
  const template = compileTemplate(body, spelling ?? detectSpelling(body));
  return {
    spelling: template.spelling,
    variables: template.variables,
    required: template.required,
    alphabetPolicy,
    render: (values) => {
      const missing = template.missing(values);
      return missing.length > 0 ? { missing } : { text: template.render(values) };
    },
  };
}
