/** The number as it stands on the document: `К-2026-17`. */
export function documentNumber(series: string, year: number, number: number): string {
  return `${series}-${year}-${number}`;
}

/** A number that somebody may have meant. */
export interface NamedNumber {
  documentNumber: string;
  /** Written with blanks or nothing between its parts, as a preposition and a year, or any code, may be too: something has to speak for it. */
  loose: boolean;
}

/** Capitals of Cyrillic and Greek that look like Latin ones: whoever types a number off a page cannot see which they are. */
const LOOK_ALIKES: Record<string, string> = Object.fromEntries(
  [
    ...'АA ВB ЕE ЁE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX'.matchAll(
      /(\S)(\S)/g,
    ),
  ].map(([, letter, latin]) => [letter!, latin!]),
);
const MARK = '\\s*[-‐‑–—−_/.]\\s*';
const patterns = new Map<string, RegExp>();

/**
 * Numbers of these series that a payment's purpose names, in the order in which they stand there: with look-alike letters, small ones,
 * leading zeros, other dashes or none.
 */
export function numbersInPurpose(purpose: string, series: readonly string[]): NamedNumber[] {
  const text = foldLetters(purpose);
  const found = series.flatMap((one) =>
    [...text.matchAll(patternOf(one))].map((match) => {
      const [, before, year, behind, number] = match;
      const loose = /^\s+$/.test(before!) || /^\s*$/.test(behind!);
      return { at: match.index, documentNumber: documentNumber(one, Number(year), Number(number)), loose };
    }),
  );
  const numbers = new Map<string, boolean>();
  for (const { documentNumber: name, loose } of found.sort((a, b) => a.at - b.at))
    numbers.set(name, loose && (numbers.get(name) ?? true));
  return [...numbers].map(([name, loose]) => ({ documentNumber: name, loose }));
}

/** Series, year, number; between them a mark each, blanks each, or nothing. */
function patternOf(series: string): RegExp {
  const known = patterns.get(series);
  if (known) return known;
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}-])${foldLetters(series)}(${MARK}|\\s+|)(20\\d{2})(${MARK}|\\s+|)0*([1-9]\\d{0,8})(?!\\d)`,
    'gu',
  );
  patterns.set(series, pattern);
  return pattern;
}

/** Capital by capital, so that places in the text stay the same. */
function foldLetters(text: string): string {
  return Array.from(text, (letter) => {
    const capital = letter.toUpperCase();
    return LOOK_ALIKES[capital] ?? (capital.length === letter.length ? capital : letter);
  }).join('');
}
