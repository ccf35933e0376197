import { septetsOf } from './gsm7.js';
import { measure, normaliseText } from './sms-parts.js';

/** A text brought into GSM-7 as far as that goes. */
export interface Gsm7Text {
  text: string;
  /** Whether anything had to be replaced. */
  changed: boolean;
  /** What has no replacement (emoji, Chinese …) and still forces UCS-2; the first few, empty when the text is cheap now. */
  forcedBy: string[];
}

type Table = ReadonlyMap<string, string>;

/** `а=a б=b`: one letter, what is put in its place. */
function letters(pairs: string): Table {
  return new Map(pairs.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(2)]));
}

/** Lower-case Cyrillic: Russian first, then the letters that its neighbours add. */
const CYRILLIC = letters(
  'а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ' +
    'ъ= ы=y ь= э=e ю=yu я=ya і=i ї=yi є=ye ґ=g ў=u ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѓ=g ќ=k ѕ=dz ә=a ғ=g қ=q ң=n ө=o ұ=u ү=u һ=h',
);

/** Where a language reads a letter otherwise. */
const BY_LANGUAGE: ReadonlyMap<string, Table> = new Map([
  ['uk', letters('г=h и=y')],
  ['be', letters('г=h')],
  ['bg', letters('х=h щ=sht ъ=a ь=y')],
]);

/** Greek capitals that look Latin, so that only Γ Δ Θ Λ Ξ Π Σ Φ Ψ Ω remain, which GSM-7 has. */
const GREEK_LOOKALIKES = letters('Α=A Β=B Ε=E Ζ=Z Η=H Ι=I Κ=K Μ=M Ν=N Ο=O Ρ=P Τ=T Υ=Y Χ=X');

/** Latin letters that do not come apart into a base and marks. */
const LATIN = letters('ł=l Ł=L đ=d Đ=D ð=d Ð=D þ=th Þ=Th œ=oe Œ=OE ı=i ħ=h Ħ=H ŧ=t Ŧ=T ŋ=n Ŋ=N ĸ=k ẞ=SS ə=e Ə=E');

const SYMBOLS: Table = new Map(
  [
    ['“”„‟«»″', '"'],
    ['‘’‚‛`´ʼ′‹›', "'"],
    ['‐‑‒–—―−•¬', '-'],
    ['\t', ' '],
    ['\u2028\u2029', '\n'],
    ['·', '.'],
    ['…', '...'],
    ['⁄', '/'],
    ['№', 'No'],
    ['©', '(c)'],
    ['®', '(R)'],
    ['×', 'x'],
    ['÷', ':'],
    ['±', '+/-'],
    ['≤', '<='],
    ['≥', '>='],
    ['≈', '~'],
    ['→', '->'],
    ['←', '<-'],
    ['°', 'o'],
    ['¢', 'c'],
    ['₽', 'RUB'],
    ['₴', 'UAH'],
    ['₸', 'KZT'],
  ].flatMap(([from, to]) => Array.from(from!, (character) => [character, to!] as const)),
);

/** Formatting characters, which show nothing: soft hyphens, zero widths, direction marks, byte order marks. */
const INVISIBLE = /^\p{Cf}$/u;
const MARK = /\p{M}/u;

/**
 * Replaces what forces UCS-2 by what reads the same in GSM-7: Polish and other diacritics, typographic quotes, dashes and blanks, Greek
 * (in capitals, which GSM-7 has or which look Latin), Cyrillic in Latin letters (as `language`, an ISO 639 code, reads it; Russian
 * by default). GSM-7 text comes back as it is; what has no replacement stays.
 */
export function transliterate(text: string, language?: string): string {
  const normal = normaliseText(text);
  if (measure(normal).encoding === 'gsm7') return normal;
  const overrides = BY_LANGUAGE.get(language?.toLowerCase().slice(0, 2) ?? '');
  const characters = Array.from(normal);
  let result = '';
  let stuck = false; // The last character had no replacement.
  for (const [index, character] of characters.entries()) {
    const follows = attaches(character);
    if (follows && !stuck) continue;
    const replacement = follows ? null : replace(character, characters, index, overrides);
    stuck = replacement === null;
    result += replacement ?? character;
  }
  return normaliseText(result);
}

/** {@link transliterate}, with what still forces UCS-2 afterwards. */
export function toGsm7(text: string, language?: string): Gsm7Text {
  const result = transliterate(text, language);
  return { text: result, changed: result !== normaliseText(text), forcedBy: measure(result).forcedBy };
}

/** Null: there is nothing to put in its place. */
function replace(
  character: string,
  all: readonly string[],
  index: number,
  overrides: Table | undefined,
): string | null {
  if (septetsOf(character.charCodeAt(0)) > 0) return character;
  const lower = character.toLowerCase();
  const cyrillic = overrides?.get(lower) ?? CYRILLIC.get(lower);
  if (cyrillic !== undefined) return lower === character ? cyrillic : capitalised(cyrillic, all, index);
  if (INVISIBLE.test(character)) return '';
  return replaceOther(character) ?? replaceDecomposed(character);
}

function replaceOther(character: string): string | null {
  return SYMBOLS.get(character) ?? LATIN.get(character) ?? replaceGreek(character);
}

/** Combining marks, joiners and variation selectors: they stay with a character that stays, and go with one that was replaced. */
function attaches(character: string): boolean {
  return character === '\u200c' || character === '\u200d' || MARK.test(character);
}

/** `Щука` is Shchuka, `ЩУКА` is SHCHUKA. */
function capitalised(replacement: string, all: readonly string[], index: number): string {
  const neighbour = [all[index + 1], all[index - 1]].find((other) => other !== undefined && /\p{L}/u.test(other));
  const shouting = neighbour !== undefined && neighbour === neighbour.toUpperCase();
  return shouting ? replacement.toUpperCase() : replacement.slice(0, 1).toUpperCase() + replacement.slice(1);
}

function replaceGreek(character: string): string | null {
  const capital = character.toUpperCase();
  if (!/^[Α-Ω]$/.test(capital)) return null;
  return GREEK_LOOKALIKES.get(capital) ?? capital;
}

/** Base letters of what carries marks, and compatible forms: `ż` → z, `ﬁ` → fi, `½` → 1/2, a no-break space → a blank. */
function replaceDecomposed(character: string): string | null {
  let result = '';
  for (const part of character.normalize('NFKD')) {
    if (MARK.test(part)) continue;
    const plain = septetsOf(part.charCodeAt(0)) > 0 ? part : replaceOther(part);
    if (plain === null) return null;
    result += plain;
  }
  return result;
}
