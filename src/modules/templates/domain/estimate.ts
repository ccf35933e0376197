import { isBlank } from '../../../kernel/blank-text.js';
import type { Locale } from '../../../kernel/locale.js';
import { MAX_PARTS, measure, normaliseText, type SmsEncoding } from '../../../kernel/sms-parts.js';
import type { VariableValues } from '../../../kernel/text-variables.js';
import { transliterate } from '../../../kernel/transliterate.js';
import type { AlphabetPolicy, CompiledText } from './compiled-template.js';

/** A text as it would leave, and what it comes to. */
export interface TextEstimate {
  text: string;
  encoding: SmsEncoding;
  parts: number;
  /** Septets of GSM-7, UTF-16 units of UCS-2. */
  units: number;
  unitsPerPart: number;
  /** The first characters that forced UCS-2. */
  forcedBy: string[];
  /** Why it would not be sent; the codes of blocked messages. */
  refusal: 'alphabet' | 'too_long' | 'empty_text' | null;
}

export interface TemplateEstimate {
  /** Required variables without a value: there is no exact text then. */
  missing: string[];
  exact: TextEstimate | null;
  /** What is not given stands for one, for some twelve (or its sample), for forty characters of the account's language. */
  shortest: TextEstimate;
  typical: TextEstimate;
  longest: TextEstimate;
}

/** Characters that a variable without a value is taken for. */
export const ASSUMED_LENGTH = { shortest: 1, typical: 12, longest: 40 } as const;

/**
 * Letters that values are taken to be made of. Polish names mostly have no diacritics, but one of them is enough: the longest case
 * counts with it, so that the estimate is not a promise that the first `Łukasz` breaks.
 */
const LETTERS: Record<Locale, Record<keyof typeof ASSUMED_LENGTH, string>> = {
  en: { shortest: 'n', typical: 'n', longest: 'n' },
  pl: { shortest: 'n', typical: 'n', longest: 'ł' },
  ru: { shortest: 'н', typical: 'н', longest: 'н' },
  el: { shortest: 'ν', typical: 'ν', longest: 'ν' },
};

/** Brings a text into the form in which it is sent, as the policy says, and counts it. */
export function estimateText(rendered: string, policy: AlphabetPolicy, locale: Locale): TextEstimate {
  const text = policy === 'transliterate' ? transliterate(rendered, locale) : normaliseText(rendered);
  const { encoding, parts, units, perPart, forcedBy } = measure(text);
  const refusal = isBlank(text)
    ? 'empty_text'
    : policy === 'refuse' && encoding === 'ucs2'
      ? 'alphabet'
      : parts > MAX_PARTS
        ? 'too_long'
        : null;
  return { text, encoding, parts, units, unitsPerPart: perPart, forcedBy, refusal };
}

/** What a template comes to with the values that are known, and the range that the unknown ones leave open. */
export function estimateTemplate(
  template: CompiledText,
  given: VariableValues,
  samples: VariableValues,
  locale: Locale,
): TemplateEstimate {
  const estimate = (values: VariableValues) => estimateText(template.render(values), template.alphabetPolicy, locale);
  const assume = (length: keyof typeof ASSUMED_LENGTH, known: VariableValues) =>
    estimate({ ...assumedValues(template.variables, length, locale), ...known, ...given });
  const missing = template.missing(given);
  return {
    missing,
    exact: missing.length > 0 ? null : estimate(given),
    shortest: assume('shortest', {}),
    typical: assume('typical', samples),
    longest: assume('longest', longSamples(samples)),
  };
}

function assumedValues(
  variables: readonly string[],
  length: keyof typeof ASSUMED_LENGTH,
  locale: Locale,
): Record<string, string> {
  const value = LETTERS[locale][length].repeat(ASSUMED_LENGTH[length]);
  return Object.fromEntries(variables.map((name) => [name, value]));
}

/** A sample that is longer than what is assumed at most counts itself. */
function longSamples(samples: VariableValues): VariableValues {
  return Object.fromEntries(Object.entries(samples).filter(([, sample]) => sample.length > ASSUMED_LENGTH.longest));
}
