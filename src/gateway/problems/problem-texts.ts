import type { Locale } from '../locale.js';

/** A text per language; `{name}` stands for a parameter of the error. */
export type LocalisedText = Record<Locale, string>;

const texts = new Map<string, LocalisedText>();

/**
 * Declares the texts of error codes, beside the errors they belong to (`<module>.errors.ts`). The text is the problem's
 * `title`; codes never change, texts may. A code that is declared twice with different texts is a mistake.
 */
export function defineProblems(problems: Record<string, LocalisedText>): void {
  for (const [code, text] of Object.entries(problems)) {
    const known = texts.get(code);
    if (known && known.en !== text.en) throw new Error(`problem code ${code} is declared twice`);
    texts.set(code, text);
  }
}

/** The text of a code in a language, with its parameters filled in, in one pass. */
export function problemText(code: string, locale: Locale, params: Record<string, string | number> = {}): string {
  const text = texts.get(code)?.[locale] ?? texts.get(code)?.en ?? code.replaceAll('_', ' ');
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}

export function definedProblemCodes(): string[] {
  return [...texts.keys()];
}
